"""Write the answer to a question in a format that a person or another program can read."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from spymaster.errors import UsageError
from spymaster.outputs import suffix, whole
from spymaster.read.asking import Question, answer, explained
from spymaster.read.catalog import catalog
from spymaster.read.formats import WRITERS, Sink
from spymaster.settings import Settings
from spymaster.warehouse import duck

FORMATS = tuple(WRITERS)
"""table, box, line, markdown, csv, json, jsonl, parquet, arrow."""
BINARY = ("parquet", "arrow")
"""Not for a terminal."""
SUFFIXES = {
    ".txt": "table",
    ".md": "markdown",
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".arrows": "arrow",
}
"""Format of a file."""


def query(
    settings: Settings,
    question: Question | str,
    out: IO[bytes],
    *,
    format: str = "table",  # noqa: A002
    width: int | None = None,
    is_exact: bool = False,
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
    is_exact : bool
        Whether text for people too has every digit.

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
            rows = answer(connection, question)
            left_out = WRITERS[format](rows, Sink(out, width, is_exact))
        except duck.DuckError as error:
            raise explained(connection, question, error) from error
    out.flush()
    return bool(left_out)


def query_to_file(
    settings: Settings,
    question: Question,
    file: Path,
    *,
    format: str | None = None,  # noqa: A002
    is_exact: bool = False,
) -> bool:
    """Do the same into a file, which is there whole or not at all; its suffix says the format.

    Raises
    ------
    UsageError, DataError
        As for ``query``; and for a suffix of no format, where none is given.
    """
    format = format or SUFFIXES[suffix(file, "a file of rows", SUFFIXES)]  # noqa: A001
    with whole(file) as out:
        return query(settings, question, out, format=format, is_exact=is_exact)
