"""The schema meta of a catalog, which tells of the catalog itself and has no header."""

from __future__ import annotations

from collections.abc import Iterator

from spymaster.read.relation import Relation
from spymaster.warehouse import duck, statements
from spymaster.warehouse.columns import Column

SCHEMA = "meta"
_ITS = f"database_name = 'spymaster' and schema_name = '{SCHEMA}'"


def described(connection: duck.Connection) -> Iterator[Relation]:
    """Yield its tables, each with what its comment says."""
    query = f"select table_name, comment from duckdb_tables() where {_ITS} order by table_name"
    for table, doc in connection.execute(query).fetchall():
        name = f"{SCHEMA}.{table}"
        counted = f"select count(*) from {statements.name(name)}"
        ((rows,),) = connection.execute(counted).fetchall()
        yield Relation(name, doc, "", None, rows, name)


def columns(connection: duck.Connection, name: str) -> list[Column]:
    """Return the columns of one of its tables; their names say what they hold."""
    table = duck.literal(name.removeprefix(f"{SCHEMA}."))
    rows = connection.execute(
        f"select column_name, data_type from duckdb_columns() where {_ITS}"
        f" and table_name = {table} order by column_index"
    ).fetchall()
    return [Column(column, kind, "", "") for column, kind in rows]
