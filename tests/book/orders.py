"""Records for the compiled replay, and what it says of them, beside the plain Python book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

import streams
from reference import book
from reference.records import Change, Record
from spymaster.book import codes
from spymaster.book.arrays import CHANGE, RECORD_TYPES, Array, Grid, Records, rows
from spymaster.book.replay import replay
from spymaster.book.state import State

NS_PER_DAY = 86_400_000_000_000
GRID = Grid(250_000_000, streams.WINDOW_START_NS, 5_000_000_000)
Row = tuple[Any, ...]


def to_records(told: Sequence[Record]) -> Records:
    """Return records as the replay takes them."""
    array = streams.to_array(told)
    days = array["ts_recv"].astype(np.int64) // NS_PER_DAY
    found = {name: array[name].view("u1") for name in ("action", "side")}
    found["seq"] = (days << codes.DAY) + np.array([one.row_no for one in told], np.int64)
    return Records(
        *(
            np.ascontiguousarray(found[name] if name in found else array[name], RECORD_TYPES[place])
            for place, name in enumerate(Records._fields)
        )
    )


def replayed(records: Records, sizes: Sequence[int], state: State) -> tuple[list[Row], list[Row]]:
    """Return changes and rests of all records, taken in calls of so many."""
    changes: list[Row] = []
    rests: list[Row] = []
    start = 0
    for number, size in enumerate(sizes, start=1):
        part = rows(records, start, start + size)
        start += size
        done = replay(state, part, is_end=number == len(sizes))
        changes += listed(done.changes)
        rests += listed(done.rests)
    return changes, rests


def listed(written: Array) -> list[Row]:
    """Return rows as tuples."""
    found: list[Row] = written.tolist()
    return found


def merged(changes: Iterable[Row]) -> Counter[Row]:
    """Lots by everything else: fills of one order at one place are one change of the replay."""
    total: Counter[Row] = Counter()
    for row in changes:
        one = dict(zip(CHANGE.names or (), row, strict=True))
        key = (
            one["seq"] % (1 << codes.DAY),
            codes.KINDS[one["kind"] - 1],
            "bid" if one["is_bid"] else "ask",
            one["tick"],
            one["order_id"],
            one["ts_recv"],
            None if one["age_ns"] == codes.NO_AGE else one["age_ns"],
            one["orders_delta"],
            one["is_unknown"],
        )
        total[key] += one["qty"]
        total[(*key, "rows")] += one["qty"] == 0
    return total


def expected(told: Iterable[Change]) -> Counter[Row]:
    """The same of the plain Python book."""
    total: Counter[Row] = Counter()
    names = ("row_no", "kind", "side", "tick", "order_id", "ts_recv", "age_ns")
    for change in told:
        key = *(getattr(change, name) for name in names), change.orders_delta, change.is_unknown
        total[key] += change.qty
        total[(*key, "rows")] += change.qty == 0
    return total


def by_python(told: Sequence[Record]) -> Counter[Row]:
    """Return what the plain Python book says of records."""
    return expected(book.changes(told))


def day_of(ns: int) -> date:
    """Return the UTC date of a time."""
    return datetime.fromtimestamp(ns // 10**9, UTC).date()
