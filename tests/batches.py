"""Many random streams in one window, one after another: a build costs more than what it builds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from reference.records import F_LAST, Record
from streams import WINDOW_NS, WINDOW_START_NS, by_chance

COUNT = 6
"""Streams of a batch."""
BATCH_NS = COUNT * WINDOW_NS
UNDEFINED = 2**63 - 1
Shape = tuple[int, int, bool, bool]
"""Seed, acts, whether the sides may cross, whether the book is cleared before."""
shapes = st.tuples(st.integers(0, 10**6), st.integers(1, 40), st.booleans(), st.booleans())


def batches(count: int = COUNT) -> st.SearchStrategy[list[Record]]:
    """Draw streams of one instrument in file order, each in thirty seconds of its own.

    Of a failing batch all streams but one shrink to a single act.
    """
    return st.lists(shapes, min_size=count, max_size=count).map(joined)


def joined(drawn: Sequence[Shape]) -> list[Record]:
    """Return streams one after another; what an earlier one leaves open the next one goes on with.

    Only the first begins before its window, and only the last goes on behind it.
    """
    found: list[Record] = []
    for place, (seed, acts, crossed, is_cleared) in enumerate(drawn):
        by = place * WINDOW_NS
        start, end = WINDOW_START_NS + by, WINDOW_START_NS + by + WINDOW_NS
        told = by_chance(seed, acts=acts, ticks=3 + seed % 2, crossed=crossed)
        if place:
            told = [_later(record, by, start) for record in told]
        if place < len(drawn) - 1:
            told = [record for record in told if record.ts_recv < end]
        if place and is_cleared:
            found.append(Record(0, "R", "N", UNDEFINED, 0, F_LAST, start, start, 0))
        found += told
    return [replace(record, row_no=n) for n, record in enumerate(found)]


def _later(record: Record, by: int, start: int) -> Record:
    received = max(record.ts_recv + by, start)
    return replace(record, ts_event=record.ts_event + by, ts_recv=received)
