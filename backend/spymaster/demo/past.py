"""The demo's end: how often net pointed the way price went, and what the past says of it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from math import comb
from typing import TYPE_CHECKING

from spymaster.demo.visits import Watched
from spymaster.settings import Settings
from spymaster.warehouse import duck

if TYPE_CHECKING:
    from rich.console import RenderableType

HISTORY = """
    select coalesce(max(n_sessions), 0)
    from analogs.forecasts
"""
DAYS = (
    "2024-01-{{02..05}} 2024-01-{{08..12}} 2024-01-{{16..19}} 2024-01-{{22..26}} 2024-01-{{29..31}}"
    " \\\n    2024-02-{{01..02}} 2024-02-{{05..09}} 2024-02-{{12..13}}"
)
MORE = (
    f"for day in {DAYS}\n"
    "do uv run spymaster simulate $day -o {files} --seed ${{day//[^0-9]/}} \\\n"
    "    --rate 0.02 --no-options\n"
    "done\n"
    "uv run spymaster land {files} --warehouse {warehouse}\n"
    "uv run spymaster run --warehouse {warehouse}\n"
    "uv run spymaster similar PM_LOW --warehouse {warehouse}"
)
"""Thirty trading days of history, then what they say; a minute and a half of CPU each ten days."""
SURE = 0.95


def sessions(connection: duck.Connection) -> int:
    """Return how many earlier sessions the forecasts had to go by."""
    ((count,),) = connection.execute(HISTORY).fetchall()
    return int(count)


def past(
    levels: Sequence[Watched], n_sessions: int, settings: Settings
) -> Iterator[RenderableType]:
    """Yield how often net was right beside chance, and how much past there is."""
    from rich.text import Text

    right, told = pointed(levels)
    least, most = by_chance(told)
    yield Text("\nWhat it was worth\n", "bold")
    yield Text(
        f"In the minute after arrival net pointed the way price then went {right} times of {told};"
        f" a coin does {least} to {most} times of {told}, 95 days of 100."
    )
    least_sessions = settings.analog_min_sessions
    yield Text(f"\nWhat the past says: {_history(n_sessions, least_sessions)}.")
    if n_sessions < least_sessions:
        folder = settings.warehouse.parent / "history"
        yield Text("Thirty sessions of history, and what they say of the last one, in bash:\n")
        yield MORE.format(
            files=shlex.quote(str(folder / "files")),
            warehouse=shlex.quote(str(folder / "warehouse")),
        )


def _history(n_sessions: int, least: int) -> str:
    if n_sessions < least:
        return f"no history: {n_sessions} of {least} sessions"
    return f"{n_sessions} sessions of history"


def pointed(levels: Sequence[Watched]) -> tuple[int, int]:
    """Return how often net had the sign of where price went, and how often it could."""
    signs = [
        (visit.net > 0) == ((visit.answer == "break") == visit.from_below)
        for level in levels
        for visit in level.visits
        if visit.net and visit.answer in ("break", "reject")
    ]
    return sum(signs), len(signs)


def by_chance(n: int) -> tuple[int, int]:
    """Return between which numbers of n throws a coin shows heads, 95 times of 100.

    >>> by_chance(10), by_chance(0)
    ((2, 8), (0, 0))
    """
    tail, at = 0.0, 0
    while n and tail + comb(n, at) / 2**n <= (1 - SURE) / 2:
        tail += comb(n, at) / 2**n
        at += 1
    return at, n - at
