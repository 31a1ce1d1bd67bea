"""What the replay of orders reads, keeps and writes: plain arrays, named and typed."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Records(NamedTuple):
    """Records of one instrument in file order, (n,) each, as the vendor names them."""

    seq: Array
    """int64; grows from record to record, the days since 1970 of its UTC date above 32 bits."""
    order_id: Array
    ts_recv: Array
    ts_event: Array
    """int64, ns since 1970 UTC."""
    price: Array
    """int64, 1e-9 points."""
    size: Array
    sequence: Array
    action: Array
    side: Array
    """uint8, the letter's code."""
    flags: Array


class Changes(NamedTuple):
    """Changes of the book, (n,) each, or room for them."""

    seq: Array
    order_id: Array
    ts_recv: Array
    """int64, ns; where the record's own steps back, the latest before it."""
    age_ns: Array
    """int64, since the order was entered; -1 where no order of the book is meant."""
    qty: Array
    bucket_no: Array
    """int32; 0 is all before the first bucket."""
    tick: Array
    kind: Array
    """uint8, from 1: place in ``loop.KINDS``."""
    orders_delta: Array
    is_bid: Array
    is_unknown: Array


class Rests(NamedTuple):
    """How orders rested over ends of buckets, (n,) each, or room for it."""

    seq: Array
    """int64, of the record that made it so."""
    order_id: Array
    entered_at: Array
    qty: Array
    tick: Array
    first_no: Array
    last_no: Array
    """int32, buckets at whose ends it was there; -1 where nothing has ended it."""
    is_bid: Array


class Grid(NamedTuple):
    """What prices and times are counted in."""

    tick_e9: int
    """Price of a tick, 1e-9 points."""
    origin_ns: int
    """Start of bucket 1, ns since 1970 UTC."""
    bucket_ns: int


RECORD_TYPES = np.dtype("i8, u8, i8, i8, i8, i8, u4, u1, u1, u1")
CHANGE_TYPES = np.dtype("i8, u8, i8, i8, i8, i4, i4, u1, i1, ?, ?")
REST_TYPES = np.dtype("i8, u8, i8, i8, i4, i4, i4, ?")
"""Of each column, in order."""

ORDER = np.dtype(
    [
        ("order_id", np.uint64),
        ("entered_at", np.int64),  # ts_event of the record that brought it to rest, ns
        ("seq", np.int64),  # of the record since which it rests like this
        ("since", np.int32),  # bucket of that record
        ("tick", np.int32),
        ("size", np.int64),  # lots; 0 marks a free slot
        ("is_bid", np.bool_),
    ],
    align=True,
)
"""A slot of the table of resting orders."""
FILL = np.dtype(
    [
        ("order_id", np.uint64),
        ("event", np.int64),  # that the slot is taken in
        ("left", np.int64),  # lots that no decrease has used up yet
        ("last_row", np.int64),  # its last fill, and when that was received
        ("last_recv", np.int64),
        ("at", np.int64),  # its last fill that was not looked at yet, a row of the list of fills
        ("entered_at", np.int64),  # the order as the event begins, if it rests then
        ("tick", np.int32),
        ("is_bid", np.bool_),
        ("rests", np.bool_),
    ],
    align=True,
)
"""A slot of the table of what traded in an event, by order."""
NOW = np.dtype(
    [
        ("n_resting", np.int64),
        ("clock", np.int64),  # latest ts_recv, ns
        ("seq", np.int64),  # of the last record
        ("bucket", np.int64),  # that the clock stands in
        ("event", np.int64),  # how many events had fills
        ("n_ignored", np.int64),  # records of no known action, and of orders without a side
    ]
)

Columns = TypeVar("Columns", Records, Changes, Rests)


def room(of: type[Columns], types: np.dtype[Any], count: int) -> Columns:
    """Return uninitialised arrays of ``count``."""
    return of(*(np.empty(count, types[place]) for place in range(len(of._fields))))


def rows(columns: Columns, start: int, stop: int | None) -> Columns:
    """Return some rows, without copying them."""
    return type(columns)(*(values[start:stop] for values in columns))
