"""The book of the session's contract as it goes: folded by the replay, looked at bucket by bucket.

A bucket is looked at on a copy that is told that nothing follows, exactly as a build of a session
that ends there is. So an event that has begun counts as it stands, and the state itself goes on.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spymaster.book import arrays
from spymaster.book.arrays import Grid
from spymaster.book.arrays import Records as Orders
from spymaster.book.replay import replay
from spymaster.book.state import State
from spymaster.land.dbn import RECORDS, Records
from spymaster.units import BUCKET_NS

LEAD = 2
"""Buckets before the window that are told apart: its first one asks what was a moment ago."""
Numbers = NDArray[np.uint32]


class Queue:
    """Order records of one instrument that wait for their bucket to close, in file order.

    What steps back in time came when the latest before it did.
    """

    def __init__(self) -> None:
        self._records = [np.empty(0, RECORDS["mbo"])]
        self._numbers = [np.empty(0, np.uint32)]
        self._clocks = [np.empty(0, np.int64)]
        self._latest_ns = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def first_ns(self) -> int:
        """When the first of them came, ns since 1970 UTC; where none waits, when the latest did."""
        return next((int(one[0]) for one in self._clocks if len(one)), self._latest_ns)

    def put(self, records: Records, numbers: Numbers) -> None:
        """Let more records wait."""
        if len(records):
            times = np.maximum(records["ts_recv"].astype(np.int64), self._latest_ns)
            clock = np.maximum.accumulate(times)
            self._latest_ns = int(clock[-1])
            self._records.append(records)
            self._numbers.append(numbers)
            self._clocks.append(clock)
            self._count += len(records)

    def until(self, end_ns: int) -> tuple[Records, Numbers]:
        """Return what came before a time."""
        pieces: Any = self._records, self._numbers, self._clocks
        records, numbers, clock = [_joined(one) for one in pieces]
        cut = int(np.searchsorted(clock, end_ns))
        self._records, self._numbers = [records[cut:]], [numbers[cut:]]
        self._clocks = [clock[cut:]]
        self._count -= cut
        return records[:cut], numbers[:cut]


def _joined(pieces: list[NDArray[Any]]) -> NDArray[Any]:
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


@dataclass(frozen=True)
class Closed:
    """What the book did up to the end of a bucket.

    Buckets are counted from 1, the window's first is the one after ``LEAD``.
    """

    number: int
    changes: pa.Table
    """Of ``relations.GIVES``, by events that are whole, since the look before."""
    begun: pa.Table
    """The same of an event that has begun; the next look tells it anew."""
    tallies: pa.Table
    """What the replay adds up of both."""
    begun_tallies: pa.Table
    rests: pa.Table
    """How orders rested that do no more."""
    living: pa.Table
    """How they rest that do; without an end."""


class Fold:
    """A book that records are taken into.

    Parameters
    ----------
    tick_e9 : int
        Price of a tick, 1e-9 points.
    start_ns : int, ns since 1970 UTC
        Of the window.
    """

    def __init__(self, tick_e9: int, start_ns: int) -> None:
        self.state = State(Grid(tick_e9, start_ns - LEAD * BUCKET_NS, BUCKET_NS))

    def close(self, number: int, records: Orders) -> Closed:
        """Take the records of a bucket, and of those before, and look at the book then."""
        done = replay(self.state, records)
        ended = replay(deepcopy(self.state), arrays.no_records(), is_end=True)
        return Closed(
            number,
            _table(done.changes),
            _table(ended.changes),
            _table(done.tallies),
            _table(ended.tallies),
            _table(done.rests),
            _table(ended.rests),
        )


def _table(written: arrays.Array) -> pa.Table:
    return pa.table({name: written[name] for name in written.dtype.names or ()})
