"""What must hold of rows: a grain is a key, an audit finds nothing."""

from __future__ import annotations

from collections.abc import Iterable

from spymaster.warehouse import duck, statements

CHUNK = 10_000
SHOWN = 3
"""Rows of an audit's answer that a message holds."""


def grain_breach(connection: duck.Connection, relation: str, grain: tuple[str, ...]) -> str | None:
    """Return one line about rows that the grain does not tell apart, if there are any."""
    cursor = connection.execute(statements.grain_breach(relation, grain))
    rows = cursor.fetchall()  # one at most, and none of it left to fetch
    if not rows:
        return None
    (row,) = rows
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


def _row(names: Iterable[str], row: Iterable[object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in zip(names, row, strict=True))
