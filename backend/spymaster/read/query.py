"""Run one SELECT on the catalog and write its rows in a format another program can read."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING

from spymaster.errors import DataError, UsageError
from spymaster.read.catalog import catalog
from spymaster.read.formats import WRITERS
from spymaster.settings import Settings
from spymaster.warehouse import duck

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMATS = tuple(WRITERS)
"""table, csv, json, jsonl, parquet, arrow."""
BINARY = ("parquet", "arrow")
"""Not for a terminal."""
READING = ("SELECT", "EXPLAIN")
"""Statements that may run; DESCRIBE, SUMMARIZE and FROM are SELECTs to DuckDB."""


def query(settings: Settings, sql: str, out: IO[bytes], *, format: str = "table") -> None:  # noqa: A002
    """Write the rows of a query to ``out``.

    Parameters
    ----------
    sql : str
        One statement that only reads, or the path of a file that holds it.
    out : binary stream
        Gets whole batches as they come; table and json are built in memory first.
    format : str
        One of ``FORMATS``.

    Raises
    ------
    UsageError
        For an unknown format, or a statement that is not one SELECT.
    DataError
        What DuckDB says about the statement, in one line.
    """
    if format not in WRITERS:
        raise UsageError(f"format {format!r}; allowed: {', '.join(FORMATS)}")
    with catalog(settings) as connection:
        try:
            _check(duck.statements(connection, sql))
            WRITERS[format](connection.execute(sql), out)
        except duck.DuckError as error:
            raise DataError(duck.message(error)) from error


def sql_of(argument: str, stdin: IO[str]) -> str:
    """Return the SQL that an argument means: ``-`` reads stdin, a path its file, else itself."""
    if argument == "-":
        return stdin.read()
    path = Path(argument)
    if path.suffix == ".sql":
        if not path.is_file():
            raise UsageError(f"{path}: no such file")
        return path.read_text(encoding="utf-8")
    return argument


def _check(kinds: Iterable[str]) -> None:
    found = list(kinds)
    if len(found) != 1 or found[0] not in READING:
        raise UsageError(f"query runs one SELECT; found: {', '.join(found) or 'nothing'}")
