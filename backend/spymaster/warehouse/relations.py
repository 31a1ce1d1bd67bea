"""Relations of an open connection: made from a query, and described."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spymaster.warehouse import duck, statements

SLICE = ("slice_first", "slice_last")
"""What any model gets by ``getvariable`` while one with ``slices`` is made: first and last bucket
end of the slice; null otherwise."""


def create(connection: duck.Connection, what: str, query: str) -> tuple[str, int | None] | None:
    """Create a relation from a query; return what DuckDB objects to, and at which character.

    The connection was told ``set errors_as_json = true``.
    """
    return _run(connection, f"create {what} as\n", query, "")


def write(connection: duck.Connection, query: str, path: Path) -> tuple[str, int | None] | None:
    """Write the rows of a query to a file, in their order; return what ``create`` does."""
    return _run(connection, "copy (\n", query, statements.written(path))


def _run(
    connection: duck.Connection, head: str, query: str, tail: str
) -> tuple[str, int | None] | None:
    try:
        connection.execute(head + query + tail)
    except duck.DuckError as error:
        message, at = duck.placed_message(error)
        if at is None or at < len(head):
            return message, None
        return message, len((head + query).encode()[:at].decode(errors="ignore")) - len(head)
    return None


def rows_of(connection: duck.Connection, query: str) -> list[dict[str, Any]]:
    """Return the rows of a query by column name."""
    result = connection.execute(query)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def describe(connection: duck.Connection, relation: str) -> list[tuple[str, str]]:
    """Return name and type of each column of a relation."""
    rows = connection.execute(f"describe {statements.name(relation)}").fetchall()
    return [(row[0], row[1]) for row in rows]
