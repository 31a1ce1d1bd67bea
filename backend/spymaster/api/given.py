"""What callers write, as the program has it: dates and times as text, settings by name."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

from spymaster.errors import UsageError
from spymaster.settings import Settings, load
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger


def day(value: date | str | None) -> date | None:
    """Return a session date.

    >>> day("2024-03-05")
    datetime.date(2024, 3, 5)

    Raises
    ------
    UsageError
        For text that is no date.
    """
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError as error:
        raise UsageError(f"{value}: expected a date such as 2024-03-05") from error


def clock(value: time | str | None) -> time | None:
    """Return a local time of day.

    >>> clock("10:31")
    datetime.time(10, 31)

    Raises
    ------
    UsageError
        For text that is no time of day.
    """
    try:
        return time.fromisoformat(value) if isinstance(value, str) else value
    except ValueError as error:
        raise UsageError(f"{value}: expected a time of day such as 09:45") from error


def settings_of(
    warehouse: Path | str | None, given: dict[str, Any], *, own_first: bool = False
) -> Settings:
    """Return the settings that hold for a warehouse, as for a command in the same folder."""

    def built_with(folder: Path) -> dict[str, str]:
        return Ledger(Layout(folder)).settings()

    return load(own=built_with, own_first=own_first, warehouse=warehouse, **given)
