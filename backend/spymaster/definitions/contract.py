"""What a header promises of its query, and where the two differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from spymaster.warehouse.columns import Column


@dataclass(frozen=True)
class Finding:
    """Something that does not hold."""

    kind: str
    """bind, header, formula, case, grain, audit; build for what keeps a session from being looked
    at."""
    subject: str
    """A model or an audit."""
    message: str
    """One line, naming the place."""
    session: date | None = None
    """None where it concerns every session."""

    def __str__(self) -> str:
        return f"{self.session} {self.subject}: {self.message}" if self.session else self.message


def header_breaches(
    written: Iterable[Column], found: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return each difference between a header and a query's columns, by the column's name."""
    promised = {column.name: column.type for column in written}
    actual = dict(found)
    breaches = [
        (name, f"header says {name} {promised[name]}, the query gives {actual[name]}")
        for name in promised
        if name in actual and promised[name].upper() != actual[name].upper()
    ]
    breaches += [
        (name, f"header says {name}, the query has no such column")
        for name in promised
        if name not in actual
    ]
    breaches += [
        (name, f"the query gives {name} {actual[name]}, the header does not say so")
        for name in actual
        if name not in promised
    ]
    if not breaches and list(promised) != list(actual):
        order = ", ".join(actual)
        breaches = [(next(iter(promised)), f"header has another order than the query: {order}")]
    return breaches
