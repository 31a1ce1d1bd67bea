"""The one door to DuckDB."""

from __future__ import annotations

import json
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

Connection = duckdb.DuckDBPyConnection
DuckError = duckdb.Error
VERSION = duckdb.__version__


def in_memory(spill: Path, *, threads: int | None = None) -> Connection:
    """Return a private database that spills into ``spill`` and keeps time in UTC."""
    config: dict[str, Any] = {
        "temp_directory": str(spill),
        "threads": threads or os.cpu_count() or 1,
    }
    connection = duckdb.connect(config=config)
    connection.execute("set timezone = 'UTC'")
    return connection


def read_only(path: Path, *, spill: Path | None = None) -> Connection:
    """Open a database file that other processes may hold open too."""
    config: dict[str, Any] = {"temp_directory": str(spill)} if spill else {}
    connection = duckdb.connect(str(path), read_only=True, config=config)
    connection.execute("set timezone = 'UTC'")
    return connection


def read_write(path: Path) -> Connection:
    """Open or create a database file that no other process holds."""
    return duckdb.connect(str(path))


def message(error: DuckError) -> str:
    """Return the first line of what DuckDB says."""
    return str(error).split("\n", 1)[0]


def placed_message(error: DuckError) -> tuple[str, int | None]:
    """Return what DuckDB says in one line, and the byte of the statement it is about.

    Needs a connection that was told ``set errors_as_json = true``.
    """
    kind, _, told = str(error).partition(": ")
    try:
        said = json.loads(told)
    except json.JSONDecodeError:
        return message(error), None
    text = " ".join(said["exception_message"].split())
    return f"{kind}: {text}", int(said["position"]) if "position" in said else None


def statements(connection: Connection, sql: str) -> list[str]:
    """Return what kind each statement is, such as SELECT, without running any."""
    return [statement.type.name for statement in connection.extract_statements(sql)]


def literal(value: str | int | float | date | datetime | tuple[Any, ...]) -> str:
    """Return a value as SQL text.

    A statement with parameters makes DuckDB's client import pandas, which takes longer than all the
    rest of a command.

    >>> literal(("the day's high", 3))
    "['the day''s high', 3]"
    >>> literal(date(2024, 3, 5))
    "date '2024-03-05'"
    """
    if isinstance(value, tuple):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, datetime):
        return f"timestamp '{value}'"
    if isinstance(value, date):
        return f"date '{value}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)
