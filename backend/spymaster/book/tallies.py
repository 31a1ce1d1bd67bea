"""Changes added up as they are written, by bucket and place."""

from __future__ import annotations

from typing import Any

import numpy as np

from spymaster.book.arrays import Array
from spymaster.book.codes import AGES_NS, CLEARED, FILLED, IN_DOWN, NEW, PULL
from spymaster.book.compiled import inlined
from spymaster.book.table import SPREAD, WORD

TICK_BITS = 0xFFFFFFFF
# numbers of their own: to index a tuple, numba compiles a function for each place
HALF_A_SECOND, FIVE_SECONDS, A_MINUTE = AGES_NS


@inlined
def clear(cells: Array) -> None:
    """Free all slots of a table of sums."""
    for slot in range(len(cells)):
        cells[slot].number = 0


@inlined
def find_cell(cells: Array, since: int, bucket_no: Any, tick: Any, is_bid: Any) -> tuple[Any, Any]:
    """Return the slot of a bucket and place, or the free one that it would take, and its key.

    Free is what holds none of the rows of sums after the first ``since``. So a table that is half
    taken is emptied by a number: a place that comes again has a second row then, which costs less
    than a table that grows.
    """
    key = bucket_no << 33 | (tick & TICK_BITS) << 1 | is_bid
    slot = np.int64(np.uint64(key) * SPREAD >> np.uint64(WORD // 2)) & (len(cells) - 1)
    while cells[slot].number > since and cells[slot].key != key:
        slot = (slot + 1) & (len(cells) - 1)
    return slot, key


@inlined
def begin(tally: Any, bucket_no: Any, tick: Any, is_bid: Any) -> None:
    """Begin a row of sums."""
    tally.bucket_no, tally.tick, tally.is_bid = bucket_no, tick, is_bid
    for place in range(len(tally.qty)):
        tally.qty[place] = 0
    tally.n_add = tally.n_pull = tally.n_fill = tally.n_unknown = 0
    tally.pull_500ms_qty = tally.pull_5s_qty = tally.pull_60s_qty = 0
    tally.orders_delta = tally.delta_ns = 0


@inlined
def add(
    tally: Any,
    kind: Any,
    qty: Any,
    age_ns: Any,
    n_unknown: Any,
    orders_delta: Any,
    left_ns: Any,
) -> None:
    """Add a change to a row of sums."""
    tally.qty[kind - 1] += qty
    if kind == PULL:
        tally.n_pull += 1
        if age_ns >= HALF_A_SECOND:
            tally.pull_500ms_qty += qty
        if age_ns >= FIVE_SECONDS:
            tally.pull_5s_qty += qty
        if age_ns >= A_MINUTE:
            tally.pull_60s_qty += qty
    elif kind == NEW:
        tally.n_add += 1
    elif kind == FILLED:
        tally.n_fill += 1
    tally.n_unknown += n_unknown
    tally.orders_delta += orders_delta
    # the first kinds bring lots, the next take them away, the last change nothing that rests
    if kind <= IN_DOWN:
        tally.delta_ns += qty * left_ns
    elif kind <= CLEARED:
        tally.delta_ns -= qty * left_ns
