"""The schema meta of a catalog, which tells of the catalog itself and has no header."""

from __future__ import annotations

from spymaster.read.relation import Relation
from spymaster.warehouse import duck, statements
from spymaster.warehouse.columns import Column

SCHEMA = "meta"
_ITS = f"database_name = 'spymaster' and schema_name = '{SCHEMA}'"


def comments(connection: duck.Connection) -> dict[str, str]:
    """Return what the comment of each of its tables says, by qualified name."""
    query = f"select table_name, comment from duckdb_tables() where {_ITS} order by table_name"
    rows = connection.execute(query).fetchall()
    return {f"{SCHEMA}.{table}": comment for table, comment in rows}


def described(
    connection: duck.Connection, name: str, comment: str
) -> tuple[Relation, list[Column]]:
    """Return one of its tables and its columns, whose names say what they hold."""
    counted = f"select count(*) from {statements.name(name)}"
    ((n_rows,),) = connection.execute(counted).fetchall()
    table = duck.literal(name.removeprefix(f"{SCHEMA}."))
    rows = connection.execute(
        f"select column_name, data_type from duckdb_columns() where {_ITS}"
        f" and table_name = {table} order by column_index"
    ).fetchall()
    columns = [Column(column, kind, "", "") for column, kind in rows]
    return Relation(name, comment, "", None, n_rows, name), columns
