"""One registered number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Feature:
    """One registered number of one relation."""

    name: str
    """Name of its column; those of its differences end in _d1, _d2 and _d3."""
    family: str
    relation: str
    """schema.table that carries it."""
    formula: str
    """SQL over the inputs that the relation computes."""
    support: str | None
    """SQL of what a ratio is over, None where it is not a ratio of counts."""
    low: float | None
    """Lowest value, None where there is none."""
    high: float | None
    unit: str
    states: tuple[int, ...]
    """Which of the four states it expresses."""
    source: str
    meaning: str
    is_core: bool = False
    """Whether the wide form carries it."""

    @classmethod
    def named(cls, name: str) -> Feature:
        """Return a feature of which only the name matters."""
        return cls(name, "", "", "", None, None, None, "", (), "", "")

    @property
    def range(self) -> str:
        """Lowest and highest value in words, nothing where there is none."""
        return bounds(self.low, self.high)

    def width(self, order: int) -> float | None:
        """Return the largest size of the difference of an order 1 to 3, None without bounds.

        A difference lies between two numbers of the range of the order before.
        """
        if self.low is None or self.high is None:
            return None
        return (self.high - self.low) * 2.0 ** (order - 1)


def bounds(low: float | None, high: float | None) -> str:
    """Return a range as it is written in a header.

    >>> bounds(-1, 1), bounds(None, None)
    ('-1..1', '')
    """
    return "" if low is None or high is None else f"{low:g}..{high:g}"
