"""What the loop needs before it begins an event: room for all that the event can give."""

from __future__ import annotations

from spymaster.book import codes
from spymaster.book.arrays import Array
from spymaster.book.compiled import inlined


@inlined
def lacking(
    most_orders: int,
    orders: Array,
    n_fills: int,
    fills: Array,
    n_changes: int,
    changes: Array,
    n_rests: int,
    rests: Array,
    n_tallies: int,
    tallies: Array,
) -> int:
    """Return what has no room for the most that comes: half a table stays free, or it gets slow."""
    status = codes.DONE
    if 2 * most_orders > len(orders):
        status = codes.MORE_ORDERS
    elif 2 * n_fills > len(fills):
        status = codes.MORE_FILLS
    elif n_changes > len(changes) or n_rests > len(rests) or n_tallies > len(tallies):
        status = codes.MORE_ROOM
    return status
