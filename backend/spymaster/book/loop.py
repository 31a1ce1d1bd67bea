"""The accounting of orders as one compiled loop: records in file order in, changes of the book out.

The rules are those of event accounting, each named by its number beside the lines that obey it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from spymaster.book import codes
from spymaster.book.arrays import Array, Grid, Records
from spymaster.book.compiled import compiled
from spymaster.book.events import event_end
from spymaster.book.fills import find_fill, find_twin, gather, nearest
from spymaster.book.room import lacking
from spymaster.book.signature import FOLD
from spymaster.book.table import find, remove, shift_of
from spymaster.book.tallies import clear
from spymaster.book.writing import blank, write


@compiled(FOLD)
def fold(
    records: Records,
    row: int,
    is_end: bool,  # noqa: FBT001
    keeps: bool,  # noqa: FBT001
    grid: Grid,
    now: Array,
    orders: Array,
    fills: Array,
    fill_rows: Array,
    changes: Array,
    rests: Array,
    cells: Array,
    tallies: Array,
    steps: Array,
) -> tuple[int, int, int, int, int]:
    """Replay whole events from ``row`` on; return why it stops, where, and how much it wrote.

    Parameters
    ----------
    is_end : bool
        Whether no record follows, so that an event that has begun ends with them.
    keeps : bool
        Whether anybody asks for changes and rests; else each event writes over those of the one
        before, which stays in the cache and takes two thirds of the time.
    fills, fill_rows : (2k,) of ``arrays.FILL``, (k, 3) int64
        Room for the fills of an event, see ``fills.gather``.
    cells : (a power of 2,) of ``arrays.CELL``
        Room for a table of sums, see ``tallies.find_cell``.
    steps : (1,) of ``arrays.STEP``
        Room for what one step gives.
    """
    seqs, ids, recv = records.seq, records.order_id, records.ts_recv
    prices, sizes, acted = records.price, records.size, records.ts_event
    actions, sides, flags = records.action, records.side, records.flags
    n_resting, clock, seq = now[0].n_resting, now[0].clock, now[0].seq
    bucket, event = now[0].bucket, now[0].event
    bucket_end = grid.origin_ns + bucket * grid.bucket_ns
    # a literal has a type of its own, and numba would settle all types in six rounds, not three
    zero: Any = np.int64(0)
    n_changes = n_rests = n_ignored = zero
    last_slot, shift, status = len(orders) - 1, shift_of(orders), codes.DONE
    n_tallies = since = zero
    step = steps[0]
    clear(cells)

    while row < len(seqs) and status == codes.DONE:
        stop, n_fills, is_whole = event_end(records, row)
        if not (is_whole or is_end):
            break
        most = codes.MOST * (stop - row) + n_resting
        status = lacking(
            n_resting + stop - row, orders, n_fills, fills,
            n_changes + most, changes, n_rests + most, rests, n_tallies + most, tallies,
        )  # fmt: skip
        if status != codes.DONE:
            break

        if not keeps:
            n_changes = n_rests = zero
        # rule 1
        n_orders = zero
        if n_fills > 0:
            event += 1
            n_orders = gather(records, row, stop, clock, event, orders, shift, fills, fill_rows)

        # one step is a record, an order that a clear sweeps away, or fills that nothing explains
        next_row, sweep, unexplained = row, zero - 1, zero
        while True:
            blank(step)
            source, step.received, step.where = next_row, clock, bucket
            is_known = is_entering = False
            if sweep >= 0:
                # rule 8
                while sweep <= last_slot and orders[sweep].size == 0:
                    sweep += 1
                if sweep > last_slot:
                    sweep = -1
                    continue
                slot, is_known, step.leaves = sweep, True, True
                step.order_id, step.taken = orders[slot].order_id, orders[slot].size
                step.taken_as = codes.CLEARED
            elif next_row < stop:
                if seqs[next_row] <= seq:
                    status = codes.OUT_OF_ORDER
                    break
                # rule 9: what steps back in time falls where the latest before it fell
                clock = max(clock, recv[next_row])
                if clock >= bucket_end:
                    bucket = (clock - grid.origin_ns) // grid.bucket_ns + 1
                    bucket_end = grid.origin_ns + bucket * grid.bucket_ns
                step.received, step.where = clock, bucket
                # rule 8: a snapshot that no R opens replaces the book of the day before
                action, is_snapshot = actions[next_row], flags[next_row] & codes.F_SNAPSHOT > 0
                is_later_day = seqs[next_row] >> codes.DAY > seq >> codes.DAY
                is_anew = action == codes.ADD and is_snapshot and is_later_day
                if n_resting > 0 and (action == codes.CLEAR or is_anew):
                    sweep = 0
                    continue
                seq, next_row = seqs[next_row], next_row + 1
                is_order = action in (codes.ADD, codes.MODIFY, codes.CANCEL)
                if not is_order or sides[source] not in (codes.BID, codes.ASK):
                    is_known = action in (codes.TRADE, codes.FILL, codes.CLEAR, codes.NOTHING)
                    n_ignored += not is_known
                    continue

                # the order as it rests, and what traded of it
                step.order_id, step.is_bid = ids[source], sides[source] == codes.BID
                size = sizes[source]
                slot, at = find(orders, step.order_id, shift), -1
                if n_orders > 0:
                    at = find_fill(fills, step.order_id, event)
                    at = at if fills[at].event == event else -1
                old = orders[slot]
                was, is_known, step.tick = old.size, old.size > 0, old.tick
                if action != codes.CANCEL or not is_known:
                    step.tick = prices[source] // grid.tick_e9
                    if prices[source] != step.tick * grid.tick_e9:
                        status = codes.OFF_GRID
                        break

                dropped = 0
                if action == codes.ADD:
                    # rule 2: of an id that rests the old order is pulled, whatever traded
                    is_entering, step.leaves, step.taken = True, is_known, was
                elif not is_known:
                    # rule 2
                    step.is_unknown, is_entering = True, action == codes.MODIFY
                    if action == codes.CANCEL:
                        step.entered, step.entered_as = size, codes.UNKNOWN_CANCEL
                elif action == codes.CANCEL:
                    # rule 3
                    step.leaves, step.is_bid = size == 0 or size >= was, old.is_bid
                    dropped = was if step.leaves else size
                    step.after = was - dropped
                elif size == 0 or step.is_bid != old.is_bid:
                    # rule 3; on the other side it is another order
                    dropped, is_entering, step.leaves = was, True, True
                else:
                    step.after, step.leaves = size, step.tick != old.tick
                    dropped = was - size if size < was else 0
                    step.grown = size - was if size > was else 0
                    if step.leaves:
                        # rule 6
                        step.moved = was - dropped
                    elif at >= 0:
                        # rule 5
                        step.grown_as = codes.REFILL
                if dropped > 0:
                    # rule 4
                    if at >= 0:
                        step.filled = min(dropped, fills[at].left)
                        fills[at].left -= step.filled
                    step.taken = dropped - step.filled
                if is_entering and size > 0:
                    is_given = is_snapshot and action == codes.ADD
                    step.after, step.entered = size, size
                    step.entered_as = codes.SNAPSHOT if is_given else codes.NEW
            elif unexplained < n_orders:
                # rule 7
                fill = fills[fill_rows[unexplained, 2]]
                if fill.left == 0:
                    unexplained += 1
                    continue
                source, step.received, step.order_id = fill.last_row, fill.last_recv, fill.order_id
                step.where = max((step.received - grid.origin_ns) // grid.bucket_ns + 1, 0)
                if fill.rests:
                    step.taken, step.taken_as = fill.left, codes.HIDDEN_FILL
                    step.old_tick, step.old_bid = fill.tick, fill.is_bid
                    step.entered_at, fill.left = fill.entered_at, 0
                else:
                    # decreases use up the first fills, so what is left is of the last ones
                    one, fill.at = fill_rows[fill.at, 0], fill_rows[fill.at, 1]
                    step.entered, step.entered_as = min(fill.left, sizes[one]), codes.UNKNOWN_FILL
                    fill.left -= step.entered
                    if step.entered == 0 or sides[one] not in (codes.BID, codes.ASK):
                        continue
                    step.tick = nearest(prices[one], grid.tick_e9)
                    step.is_bid = sides[one] == codes.BID
                    step.twin = find_twin(changes, n_changes, seqs[source], step.tick, step.is_bid)
            else:
                break

            if is_known:
                order = orders[slot]
                step.old_tick, step.old_bid = order.tick, order.is_bid
                step.entered_at = order.entered_at
                # how it rested until now, if a bucket of the window ended with it
                first = max(order.since, 1)
                if first < bucket:
                    rest = rests[n_rests]
                    rest.seq, rest.order_id = order.seq, step.order_id
                    rest.entered_at, rest.qty = step.entered_at, order.size
                    rest.tick, rest.is_bid = step.old_tick, step.old_bid
                    rest.first_no, rest.last_no = first, bucket - 1
                    n_rests += 1

            step.seq, step.acted_at = seqs[source], acted[source]
            n_changes, since, n_tallies = write(
                step, grid, changes, n_changes, cells, since, tallies, n_tallies
            )

            # the order as it rests from now on
            if step.after > 0:
                n_resting += not is_known
                order = orders[slot]
                order.order_id, order.seq, order.since = step.order_id, seqs[source], bucket
                order.tick, order.size, order.is_bid = step.tick, step.after, step.is_bid
                order.entered_at = acted[source] if is_entering else step.entered_at
            elif is_known:
                n_resting -= 1
                if sweep < 0:
                    remove(orders, slot, shift)
                else:
                    orders[slot].size = 0
        row = stop if status == codes.DONE else source

    now[0].n_resting, now[0].clock, now[0].seq = n_resting, clock, seq
    now[0].bucket, now[0].event = bucket, event
    now[0].n_ignored += n_ignored
    return status, row, n_changes, n_rests, n_tallies
