"""Rows that are given to a sandbox in place of a relation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from spymaster.errors import ModelError
from spymaster.warehouse import duck, statements
from spymaster.warehouse.columns import Column

if TYPE_CHECKING:
    import pyarrow as pa

Rows: TypeAlias = "str | pa.Table"
"""A select, or a table; columns that it leaves out are null."""


def fill(
    connection: duck.Connection, table: str, columns: Iterable[Column], rows: Rows, relation: str
) -> None:
    """Make a table of columns that has these rows and no others.

    Raises
    ------
    ModelError
        If the rows do not fit, naming the relation that they are of.
    """
    connection.execute(f"create or replace table {table} as {statements.empty(columns)}")
    insert(connection, table, rows, relation)


def insert(connection: duck.Connection, table: str, rows: Rows, relation: str) -> None:
    """Put rows into a table, behind those that it has; raises as ``fill``."""
    query = rows if isinstance(rows, str) else "from given"
    try:
        if not isinstance(rows, str):
            connection.register("given", rows)
        connection.execute(f"insert into {table} by name {query}")
    except duck.DuckError as error:
        raise ModelError(f"{relation}: {duck.placed_message(error)[0]}") from error
    finally:
        if not isinstance(rows, str):
            connection.unregister("given")
