"""SQL text that the warehouse itself writes: names, literals, and selects over files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from spymaster.warehouse.columns import Column

PARQUET = (
    "format parquet, compression zstd, compression_level 1, parquet_version v2,"
    " dictionary_size_limit 1024, row_group_size 40960"
)
"""Words go into dictionaries; to try one on every ratio takes as long as all else of writing.

A group of 190 columns fits the caches better than one of three times the rows.
"""


def name(relation: str) -> str:
    """Return a relation or column name quoted, part by part.

    >>> name("book.flow_5s")
    '"book"."flow_5s"'
    """
    return ".".join(f'"{part}"' for part in relation.replace('"', '""').split("."))


def built(relation: str) -> str:
    """Return the name of the table that a relation's rows lie in while its session is built."""
    return f'built."{relation}"'


def text(value: str) -> str:
    """Return a string literal.

    >>> text("the day's high")
    "'the day''s high'"
    """
    return "'" + value.replace("'", "''") + "'"


def empty(columns: Iterable[Column]) -> str:
    """Return a select of no rows with the columns of a header."""
    nulls = ", ".join(f"null::{column.type} as {name(column.name)}" for column in columns)
    return f"select {nulls} where false"


def refusing(columns: Iterable[Column], why: str) -> str:
    """Return a select with the columns of a header that fails, whatever is asked of it.

    Every column depends on a row that cannot be made, so that no condition on one is found to be
    false before.
    """
    casts = ", ".join(f"refused::{column.type} as {name(column.name)}" for column in columns)
    return f"select {casts} from (select unnest([error({text(why)})])::varchar as refused)"


def files(
    paths: Iterable[Path | str],
    columns: Iterable[Column],
    *,
    by_name: bool = False,
    folders: str | None = None,
) -> str:
    """Return a select over Parquet files, in their order; of no rows where there are none.

    Parameters
    ----------
    by_name : bool
        For files that may differ in their columns.
    folders : str
        A date column that the folders are named by, such as session=2024-03-05; a question about
        one date then opens no file of another.
    """
    listed = ", ".join(text(str(path)) for path in paths)
    if not listed:
        return empty(columns)
    return read(f"[{listed}]", by_name=by_name, folders=folders)


def rows(kinds: Mapping[str, str], values: Sequence[Sequence[Any]]) -> str:
    """Return a select of rows that Python holds, at least one.

    As JSON, column by column: parameters would import pandas, literals bind slowly.

    Parameters
    ----------
    kinds : mapping of column to DuckDB type
    values : sequence of rows
    """
    columns = zip(kinds.items(), zip(*values, strict=True), strict=True)
    return "select " + ", ".join(_unnested(*column, given) for column, given in columns)


def _unnested(column: str, kind: str, values: Sequence[Any]) -> str:
    written = text(json.dumps(values, default=str))
    return f"""unnest(from_json({written}, '["{kind}"]')) as {name(column)}"""


def read(listed: str, *, by_name: bool = False, folders: str | None = None) -> str:
    """Return a select over Parquet files that an expression lists, see ``files``."""
    union = ", union_by_name = true" if by_name else ""
    hive = "true, hive_types = {" + f"'{folders}': 'date'" + "}" if folders else "false"
    return f"select * from read_parquet({listed}, hive_partitioning = {hive}{union})"


def view(relation: str, query: str) -> str:
    """Return the statement that lets a relation show the rows of a query."""
    return f"create or replace view {name(relation)} as {query}"


def copy(relation: str, path: Path) -> str:
    """Return the statement that writes a built relation to a file, rows in their order."""
    return f"copy (from {built(relation)}{written(path)}"


def written(path: Path) -> str:
    """Return the end of a statement that began with ``copy (`` and a query."""
    return f"\n) to {text(str(path))} ({PARQUET})"


def constants(queries: Mapping[str, str]) -> tuple[str, ...]:
    """Return the statements that let ``getvariable`` give what some queries ask for."""
    return tuple(f"set variable {name(key)} = ({query})" for key, query in queries.items())


def schemas(relations: Iterable[str], *more: str) -> str:
    """Return the statements that create the schemas of relations, and some more."""
    found = sorted({relation.split(".")[0] for relation in relations} | set(more))
    return "; ".join(f'create schema if not exists "{schema}"' for schema in found)


def grain_breach(relation: str, grain: Iterable[str]) -> str:
    """Return a query for one grain that is not unique or not complete, and how often it occurs."""
    keys = ", ".join(name(key) for key in grain)
    holes = " or ".join(f"{name(key)} is null" for key in grain)
    return (
        f"select {keys}, count(*) as rows from {name(relation)} group by {keys}"
        f" having count(*) > 1 or {holes} limit 1"
    )


def drops(last_readers: Mapping[str, str], reader: str) -> list[str]:
    """Return the statements that drop what nothing reads after ``reader``."""
    return [f"drop table {built(name)}" for name, last in last_readers.items() if last == reader]
