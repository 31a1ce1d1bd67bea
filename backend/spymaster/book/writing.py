"""What one step of the replay gives, written down: changes of the book, and their sums."""

from __future__ import annotations

from typing import Any

from spymaster.book import codes
from spymaster.book.arrays import Array, Grid
from spymaster.book.compiled import inlined
from spymaster.book.tallies import add, begin, find_cell

PARTS = 6
FILLED, TAKEN, OUT, IN, GROWN, ENTERED = range(PARTS)
"""What one step can give: three changes where the order was, three where it is."""


@inlined
def blank(step: Any) -> None:
    """Begin a step that gives nothing."""
    step.filled = step.taken = step.moved = step.grown = step.entered = step.after = 0
    step.taken_as, step.grown_as, step.entered_as = codes.PULL, codes.SIZE_UP, 0
    step.is_unknown = step.leaves = step.is_bid = step.old_bid = False
    step.tick, step.old_tick, step.entered_at, step.twin = 0, 0, 0, -1


@inlined
def write(
    step: Any,
    grid: Grid,
    changes: Array,
    n_changes: int,
    cells: Array,
    since: int,
    tallies: Array,
    n_tallies: int,
) -> tuple[int, int, int]:
    """Write what a step gives, the one place that does; return ``n_changes, since, n_tallies``.

    An order leaves with its last change and comes with its first. ``since`` is how many rows of
    sums were written when the table of sums was emptied, see ``tallies.find_cell``.
    """
    way = 0 if step.tick > step.old_tick else 1
    parts = (step.filled, step.taken, step.moved, step.moved, step.grown, step.entered)
    last_part = OUT if step.moved > 0 else TAKEN if step.taken > 0 else FILLED
    for part in range(PARTS):
        if parts[part] == 0 and not (part == ENTERED and step.entered_as > 0):
            continue
        is_old, orders_delta = part < IN, 0
        kind, age_ns = codes.FILLED, max(step.acted_at - step.entered_at, 0)
        if part == TAKEN:
            kind = step.taken_as
        elif part == OUT:
            kind = codes.OUT_UP + way
        elif part == IN:
            kind, orders_delta = codes.IN_UP + way, 1
        elif part == GROWN:
            kind = step.grown_as
        elif part == ENTERED:
            kind, age_ns = step.entered_as, codes.NO_AGE
            if step.after > 0:
                age_ns, orders_delta = 0, 1
        if step.leaves and part == last_part:
            orders_delta = -1
        tick = step.old_tick if is_old else step.tick
        is_bid = step.old_bid if is_old else step.is_bid
        if step.twin >= 0:
            changes[step.twin].qty += parts[part]
        else:
            change = changes[n_changes]
            change.seq, change.order_id, change.ts_recv = step.seq, step.order_id, step.received
            change.bucket_no, change.tick, change.is_bid = step.where, tick, is_bid
            change.kind, change.qty, change.age_ns = kind, parts[part], age_ns
            change.orders_delta, change.is_unknown = orders_delta, step.is_unknown
            n_changes += 1

        if 2 * (n_tallies - since) > len(cells):
            since = n_tallies
        cell, key = find_cell(cells, since, step.where, tick, is_bid)
        if cells[cell].number <= since:
            begin(tallies[n_tallies], step.where, tick, is_bid)
            n_tallies += 1
            cells[cell].key, cells[cell].number = key, n_tallies
        left_ns = grid.origin_ns + step.where * grid.bucket_ns - step.received
        add(
            tallies[cells[cell].number - 1], kind, parts[part], age_ns,
            step.is_unknown, orders_delta, min(left_ns, grid.bucket_ns),
        )  # fmt: skip
    return n_changes, since, n_tallies
