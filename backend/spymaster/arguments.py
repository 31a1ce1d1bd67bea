"""What callers write, checked alike for commands and for calls of ``import spymaster``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from spymaster.errors import UsageError
from spymaster.units import FIRST_SESSION, LAST_SESSION


def day(value: date | str) -> date:
    """Return the session date that a text names; a date is one already.

    Raises
    ------
    UsageError
        For what is no date, or one of which no calendar is known.

    Examples
    --------
    >>> day("2024-03-05")
    datetime.date(2024, 3, 5)
    """
    try:
        found = datetime.strptime(value, "%Y-%m-%d") if isinstance(value, str) else value
    except ValueError as error:
        raise UsageError(f"{value}: expected a date such as 2024-03-05") from error
    if not isinstance(found, date):
        raise UsageError(f"{value}: expected a date such as 2024-03-05")
    if isinstance(found, datetime):  # as tables of pandas have dates
        found = found.date()
    if not FIRST_SESSION <= found <= LAST_SESSION:
        raise UsageError(f"{value}: expected a date from {FIRST_SESSION} to {LAST_SESSION}")
    return found


def clock(value: time | str) -> time:
    """Return the time of day that a text names, by a clock that is known; a time is one already.

    Raises
    ------
    UsageError
        For what is no time of day, or one with a zone of its own.

    Examples
    --------
    >>> clock("10:31")
    datetime.time(10, 31)
    """
    try:
        found = time.fromisoformat(value) if isinstance(value, str) else value
    except ValueError as error:
        raise UsageError(f"{value}: expected a time of day such as 09:45") from error
    if not isinstance(found, time) or found.tzinfo is not None:
        raise UsageError(f"{value}: expected a time of day such as 09:45")
    return found


def check_strays(subject: str, given: Mapping[str, object]) -> None:
    """Refuse options, by the names that a caller writes, that are of another subject.

    Raises
    ------
    UsageError
        Naming those that were given.

    Examples
    --------
    >>> check_strays("gex", {"--from": None})
    """
    strays = [name for name, value in given.items() if value is not None]
    if strays:
        raise UsageError(f"{', '.join(strays)}: not for {subject}")
