"""From records to rows in one step, and markets turned, moved and scaled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reference.book import changes
from reference.buckets import BUCKET_NS, Row, depth_5s, flow_5s
from reference.cells import Level, Moment, moments
from reference.features import states_5s
from reference.records import TICK_SIZE_E9, Record

SWAPPED = {"B": "A", "A": "B", "N": "N"}


def observe(records: Sequence[Record], start_ns: int, end_ns: int) -> list[Moment]:
    """Return every bucket of a window [start, end) of ns."""
    found = list(changes(records))
    flow, depth = (rows(found, start_ns, end_ns) for rows in (flow_5s, depth_5s))
    return moments(flow, depth, range(start_ns + BUCKET_NS, end_ns + 1, BUCKET_NS))


def states(records: Sequence[Record], level_tick: int, start_ns: int, end_ns: int) -> list[Row]:
    """Return the states of a level that was always known."""
    return states_5s(observe(records, start_ns, end_ns), Level("L", level_tick))


def reflected(records: Sequence[Record], level_tick: int) -> list[Record]:
    """Return the market mirrored about a level: bids are asks, up is down."""
    twice = 2 * level_tick * TICK_SIZE_E9
    return [
        r if r.action == "R" else replace(r, side=SWAPPED[r.side], price=twice - r.price)
        for r in records
    ]


def shifted(records: Sequence[Record], ticks: int) -> list[Record]:
    """Return the market some ticks higher."""
    return [
        r if r.action == "R" else replace(r, price=r.price + ticks * TICK_SIZE_E9) for r in records
    ]


def scaled(records: Sequence[Record], times: int) -> list[Record]:
    """Return the market with every size multiplied."""
    return [replace(r, size=r.size * times) for r in records]
