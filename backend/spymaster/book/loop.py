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
from spymaster.book.room import ENTERED, FILLED, GROWN, IN, OUT, PARTS, TAKEN, lacking
from spymaster.book.signature import FOLD
from spymaster.book.table import find, remove, shift_of
from spymaster.book.tallies import add, begin, clear, find_cell


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
        step, sweep, unexplained = row, zero - 1, zero
        while True:
            source, received, where = step, clock, bucket
            # of the lots of an order: what left or moved from where it was, what came where it is
            filled = taken = moved = grown = entered = after = 0
            taken_as, grown_as, entered_as = codes.PULL, codes.SIZE_UP, 0
            is_known = is_unknown = is_entering = leaves = is_bid = old_bid = False
            tick, old_tick, entered_at, twin = 0, 0, 0, -1
            if sweep >= 0:
                # rule 8
                while sweep <= last_slot and orders[sweep].size == 0:
                    sweep += 1
                if sweep > last_slot:
                    sweep = -1
                    continue
                slot, is_known, leaves = sweep, True, True
                order_id, taken, taken_as = orders[slot].order_id, orders[slot].size, codes.CLEARED
            elif step < stop:
                if seqs[step] <= seq:
                    status = codes.OUT_OF_ORDER
                    break
                # rule 9: what steps back in time falls where the latest before it fell
                clock = max(clock, recv[step])
                if clock >= bucket_end:
                    bucket = (clock - grid.origin_ns) // grid.bucket_ns + 1
                    bucket_end = grid.origin_ns + bucket * grid.bucket_ns
                received, where = clock, bucket
                # rule 8: a snapshot that no R opens replaces the book of the day before
                action, is_snapshot = actions[step], flags[step] & codes.F_SNAPSHOT > 0
                is_later_day = seqs[step] >> codes.DAY > seq >> codes.DAY
                is_anew = action == codes.ADD and is_snapshot and is_later_day
                if n_resting > 0 and (action == codes.CLEAR or is_anew):
                    sweep = 0
                    continue
                seq, step = seqs[step], step + 1
                is_order = action in (codes.ADD, codes.MODIFY, codes.CANCEL)
                if not is_order or sides[source] not in (codes.BID, codes.ASK):
                    is_known = action in (codes.TRADE, codes.FILL, codes.CLEAR, codes.NOTHING)
                    n_ignored += not is_known
                    continue

                # the order as it rests, and what traded of it
                order_id, size, is_bid = ids[source], sizes[source], sides[source] == codes.BID
                slot, at = find(orders, order_id, shift), -1
                if n_orders > 0:
                    at = find_fill(fills, order_id, event)
                    at = at if fills[at].event == event else -1
                old = orders[slot]
                was, is_known, tick = old.size, old.size > 0, old.tick
                if action != codes.CANCEL or not is_known:
                    tick = prices[source] // grid.tick_e9
                    if prices[source] != tick * grid.tick_e9:
                        status = codes.OFF_GRID
                        break

                dropped = 0
                if action == codes.ADD:
                    # rule 2: of an id that rests the old order is pulled, whatever traded
                    is_entering, leaves, taken = True, is_known, was
                elif not is_known:
                    # rule 2
                    is_unknown, is_entering = True, action == codes.MODIFY
                    if action == codes.CANCEL:
                        entered, entered_as = size, codes.UNKNOWN_CANCEL
                elif action == codes.CANCEL:
                    # rule 3
                    leaves, is_bid = size == 0 or size >= was, old.is_bid
                    dropped = was if leaves else size
                    after = was - dropped
                elif size == 0 or is_bid != old.is_bid:
                    # rule 3; on the other side it is another order
                    dropped, is_entering, leaves = was, True, True
                else:
                    after, leaves = size, tick != old.tick
                    dropped = was - size if size < was else 0
                    grown = size - was if size > was else 0
                    if leaves:
                        # rule 6
                        moved = was - dropped
                    elif at >= 0:
                        # rule 5
                        grown_as = codes.REFILL
                if dropped > 0:
                    # rule 4
                    if at >= 0:
                        filled = min(dropped, fills[at].left)
                        fills[at].left -= filled
                    taken = dropped - filled
                if is_entering and size > 0:
                    is_given = is_snapshot and action == codes.ADD
                    after, entered = size, size
                    entered_as = codes.SNAPSHOT if is_given else codes.NEW
            elif unexplained < n_orders:
                # rule 7
                fill = fills[fill_rows[unexplained, 2]]
                if fill.left == 0:
                    unexplained += 1
                    continue
                source, received, order_id = fill.last_row, fill.last_recv, fill.order_id
                where = max((received - grid.origin_ns) // grid.bucket_ns + 1, 0)
                if fill.rests:
                    taken, taken_as = fill.left, codes.HIDDEN_FILL
                    old_tick, old_bid, entered_at = fill.tick, fill.is_bid, fill.entered_at
                    fill.left = 0
                else:
                    # decreases use up the first fills, so what is left is of the last ones
                    one, fill.at = fill_rows[fill.at, 0], fill_rows[fill.at, 1]
                    entered, entered_as = min(fill.left, sizes[one]), codes.UNKNOWN_FILL
                    fill.left -= entered
                    if entered == 0 or sides[one] not in (codes.BID, codes.ASK):
                        continue
                    tick, is_bid = nearest(prices[one], grid.tick_e9), sides[one] == codes.BID
                    twin = find_twin(changes, n_changes, seqs[source], tick, is_bid)
            else:
                break

            if is_known:
                order = orders[slot]
                old_tick, old_bid, entered_at = order.tick, order.is_bid, order.entered_at
                # how it rested until now, if a bucket of the window ended with it
                first = max(order.since, 1)
                if first < bucket:
                    rest = rests[n_rests]
                    rest.seq, rest.order_id, rest.entered_at = order.seq, order_id, entered_at
                    rest.qty, rest.tick, rest.is_bid = order.size, old_tick, old_bid
                    rest.first_no, rest.last_no = first, bucket - 1
                    n_rests += 1

            # the one place that writes changes; an order leaves with its last, comes with its first
            way = 0 if tick > old_tick else 1
            parts = (filled, taken, moved, moved, grown, entered)
            last_part = OUT if moved > 0 else TAKEN if taken > 0 else FILLED
            for part in range(PARTS):
                if parts[part] == 0 and not (part == ENTERED and entered_as > 0):
                    continue
                is_old, orders_delta = part < IN, 0
                kind, age_ns = codes.FILLED, max(acted[source] - entered_at, 0)
                if part == TAKEN:
                    kind = taken_as
                elif part == OUT:
                    kind = codes.OUT_UP + way
                elif part == IN:
                    kind, orders_delta = codes.IN_UP + way, 1
                elif part == GROWN:
                    kind = grown_as
                elif part == ENTERED:
                    kind, age_ns = entered_as, codes.NO_AGE
                    if after > 0:
                        age_ns, orders_delta = 0, 1
                if leaves and part == last_part:
                    orders_delta = -1
                at_tick, at_bid = old_tick if is_old else tick, old_bid if is_old else is_bid
                if twin >= 0:
                    changes[twin].qty += parts[part]
                else:
                    change = changes[n_changes]
                    change.seq, change.order_id, change.ts_recv = seqs[source], order_id, received
                    change.bucket_no, change.tick, change.is_bid = where, at_tick, at_bid
                    change.kind, change.qty, change.age_ns = kind, parts[part], age_ns
                    change.orders_delta, change.is_unknown = orders_delta, is_unknown
                    n_changes += 1

                if 2 * (n_tallies - since) > len(cells):
                    since = n_tallies
                cell, key = find_cell(cells, since, where, at_tick, kind, at_bid)
                if cells[cell].number <= since:
                    begin(tallies[n_tallies], where, at_tick, kind, at_bid)
                    n_tallies += 1
                    cells[cell].key, cells[cell].number = key, n_tallies
                left_ns = grid.origin_ns + where * grid.bucket_ns - received
                add(
                    tallies[cells[cell].number - 1], parts[part], age_ns, twin < 0,
                    is_unknown, orders_delta, min(left_ns, grid.bucket_ns),
                )  # fmt: skip

            # the order as it rests from now on
            if after > 0:
                n_resting += not is_known
                order = orders[slot]
                order.order_id, order.seq, order.since = order_id, seqs[source], bucket
                order.tick, order.size, order.is_bid = tick, after, is_bid
                order.entered_at = acted[source] if is_entering else entered_at
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
