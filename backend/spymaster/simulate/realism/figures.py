"""Figures of a session and the ranges they should lie in, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isnan


@dataclass(frozen=True)
class Figure:
    """One measured property and the range it should lie in."""

    name: str
    value: float
    """nan where the session is too short to tell."""
    low: float = -inf
    high: float = inf

    @property
    def told(self) -> str:
        """The value as a person reads it."""
        return "-" if isnan(self.value) else f"{self.value:.3f}"

    @property
    def holds(self) -> bool:
        """Whether the value lies in its range, or cannot be told."""
        return isnan(self.value) or self.low <= self.value <= self.high


@dataclass(frozen=True)
class Report:
    """The figures of a session."""

    figures: tuple[Figure, ...]

    def __getitem__(self, name: str) -> Figure:
        return next(figure for figure in self.figures if figure.name == name)

    @property
    def missed(self) -> tuple[Figure, ...]:
        """Figures out of their range."""
        return tuple(figure for figure in self.figures if not figure.holds)

    def text(self) -> str:
        """Return a table: name, value, range; a dash where the session is too short to tell."""
        return "\n".join(
            f"{figure.name:<44}{figure.told:>10}   {_range(figure)}" for figure in self.figures
        )


def _range(figure: Figure) -> str:
    if figure.low == -inf and figure.high == inf:
        return ""
    low = "" if figure.low == -inf else f"{figure.low:g}"
    high = "" if figure.high == inf else f"{figure.high:g}"
    return f"{low} .. {high}{'' if figure.holds else '   missed'}"
