"""The demo's beginning: how often net pointed the way price went, and what the past says of it."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

from spymaster.demo.visits import Watched
from spymaster.settings import Settings
from spymaster.warehouse import duck

HISTORY = """
    select coalesce(max(n_sessions), 0)
    from analogs.forecasts
"""
SURE = 0.95


def sessions(connection: duck.Connection) -> int:
    """Return how many earlier sessions the forecasts had to go by."""
    ((count,),) = connection.execute(HISTORY).fetchall()
    return int(count)


def past(levels: Sequence[Watched], n_sessions: int, settings: Settings) -> str:
    """Return how often net was right beside chance, and how much past there is."""
    right, told = pointed(levels)
    least, most = by_chance(told)
    return (
        f"In the minute after arrival net pointed the way price then went {right} times of {told};"
        f" a coin does {least} to {most} times of {told}, 95 days of 100."
        f" What the past says: {_history(n_sessions, settings.analog_min_sessions)}."
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
