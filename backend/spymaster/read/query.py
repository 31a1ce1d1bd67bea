"""Run one SELECT on the catalog and write its rows in a format another program can read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from spymaster.errors import DataError, UsageError
from spymaster.read.catalog import catalog
from spymaster.read.formats import ROWS_PER_BATCH, WRITERS, Sink
from spymaster.settings import Settings
from spymaster.warehouse import duck

FORMATS = tuple(WRITERS)
"""table, csv, json, jsonl, parquet, arrow."""
BINARY = ("parquet", "arrow")
"""Not for a terminal."""
EXPLAIN = re.compile(r"\s*explain\b(\s+analyze\b)?(\s*\([^()]*\))?", re.IGNORECASE)
PRAGMA = re.compile(r"\s*pragma\b", re.IGNORECASE)


@dataclass(frozen=True)
class Question:
    """What to ask."""

    sql: str
    name: str = "query"
    """Where it stands, for errors."""


def query(
    settings: Settings,
    question: Question | str,
    out: IO[bytes],
    *,
    format: str = "table",  # noqa: A002
    width: int | None = None,
) -> bool:
    """Write the rows of a query to ``out``.

    Parameters
    ----------
    question : Question or str
        One statement that only reads: a SELECT in any of its spellings, or EXPLAIN of one.
    out : binary stream
        Gets whole batches as they come.
    format : str
        One of ``FORMATS``.
    width : int, characters
        Of the terminal that a table is for.

    Returns
    -------
    bool
        Whether rows were left out, as a table does of a long result.

    Raises
    ------
    UsageError
        For an unknown format, or a statement that is not one SELECT.
    DataError
        What DuckDB says about the statement, in one line.
    """
    if format not in WRITERS:
        raise UsageError(f"format {format!r}; allowed: {', '.join(FORMATS)}")
    question = Question(question) if isinstance(question, str) else question
    with catalog(settings) as connection:
        connection.execute("set errors_as_json = true")
        try:
            _check(connection, question.sql)
            left_out = WRITERS[format](connection.sql(question.sql), Sink(out, width))
        except duck.DuckError as error:
            raise DataError(_placed(question, _cause(connection, question, error))) from error
    out.flush()
    return bool(left_out)


def question_of(argument: str, stdin: IO[str]) -> Question:
    """Return what an argument asks: ``-`` reads stdin, a path its file, else it is SQL.

    Raises
    ------
    UsageError
        If the path names no file that can be read.
    """
    if argument == "-":
        return Question(stdin.read(), "stdin")
    path = Path(argument)
    if path.suffix != ".sql":
        return Question(argument)
    try:
        return Question(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise UsageError(f"{path}: cannot be read: {reason}") from error


def _check(connection: duck.Connection, sql: str) -> None:
    """Refuse all but one statement that reads.

    DuckDB makes a SELECT of some PRAGMAs, and an EXPLAIN may run what it explains.
    """
    kinds = duck.statements(connection, sql)
    if kinds == ["EXPLAIN"]:
        kinds = duck.statements(connection, EXPLAIN.sub("", sql, count=1))
    if PRAGMA.match(sql):
        kinds = ["PRAGMA"]
    if kinds not in (["SELECT"], ["PIVOT"]):
        raise UsageError(f"query runs one SELECT; found: {', '.join(kinds) or 'nothing'}")


def _cause(
    connection: duck.Connection, question: Question, error: duck.DuckError
) -> duck.DuckError:
    """Return what stopped a query that nobody interrupted.

    The thread that fails interrupts the others, and now and then DuckDB tells of one of those. What
    it does not hand out while it runs comes with its own error.
    """
    if duck.is_interrupt(error):
        try:
            rows = connection.execute(question.sql)
            while rows.fetchmany(ROWS_PER_BATCH):
                pass
        except duck.DuckError as cause:
            return cause
    return error


def _placed(question: Question, error: duck.DuckError) -> str:
    reason, at = duck.placed_message(error)
    if at is None:
        return f"{question.name}: {reason}"
    before = question.sql.encode()[:at].decode(errors="replace")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return f"{question.name}:{line}:{column}: {reason}"
