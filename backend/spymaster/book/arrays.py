"""What the replay of orders reads, keeps and writes: plain arrays, named and typed."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spymaster.book.codes import COUNTS, KINDS

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


class Grid(NamedTuple):
    """What prices and times are counted in."""

    tick_e9: int
    """Price of a tick, 1e-9 points."""
    origin_ns: int
    """Start of bucket 1, ns since 1970 UTC."""
    bucket_ns: int


RECORD_TYPES = np.dtype("i8, u8, i8, i8, i8, i8, u4, u1, u1, u1")
"""Of each column, in order."""

# What is written has its columns side by side: one stream of whole cache lines. An array for each
# of these thirty columns took the loop twice as long.
CHANGE = np.dtype(
    [
        ("seq", np.int64),
        ("order_id", np.uint64),
        ("ts_recv", np.int64),  # ns; where the record's own steps back, the latest before it
        ("age_ns", np.int64),  # since the order was entered; -1 where no order of the book is meant
        ("qty", np.int64),
        ("bucket_no", np.int32),  # 0 is all before the first bucket
        ("tick", np.int32),
        ("kind", np.uint8),  # from 1: place in ``codes.KINDS``
        ("orders_delta", np.int8),
        ("is_bid", np.bool_),
        ("is_unknown", np.bool_),
    ],
    align=True,
)
"""A change of the book."""
REST = np.dtype(
    [
        ("seq", np.int64),  # of the record that made it so
        ("order_id", np.uint64),
        ("entered_at", np.int64),
        ("qty", np.int64),
        ("tick", np.int32),
        ("first_no", np.int32),  # buckets at whose ends it was there
        ("last_no", np.int32),  # -1 where nothing has ended it
        ("is_bid", np.bool_),
    ],
    align=True,
)
"""How an order rested over ends of buckets."""
_PLACE = [("bucket_no", np.int32), ("tick", np.int32), ("is_bid", np.bool_)]
_COUNTS = [(name, np.int64) for name in COUNTS]
TALLY = np.dtype([*_PLACE, *((f"{kind}_qty", np.int64) for kind in KINDS), *_COUNTS], align=True)
"""Changes added up; a bucket and place may have several."""
TALLY_BY_KIND = np.dtype([*_PLACE, ("qty", np.int64, len(KINDS)), *_COUNTS], align=True)
"""The same memory as the loop writes it: lots of a kind of change by the place of the kind."""

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
STEP = np.dtype(
    [
        ("seq", np.int64),
        ("order_id", np.uint64),
        ("received", np.int64),  # ns, as ``ts_recv`` of a change
        ("acted_at", np.int64),  # ns, ts_event
        ("where", np.int64),  # bucket
        # lots of the order: what left or moved from where it was, and what came where it is
        ("filled", np.int64),
        ("taken", np.int64),
        ("moved", np.int64),
        ("grown", np.int64),
        ("entered", np.int64),
        ("after", np.int64),  # that rest in the end
        ("taken_as", np.int64),  # kinds
        ("grown_as", np.int64),
        ("entered_as", np.int64),  # 0: no change
        ("entered_at", np.int64),  # when the order came to rest, ns
        ("old_tick", np.int64),
        ("tick", np.int64),
        ("twin", np.int64),  # change that the lots are added to, else -1
        ("old_bid", np.bool_),
        ("is_bid", np.bool_),
        ("leaves", np.bool_),  # where it was
        ("is_unknown", np.bool_),
    ],
    align=True,
)
"""What a record does to an order, or a clear, or fills that nothing explains."""
CELL = np.dtype([("key", np.int64), ("number", np.int64)])
"""A slot of the table of sums: bucket and place in one; which row of sums it is, from 1."""
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


def no_records() -> Records:
    """Return records that are none."""
    return Records(*(np.empty(0, RECORD_TYPES[place]) for place in range(len(Records._fields))))


def rows(records: Records, start: int, stop: int | None) -> Records:
    """Return some records, without copying them."""
    return Records(*(values[start:stop] for values in records))
