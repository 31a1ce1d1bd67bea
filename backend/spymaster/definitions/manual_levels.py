"""Levels that a user names: kinds to follow, and own ones from a CSV file.

The file has the columns session, level_id, price and known_at. ``known_at`` is New York time, or
any other with its offset: ``2024-03-05 09:00``, ``2024-03-05T14:00:00Z``. Two rows of one level in
a session are a level that moves.
"""

from __future__ import annotations

import csv
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeVar

from spymaster.errors import DataError, UsageError
from spymaster.settings import Settings
from spymaster.units import FIRST_SESSION, LAST_SESSION, NEW_YORK
from spymaster.warehouse import duck

COLUMNS = ["session", "level_id", "price", "known_at"]
KINDS = (
    *(f"{kind}_{end}" for kind in ("PM", "ON", "OR5", "OR15", "OR30") for end in ("HIGH", "LOW")),
    *(f"PD_{what}" for what in ("HIGH", "LOW", "CLOSE", "SETTLE")),
    *("CALL_WALL", "PUT_WALL", "ZERO_GAMMA", "EM_HIGH", "EM_LOW"),
    *("OPEN", "VWAP", "SMA_90", "SMA_200", "SMA_400", "EMA_20", "ROUND_25", "ROUND_50", "MANUAL"),
)
"""Every kind of level that the models know."""
Value = TypeVar("Value", date, datetime)
MOST_POINTS = 10_000_000
"""Either way of 0; in ticks of half a hundredth it fits 31 bits."""
NOTHING = "(null, null, null)"
"""The row that keeps a list of values from being empty."""


class Row(NamedTuple):
    """One row of the file."""

    session: date
    level_id: str
    price: float
    """Points."""
    known_at: datetime
    """UTC, naive."""


def values(path: Path | None, session: date) -> str:
    """Return a session's rows as SQL values of level_id, price and known_at, after one of nulls.

    Raises
    ------
    UsageError
        If the file is not there.
    DataError
        With a line for each row that is wrong, naming file and line.
    """
    found = _rows(path, _text(path))[session] if path else []
    listed = [f"({duck.literal(r.level_id)}, {r.price!r}, '{r.known_at}')" for r in found]
    return ", ".join([NOTHING, *listed])


def tracked(settings: Settings) -> list[str]:
    """Return the levels that the settings follow, beside all of the user's own.

    Raises
    ------
    UsageError
        For a name that is neither a kind nor in the user's file.
    """
    path = settings.manual_levels
    sessions = _rows(path, _text(path)).values() if path else ()
    known = {*KINDS, *(row.level_id for rows in sessions for row in rows)}
    for name in "/".join(settings.levels).split("/"):
        if name and name not in known:
            allowed = ", ".join(KINDS)
            raise UsageError(f"levels: {name!r} is no level; allowed: {allowed}, and your own")
    return list(settings.levels)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"manual_levels = {str(path)!r}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 text") from error


@lru_cache(maxsize=1)
def _rows(path: Path, text: str) -> defaultdict[date, list[Row]]:
    """Return the rows of each session; read once, asked for by every session."""
    lines = csv.reader(text.splitlines())
    head = [name.strip() for name in _fields(path, lines) or ()]
    if head != COLUMNS:
        raise DataError(f"{path}:1: header is {','.join(head)!r}; expected {','.join(COLUMNS)}")
    found: dict[tuple[date, str, datetime], Row] = {}
    problems = []
    while (fields := _fields(path, lines)) is not None:
        try:
            row = _row([field.strip() for field in fields]) if fields else None
            if row and found.setdefault((row.session, row.level_id, row.known_at), row) is not row:
                raise ValueError(f"{row.level_id} of {row.session} is given twice for one known_at")
        except ValueError as error:
            problems.append(f"{path}:{lines.line_num}: {error}")
    if problems:
        raise DataError("\n".join(problems))
    by_session: defaultdict[date, list[Row]] = defaultdict(list)
    for key in sorted(found):
        by_session[key[0]].append(found[key])
    return by_session


def _fields(path: Path, lines: Iterator[list[str]]) -> list[str] | None:
    """Return the fields of the next line, None at the end."""
    try:
        return next(lines, None)
    except csv.Error as error:  # a field of more than 131,072 characters
        raise DataError(f"{path}: not a CSV of levels: {error}") from error


def _row(fields: list[str]) -> Row:
    if len(fields) != len(COLUMNS):
        raise ValueError(f"{len(fields)} fields; expected {','.join(COLUMNS)}")
    session, level_id, price, known_at = fields
    return Row(_session(session), _level_id(level_id), _price(price), _known_at(known_at))


def _session(text: str) -> date:
    try:
        session = datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise ValueError(f"session is {text!r}; expected a date such as 2024-03-05") from None
    return _within(session, session, "session", text)


def _level_id(text: str) -> str:
    if not re.fullmatch(r"\w[\w.-]*", text):
        raise ValueError(f"level_id is {text!r}; expected letters, digits, _ - or .")
    if text in KINDS or re.fullmatch("ROUND_(25|50)_(ABOVE|BELOW)", text):
        raise ValueError(f"level_id is {text!r}, as others are called; expected a name of its own")
    return text


def _price(text: str) -> float:
    try:
        price = float(text)
    except ValueError:
        price = math.nan
    if not abs(price) <= MOST_POINTS:
        raise ValueError(f"price is {text!r}; expected a number of points up to {MOST_POINTS}")
    return price


def _known_at(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.microsecond:
        example = "2024-03-05 09:00 (New York) or 2024-03-05T14:00:00Z"
        raise ValueError(f"known_at is {text!r}; expected a whole second such as {example}")
    at = _within(at, at.date(), "known_at", text)
    return (at if at.tzinfo else at.replace(tzinfo=NEW_YORK)).astimezone(UTC).replace(tzinfo=None)


def _within(value: Value, day: date, name: str, text: str) -> Value:
    """Refuse a day around which a time has no ns, or no calendar date in UTC."""
    if not FIRST_SESSION <= day <= LAST_SESSION:
        raise ValueError(f"{name} is {text!r}; expected {FIRST_SESSION} to {LAST_SESSION}")
    return value
