"""What must hold: a header agrees with its query, a grain is a key, an audit finds nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from spymaster.models import statements
from spymaster.warehouse import duck
from spymaster.warehouse.columns import Column

CHUNK = 10_000
SHOWN = 3
"""Rows of an audit's answer that a message holds."""


@dataclass(frozen=True)
class Finding:
    """Something that does not hold."""

    kind: str
    """bind, header, case, grain, audit, or build for what keeps a session from being looked at."""
    subject: str
    """A model or an audit."""
    message: str
    """One line, naming the place."""
    session: date | None = None
    """None where it concerns every session."""

    def __str__(self) -> str:
        return f"{self.session} {self.subject}: {self.message}" if self.session else self.message


def create(connection: duck.Connection, what: str, query: str) -> tuple[str, int | None] | None:
    """Create a relation from a query; return what DuckDB objects to, and at which character.

    The connection was told ``set errors_as_json = true``.
    """
    head = f"create {what} as\n"
    try:
        connection.execute(head + query)
    except duck.DuckError as error:
        message, at = duck.placed_message(error)
        if at is None or at < len(head):
            return message, None
        return message, len((head + query).encode()[:at].decode(errors="ignore")) - len(head)
    return None


def grain_breach(connection: duck.Connection, relation: str, grain: tuple[str, ...]) -> str | None:
    """Return one line about rows that the grain does not tell apart, if there are any."""
    cursor = connection.execute(statements.grain_breach(relation, grain))
    row = cursor.fetchone()
    if row is None:
        return None
    names = [column[0] for column in cursor.description or ()]
    breach = "is null" if None in row else "is not unique"
    return f"grain [{', '.join(grain)}] {breach}: {_row(names, row)}"


def audit_breach(connection: duck.Connection, query: str) -> str | None:
    """Return how many rows an audit found and the first few of them, if there are any."""
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description or ()]
    rows = cursor.fetchmany(CHUNK)
    if not rows:
        return None
    first, count = rows[:SHOWN], len(rows)
    while rows := cursor.fetchmany(CHUNK):
        count += len(rows)
    found = "1 row" if count == 1 else f"{count} rows"
    which = f", first {SHOWN}" if count > SHOWN else ""
    return f"{found}{which}: {'; '.join(_row(names, row) for row in first)}"


def describe(connection: duck.Connection, relation: str) -> list[tuple[str, str]]:
    """Return name and type of each column of a relation."""
    rows = connection.execute(f"describe {statements.name(relation)}").fetchall()
    return [(row[0], row[1]) for row in rows]


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


def _row(names: Iterable[str], row: Iterable[object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in zip(names, row, strict=True))
