"""Markets by chance, and levels to watch in them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from pressure.harness import END, START
from reference.cells import Level
from reference.records import Record
from reference.scribe import BASE_TICK
from streams import by_chance

SECOND = 1_000_000_000
LEVELS = {
    "FIXED": [Level("FIXED", BASE_TICK + 1)],
    "LATE": [Level("LATE", BASE_TICK - 3, START + 7 * SECOND)],
    # moves twice, and is gone for three buckets
    "MOVING": [
        Level("MOVING", BASE_TICK - 1, START, START + 20 * SECOND),
        Level("MOVING", BASE_TICK, START + 20 * SECOND, START + 40 * SECOND),
        Level("MOVING", BASE_TICK + 2, START + 55 * SECOND),
    ],
}
DENSE = -1
"""Seed of a market in which every feature has values in buckets one after another."""
SHAPES = ((4, False), (12, False), (40, False), (5, True))
"""Ticks that each side uses, and whether the sides may cross."""
seeds = st.integers(0, 1_000_000)


def market(seed: int, acts: int = 160) -> list[Record]:
    """Return two minutes or so of records; each seed has one of the shapes, below 0 a dense one."""
    if seed < 0:
        return dense(-seed)
    ticks, crossed = SHAPES[seed % len(SHAPES)]
    return by_chance(seed, acts=acts, ticks=ticks, crossed=crossed)


def dense(seed: int, acts: int = 700, ticks: int = 8) -> list[Record]:
    """Return a market whose acts all fall into the window: something happens in every bucket."""
    records = by_chance(seed, acts=acts, ticks=ticks)
    first = min(record.ts_recv for record in records)
    last = max(record.ts_recv for record in records)
    times = last - first, END - START + 2 * SECOND

    def at(ns: int) -> int:
        return START - SECOND + (ns - first) * times[1] // times[0]

    return [replace(r, ts_recv=at(r.ts_recv), ts_event=at(r.ts_event)) for r in records]
