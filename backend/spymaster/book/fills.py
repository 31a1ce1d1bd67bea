"""What traded in an event, by order: a table that the event's number empties."""

from __future__ import annotations

from typing import Any

import numpy as np

from spymaster.book.arrays import Array, Records
from spymaster.book.codes import FILL, UNKNOWN_FILL
from spymaster.book.compiled import inlined
from spymaster.book.table import SPREAD, WORD, find


@inlined
def find_fill(fills: Array, order_id: np.uint64, event: int) -> Any:
    """Return the slot of an order's fills in an event, or the free one that they would take."""
    slot = np.int64(order_id * SPREAD >> np.uint64(WORD // 2)) & (len(fills) - 1)
    while fills[slot].event == event and fills[slot].order_id != order_id:
        slot = (slot + 1) & (len(fills) - 1)
    return slot


@inlined
def gather(
    records: Records,
    row: int,
    stop: int,
    clock: int,
    event: int,
    orders: Array,
    shift: np.uint64,
    fills: Array,
    filled: Array,
) -> int:
    """Rule 1: add up what traded of each order; return of how many.

    With the order as it rests when the event begins, and a list of its fills from the last on:
    ``filled`` holds a fill's record, the order's fill before, and by order its slot.
    """
    n_orders = n_fills = 0
    for at in range(row, stop):
        clock = max(clock, records.ts_recv[at])
        if records.action[at] != FILL:
            continue
        order_id = records.order_id[at]
        slot = find_fill(fills, order_id, event)
        fill = fills[slot]
        if fill.event != event:
            order = orders[find(orders, order_id, shift)]
            fill.order_id, fill.event, fill.left, fill.at = order_id, event, 0, -1
            fill.rests, fill.entered_at = order.size > 0, order.entered_at
            fill.tick, fill.is_bid = order.tick, order.is_bid
            filled[n_orders, 2] = slot
            n_orders += 1
        fill.left += records.size[at]
        fill.last_row, fill.last_recv = at, clock
        filled[n_fills, 0], filled[n_fills, 1] = at, fill.at
        fill.at = n_fills
        n_fills += 1
    return n_orders


@inlined
def nearest(price: Any, tick_e9: int) -> Any:
    """Return the tick that a trade counts at, of two as near the lower: trades need no grid."""
    tick = price // tick_e9
    return tick + (2 * (price - tick * tick_e9) > tick_e9)


@inlined
def find_twin(changes: Array, n_changes: int, seq: Any, tick: Any, is_bid: Any) -> int:
    """Return the unknown fill of the same order and event at a place, else -1."""
    twin = n_changes - 1
    while twin >= 0 and changes[twin].seq == seq and changes[twin].kind == UNKNOWN_FILL:
        if changes[twin].tick == tick and changes[twin].is_bid == is_bid:
            return twin
        twin -= 1
    return -1
