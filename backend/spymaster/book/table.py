"""The table of resting orders: open addressing in one array, so that it stays in the cache."""

from __future__ import annotations

from typing import Any

import numpy as np

from spymaster.book.arrays import Array
from spymaster.book.compiled import inlined

SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio. Only the high bits of a product with it are well mixed: by the low
ones ids in sequence crowd together, and a batch took five times as long by the end of a day."""
WORD = 64


@inlined
def shift_of(orders: Array) -> np.uint64:
    """Return by how many bits a product is shifted to give a slot of a table."""
    shift = np.uint64(WORD)
    while (len(orders) - 1) >> (np.uint64(WORD) - shift):
        shift -= np.uint64(1)
    return shift


@inlined
def find(orders: Array, order_id: np.uint64, shift: np.uint64) -> Any:
    """Return the slot of an order, or the free one that it would take."""
    slot = np.int64(order_id * SPREAD >> shift)
    while orders[slot].size > 0 and orders[slot].order_id != order_id:
        slot = (slot + 1) & (len(orders) - 1)
    return slot


@inlined
def remove(orders: Array, slot: int, shift: np.uint64) -> None:
    """Free a slot; what follows moves up to it, so that no search ends too early."""
    last, hole = len(orders) - 1, slot
    slot = (slot + 1) & last
    while orders[slot].size > 0:
        home = np.int64(orders[slot].order_id * SPREAD >> shift)
        if (slot - home) & last >= (slot - hole) & last:
            orders[hole] = orders[slot]
            hole = slot
        slot = (slot + 1) & last
    orders[hole].size = 0


def spread(orders: Array) -> Array:
    """Return a table of twice the slots with the same orders."""
    living, larger = orders[orders["size"] > 0], np.zeros(2 * len(orders), orders.dtype)
    bits = np.uint64(WORD - (len(larger) - 1).bit_length())
    home = (living["order_id"] * SPREAD >> bits).astype(np.int64)
    by_home = np.argsort(home, kind="stable")
    living, home = living[by_home], home[by_home]
    # each in its own slot or the first one behind those before it, at the end from the start on
    number = np.arange(len(living))
    slots = number + np.maximum.accumulate(home - number)
    is_inside = slots < len(larger)
    larger[slots[is_inside]] = living[is_inside]
    beyond = living[~is_inside]
    larger[np.flatnonzero(larger["size"] == 0)[: len(beyond)]] = beyond
    return larger
