"""Changes added up as they are written, by bucket, place and kind."""

from __future__ import annotations

from typing import Any

import numpy as np

from spymaster.book.arrays import Array
from spymaster.book.codes import AGES_NS
from spymaster.book.compiled import inlined
from spymaster.book.table import SPREAD, WORD

TICK_BITS = 0xFFFFFFFF


@inlined
def clear(cells: Array) -> None:
    """Free all slots of a table of sums."""
    for slot in range(len(cells)):
        cells[slot].number = 0


@inlined
def find_cell(
    cells: Array, since: int, bucket_no: Any, tick: Any, kind: Any, is_bid: Any
) -> tuple[Any, Any]:
    """Return the slot of a bucket, place and kind, or the free one that it would take, and its key.

    Free is what holds none of the rows of sums after the first ``since``. So a table that is half
    taken is emptied by a number: a place that comes again has a second row then, which costs less
    than a table that grows.
    """
    key = bucket_no << 37 | (tick & TICK_BITS) << 5 | kind << 1 | is_bid
    slot = np.int64(np.uint64(key) * SPREAD >> np.uint64(WORD // 2)) & (len(cells) - 1)
    while cells[slot].number > since and cells[slot].key != key:
        slot = (slot + 1) & (len(cells) - 1)
    return slot, key


@inlined
def begin(tally: Any, bucket_no: Any, tick: Any, kind: Any, is_bid: Any) -> None:
    """Begin a row of sums."""
    tally.bucket_no, tally.tick, tally.kind, tally.is_bid = bucket_no, tick, kind, is_bid
    tally.qty = tally.qty_500ms = tally.qty_5s = tally.qty_60s = 0
    tally.n_changes = tally.n_unknown = tally.orders_delta = tally.qty_ns = 0


@inlined
def add(
    tally: Any,
    qty: Any,
    age_ns: Any,
    n_changes: Any,
    n_unknown: Any,
    orders_delta: Any,
    left_ns: Any,
) -> None:
    """Add a change to a row of sums."""
    tally.qty += qty
    if age_ns >= AGES_NS[0]:
        tally.qty_500ms += qty
    if age_ns >= AGES_NS[1]:
        tally.qty_5s += qty
    if age_ns >= AGES_NS[2]:
        tally.qty_60s += qty
    tally.n_changes += n_changes
    tally.n_unknown += n_unknown
    tally.orders_delta += orders_delta
    tally.qty_ns += qty * left_ns
