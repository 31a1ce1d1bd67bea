"""What is asked: one statement that only reads, with values for its parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from spymaster.errors import DataError, UsageError
from spymaster.warehouse import duck

ROWS_PER_BATCH = 65_536
EXPLAIN = re.compile(r"\s*explain\b(\s+analyze\b)?(\s*\([^()]*\))?", re.IGNORECASE)
PRAGMA = re.compile(r"\s*pragma\b", re.IGNORECASE)
PARAMETER = re.compile(r"[a-z_]\w*", re.IGNORECASE | re.ASCII)
PREPARE = "prepare question as "


@dataclass(frozen=True)
class Question:
    """What to ask."""

    sql: str
    name: str = "query"
    """Where it stands, for errors."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Values of ``$name``; text takes the type that DuckDB finds where it stands."""
    giving: str = "{}=..."
    """How who asks writes a parameter's value, for errors."""


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
    if path.suffix != ".sql" or "\n" in argument:
        return Question(argument)
    try:
        return Question(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise UsageError(f"{path}: cannot be read: {reason}") from error


def parameter(text: str) -> tuple[str, str]:
    """Return name and value of ``name=value``.

    >>> parameter("level=PM_HIGH")
    ('level', 'PM_HIGH')

    Raises
    ------
    UsageError
        If it is something else.
    """
    name, equals, value = text.partition("=")
    if not (equals and PARAMETER.fullmatch(name)):
        raise UsageError(f"{text}: expected name=value, for $name in the query")
    return name, value


def answer(connection: duck.Connection, question: Question) -> duck.Relation:
    """Return the rows of a question, of which none was computed yet unless it has parameters.

    Raises
    ------
    UsageError
        For a statement that is not one SELECT, or no text, or a parameter without a value.
    DuckError
        What DuckDB says about the statement.
    """
    if not duck.is_text(question.sql):
        raise UsageError(f"{question.name}: not UTF-8")
    _check(connection, question.sql)
    _check_parameters(connection, question)
    if not question.parameters:
        return connection.sql(question.sql)
    # as SQL: by way of its client DuckDB would import pandas first, for a second
    connection.execute(PREPARE + question.sql)
    given = (f"{name} := {duck.literal(value)}" for name, value in question.parameters.items())
    return connection.sql(f"execute question({', '.join(given)})")


def explained(connection: duck.Connection, question: Question, error: duck.DuckError) -> DataError:
    """Return in one line, with its place, why a question that nobody interrupted got no answer."""
    return DataError(_placed(question, _cause(connection, question, error)))


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


def _check_parameters(connection: duck.Connection, question: Question) -> None:
    """Refuse a parameter without a value, of which DuckDB says that it was not expected."""
    given = {name.lower() for name in question.parameters}
    for name in sorted(duck.parameters(connection, question.sql) - given):
        if not PARAMETER.fullmatch(name):
            raise UsageError(f"{question.name}: a parameter needs a name, such as $level")
        how = question.giving.format(name)
        raise UsageError(f"{question.name}: ${name} has no value; give {how}")


def _cause(
    connection: duck.Connection, question: Question, error: duck.DuckError
) -> duck.DuckError:
    """Return what stopped a query that nobody interrupted.

    The thread that fails interrupts the others, and now and then DuckDB tells of one of those. What
    it does not hand out while it runs comes with its own error.
    """
    if duck.is_interrupt(error):
        try:
            rows = answer(connection, question)
            while rows.fetchmany(ROWS_PER_BATCH):
                pass
        except duck.DuckError as cause:
            return cause
    return error


def _placed(question: Question, error: duck.DuckError) -> str:
    reason, at = duck.placed_message(error)
    if at is None:
        return f"{question.name}: {reason}"
    at = max(at - len(PREPARE), 0) if question.parameters else at
    before = question.sql.encode()[:at].decode(errors="replace")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return f"{question.name}:{line}:{column}: {reason}"
