"""The one door to DuckDB: to the extension, since its package makes a database nobody uses."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from itertools import count
from math import isfinite
from pathlib import Path
from threading import RLock
from typing import Any
from weakref import WeakSet

import _duckdb as duckdb

from spymaster.errors import DataError, LockedError

Connection = duckdb.DuckDBPyConnection
Relation = duckdb.DuckDBPyRelation
Type = duckdb._sqltypes.DuckDBPyType
DuckError = duckdb.Error
VERSION = duckdb.__version__
PRIVATE = {"python_enable_replacements": False}
"""A name that is no relation must not find a variable of this program."""
SETTINGS = "set timezone = 'UTC'"
_open: WeakSet[Connection] = WeakSet()
_turn, _numbers = RLock(), count()


def in_memory(spill: Path, *, threads: int | None = None, shares: int = 1) -> Connection:
    """Return a private database that spills into ``spill`` and keeps time in UTC.

    Parameters
    ----------
    threads : int
        All cores that ``shares`` leave, by default.
    shares : int
        How many such databases work side by side: each gets its part of the cores, and of the
        memory that DuckDB would take alone.
    """
    config: dict[str, Any] = {
        "temp_directory": str(spill),
        "threads": threads or max(cores() // shares, 1),
        # a checkpoint of what is in memory compresses every table, for no reader
        "checkpoint_threshold": "1TB",
    }
    connection = _connect(":memory:", config)
    if shares > 1:
        ((whole,),) = connection.execute("select current_setting('memory_limit')").fetchall()
        amount, unit = whole.split()
        connection.execute(f"set memory_limit = '{float(amount) / shares} {unit}'")
    return connection


def give_back() -> None:
    """Return to the system what databases have freed; glibc keeps most of it, piece by piece."""
    import ctypes  # which only who builds all day needs

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read_only(path: Path) -> Connection:
    """Open a database file that other processes may hold open too."""
    return _connect(str(path), {}, read_only=True)


@contextmanager
def reader(catalog: Path, *, spill: Path | None = None) -> Iterator[Connection]:
    """Open a catalog read-only for a while, beside anything else this program has open.

    Raises
    ------
    LockedError
        If another program opened it for writing.
    DataError
        If it cannot be read, or is no catalog.
    """
    with _connect(":memory:", {"temp_directory": str(spill)} if spill else {}) as connection:
        try:
            # attached, since DuckDB refuses to open a file twice with different settings
            path = literal(str(catalog))
            connection.execute(f"attach {path} as spymaster (read_only); use spymaster")
        except DuckError as error:
            reason = f"{catalog}: {message(error)}"
            is_locked = "lock on file" in reason
            raise (LockedError(reason) if is_locked else DataError(reason)) from error
        yield connection


@contextmanager
def beside(connection: Connection) -> Iterator[Connection]:
    """Work on the same database side by side with a connection, for a while."""
    cursor = connection.cursor()
    _open.add(cursor)
    try:
        # a cursor begins in the machine's own zone
        cursor.execute(SETTINGS)
        # positions in errors, as whoever runs queries of models wants them
        cursor.execute("set errors_as_json = true")
        yield cursor
    finally:
        cursor.close()


@contextmanager
def opened(path: Path, *, read_only: bool = False) -> Iterator[Connection]:
    """Open a database file for a moment, or create it; threads of this program take turns.

    What was begun and not committed is rolled back. The file is attached to an instance of DuckDB
    that stays: to make one takes 8 ms, to attach a file a third of one.
    """
    name, how = f"opened_{next(_numbers)}", "(read_only)" if read_only else ""
    with _turn:
        connection = _instance().cursor()
        _open.add(connection)
        connection.execute(f"attach {literal(str(path))} as {name} {how}; use {name}; {SETTINGS}")
        _without_bar(connection)
        try:
            yield connection
        finally:
            connection.close()
            _instance().execute(f"detach {name}")


@cache
def _instance() -> Connection:
    return _connect(":memory:", {"threads": 1})


def _connect(path: str, config: dict[str, Any], *, read_only: bool = False) -> Connection:
    connection = duckdb.connect(path, read_only=read_only, config={**PRIVATE, **config})
    connection.execute(SETTINGS)
    _without_bar(connection)
    _open.add(connection)
    return connection


def _without_bar(connection: Connection) -> None:
    """Switch off the bar of progress, which would stand among the data on stdout.

    In a notebook that has no widgets it is off already, and DuckDB refuses to hear of it.
    """
    ((has_bar,),) = connection.execute("select current_setting('enable_progress_bar')").fetchall()
    if has_bar:
        connection.execute("set enable_progress_bar = false")


def interrupt() -> None:
    """Stop what every connection is doing; may be called from any thread."""
    for connection in list(_open):
        with suppress(DuckError):  # closed meanwhile
            connection.interrupt()


def is_circumstance(error: DuckError) -> bool:
    """Whether an error lies in the machine and not in the query: a full disk, too little memory."""
    return isinstance(
        error, duckdb.IOException | duckdb.OutOfMemoryException | duckdb.InterruptException
    )


def is_interrupt(error: DuckError) -> bool:
    """Whether a query was stopped from outside, or by one of its own threads."""
    return isinstance(error, duckdb.InterruptException) or "INTERRUPT" in str(error)[:40]


def message(error: DuckError) -> str:
    """Return what DuckDB says in one line, without the excerpt of the statement."""
    return " ".join(str(error).split("\n\nLINE ", 1)[0].split())


def placed_message(error: DuckError) -> tuple[str, int | None]:
    """Return what DuckDB says in one line, and the byte of the statement it is about.

    Needs a connection with ``set errors_as_json = true``.
    """
    whole = str(error)
    try:
        # an error that stops a running query stands inside another
        error_json = json.loads(whole[whole.find('{"exception_type"') :])
    except json.JSONDecodeError:
        return message(error), None
    text = " ".join(error_json["exception_message"].split())
    position = int(error_json["position"]) if "position" in error_json else None
    return f"{error_json['exception_type']} Error: {text}", position


def statements(connection: Connection, sql: str) -> list[str]:
    """Return what kind each statement is, such as SELECT, without running any.

    A PIVOT that finds its own columns is ``PIVOT``: DuckDB makes it two statements without text, or
    one of many, as it does of a COPY of one.
    """
    found = connection.extract_statements(sql)
    kinds = [statement.type.name for statement in found]
    is_split = kinds == ["CREATE", "SELECT"] and not any(statement.query for statement in found)
    is_whole = kinds == ["MULTI"] and _is_query(connection, sql)
    return ["PIVOT"] if is_split or is_whole else kinds


def parameters(connection: Connection, sql: str) -> set[str]:
    """Return the names of what ``$name`` stands for in it, in lower case; of ``?`` a number."""
    found = connection.extract_statements(sql)
    return {name.lower() for statement in found for name in statement.named_parameters}


def _is_query(connection: Connection, statement: str) -> bool:
    """Whether rows can be taken from a statement: DuckDB reads it where a relation may stand."""
    try:
        connection.extract_statements(f"from ({statement.rstrip().rstrip(';')}\n)")
    except DuckError:
        return False
    return True


def literal(value: Any) -> str:
    """Return a value as SQL text.

    A statement with parameters makes DuckDB's client import pandas, which takes longer than all the
    rest of a command.

    >>> literal(("the day's high", 3))
    "['the day''s high', 3]"
    >>> literal([None, True])
    '[null, True]'
    >>> literal(date(2024, 3, 5))
    "date '2024-03-05'"
    """
    if value is None:
        return "null"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, datetime):
        return f"timestamp '{value}'"
    if isinstance(value, date):
        return f"date '{value}'"
    if isinstance(value, bool | int | float):
        return repr(value) if isfinite(value) else f"'{value}'::double"
    if isinstance(value, str | time | Decimal | Path) and is_text(str(value)):
        return "'" + str(value).replace("'", "''") + "'"
    raise DataError(f"{value!r}: expected text, a number, a date, a time, or a list of them")


def is_text(value: str) -> bool:
    """Whether a text can be one of DuckDB's: bytes that a shell gave and are no UTF-8 are none.

    >>> is_text("the day's high"), is_text("\\udcff")
    (True, False)
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
