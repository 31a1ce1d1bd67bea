"""The fold over orders: a state and records in, the state after them and what they changed out."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np

from spymaster.book import arrays, codes, loop, table
from spymaster.book.arrays import Array, Records, rows
from spymaster.book.state import State
from spymaster.errors import DataError
from spymaster.units import UNDEF_PRICE

FIRST_TRY = 64
"""New records looked at for the end of an event that has begun; then sixteen times as many."""
GROWTH = 16
EPOCH = date(1970, 1, 1).toordinal()
CELLS = 1 << 12
"""Slots of the table of sums, so few that it stays in the cache."""


class Replayed(NamedTuple):
    """What a replay gives."""

    state: State
    """The one that was given, further on."""
    changes: Array
    """Of ``arrays.CHANGE``."""
    rests: Array
    """Of ``arrays.REST``."""
    tallies: Array
    """Of ``arrays.TALLY``: the changes, added up."""


class Room:
    """Memory for what a replay writes, to be used again: fresh pages cost as much as the loop."""

    def __init__(self, count: int, *, keeps: bool = True) -> None:
        """Begin with room for ``count`` changes; where nobody asks for them, they are not kept."""
        self.keeps = keeps
        self.changes = np.empty(count, arrays.CHANGE)
        self.rests = np.empty(count, arrays.REST)
        self.tallies = np.empty(count, arrays.TALLY_BY_KIND)
        self.cells = np.empty(CELLS, arrays.CELL)
        self.steps = np.empty(1, arrays.STEP)
        self.n_changes = self.n_rests = self.n_tallies = 0

    def grow(self) -> None:
        """Make it twice as large; what was written stays."""
        self.changes, self.rests = _twice(self.changes), _twice(self.rests)
        self.tallies = _twice(self.tallies)


def replay(
    state: State, records: Records, *, is_end: bool = False, room: Room | None = None
) -> Replayed:
    """Take the next records of an instrument into its book.

    How records are cut into calls changes nothing: an event that has begun waits in the state.

    Parameters
    ----------
    is_end : bool
        Whether nothing follows: an event that has begun ends here, and all that rests is told.
    room : Room
        Where the answer lies; it is overwritten by the next replay into it.

    Raises
    ------
    DataError
        For a record out of file order, or an order between two ticks.
    """
    room = room or Room(2 * len(records.seq) + 64)
    room.n_changes = room.n_rests = room.n_tallies = 0
    rest = _close(state, records, room) if len(state.open.seq) else records
    done = _run(state, rest, room, is_end=is_end)
    state.open = Records(*(np.array(values) for values in rows(rest, done, len(rest.seq))))
    if is_end:
        _tell_all(state, room)
    return Replayed(
        state,
        room.changes[: room.n_changes],
        room.rests[: room.n_rests],
        room.tallies[: room.n_tallies].view(arrays.TALLY),
    )


def _close(state: State, records: Records, room: Room) -> Records:
    """Finish the event that has begun; return what is left of the records."""
    waiting, count = len(state.open.seq), FIRST_TRY
    while True:
        head = _joined(state.open, rows(records, 0, count))
        done = _run(state, head, room, is_end=False)
        if done:
            return rows(records, done - waiting, len(records.seq))
        if count >= len(records.seq):
            return head
        count *= GROWTH


def _run(state: State, records: Records, room: Room, *, is_end: bool) -> int:
    """Replay all events that are whole; return how many records they are."""
    frozen, row = Records(*map(_frozen, records)), 0
    while True:
        status, row, n_changes, n_rests, n_tallies = loop.fold(
            frozen,
            row,
            is_end,
            room.keeps,
            state.grid,
            state.now,
            state.orders,
            state.fills,
            state.filled,
            room.changes[room.n_changes :],
            room.rests[room.n_rests :],
            room.cells,
            room.tallies[room.n_tallies :],
            room.steps,
        )
        if room.keeps:
            room.n_changes += n_changes
            room.n_rests += n_rests
        room.n_tallies += n_tallies
        if status == codes.DONE:
            return int(row)
        if status == codes.MORE_ORDERS:
            state.orders = table.spread(state.orders)
        elif status == codes.MORE_FILLS:
            state.fills = np.zeros(2 * len(state.fills), arrays.FILL)
            state.filled = np.zeros((len(state.fills) // 2, 3), np.int64)
        elif status == codes.MORE_ROOM:
            room.grow()
        else:
            raise DataError(_fault(status, records, int(row), state))


def _fault(status: int, records: Records, row: int, state: State) -> str:
    seq = records.seq[row]
    if status == codes.OFF_GRID:
        return f"{_place(seq)}, order {records.order_id[row]}: {_off_grid(records, row, state)}"
    return f"records are out of file order: seq {seq} comes after {state.now[0]['seq']}"


def _off_grid(records: Records, row: int, state: State) -> str:
    price_e9, tick = int(records.price[row]), state.grid.tick_e9 / 1e9
    is_undefined = price_e9 == UNDEF_PRICE
    found = "is undefined (the vendor's UNDEF_PRICE)," if is_undefined else f"{price_e9 / 1e9} is"
    return f"price {found} not a multiple of the tick size {tick}"


def _place(seq: int) -> str:
    """Return which record a place in file order is."""
    day, row_no = divmod(int(seq), 1 << codes.DAY)
    return f"record {row_no} of {date.fromordinal(EPOCH + day)}"


def _tell_all(state: State, room: Room) -> None:
    """Say how the orders rest that nothing has ended."""
    living = state.resting
    while room.n_rests + len(living) > len(room.rests):
        room.grow()
    rests = room.rests[room.n_rests : room.n_rests + len(living)]
    for name in ("seq", "order_id", "entered_at", "tick", "is_bid"):
        rests[name] = living[name]
    rests["qty"] = living["size"]
    rests["first_no"] = np.maximum(living["since"], 1)
    rests["last_no"] = -1
    room.n_rests += len(living)


def _frozen(values: Array) -> Array:
    """Return a view that cannot be written: what the loop is compiled for."""
    view = values.view()
    view.flags.writeable = False
    return view


def _joined(first: Records, second: Records) -> Records:
    return Records(*(np.concatenate(pair) for pair in zip(first, second, strict=True)))


def _twice(written: Array) -> Array:
    larger = np.empty(2 * len(written), written.dtype)
    larger[: len(written)] = written
    return larger
