"""Records as they come, each to whom it concerns: the day, the newest buckets, the book."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spymaster.errors import DataError
from spymaster.land.dbn import Records
from spymaster.live import raw
from spymaster.live.day import FRONTS, WORDS, Day, contract
from spymaster.live.fold import Fold, Queue
from spymaster.live.follower import Arrivals, Follower
from spymaster.live.tail import QUOTED, Tail
from spymaster.live.wire import MBO, chosen_of
from spymaster.units import overnight_open_ns

LARGE = "book.large_pulls"
Numbers = NDArray[np.uint32]


class Incoming:
    """What came of a session, and what the book of its contract waits for.

    Parameters
    ----------
    start_ns : int, ns since 1970 UTC
        Of the window.

    Attributes
    ----------
    fold : Fold or None
        The book, once the contract is known.
    queue : Queue
        Its order records whose bucket is open.
    """

    def __init__(
        self, session: date, follower: Follower, day: Day, tail: Tail, start_ns: int
    ) -> None:
        self._session, self._follower, self._day, self._tail = session, follower, day, tail
        self._start_ns = start_ns
        self._numbered = raw.Numbered(overnight_open_ns(session))
        self._early: list[tuple[Records, Numbers]] = []
        """Order records from before the contract is known."""
        self._contract = 0
        self.fold: Fold | None = None
        self.queue = Queue()

    @property
    def state(self) -> tuple[Any, ...]:
        """What goes on in another process."""
        return self._numbered, self._early, self._contract, self.fold, self.queue

    @state.setter
    def state(self, state: tuple[Any, ...]) -> None:
        self._numbered, self._early, self._contract, self.fold, self.queue = state
        contract(self._day, self._start_ns)
        self._show_contract()

    def take(self, came: Arrivals) -> NDArray[np.int64]:
        """Take what came; return when what concerns buckets directly was received, ns."""
        times = [np.empty(0, np.int64)]
        for schema, rows in came.records.items():
            records, numbers = self._numbered.take(self._follower.channels[schema].kind, rows)
            if schema in WORDS:
                self._day.tell(schema, records, numbers)
            if schema in (*WORDS, *QUOTED):
                self._tail.tell(schema, records, numbers)
                times.append(records["ts_recv"].astype(np.int64))
            if schema == MBO:
                self._early.append((records, numbers))
        if self._early and self.fold is None:
            self._look_for_contract()
        if self.fold:
            for records, numbers in self._early:
                self._put(records, numbers)
            self._early = []
        return np.concatenate(times)

    def confirm_contract(self) -> None:
        """Refuse to go on with a contract that is no more the session's.

        Raises
        ------
        DataError
            Where another one has traded more by now.
        """
        (found,) = self._day.sandbox.ask(f"select instrument_id, raw_symbol from {FRONTS}")
        if found["instrument_id"] != self._contract:
            raise DataError(
                f"{self._session}: {found['raw_symbol']} now trades more than the contract that"
                " the book is kept of; name the one that is meant as the setting instrument"
            )

    def _look_for_contract(self) -> None:
        """Find the contract as soon as anything tells it."""
        sandbox = self._day.sandbox
        for records, numbers in self._early:
            kept = np.union1d(
                np.unique(records["instrument_id"], return_index=True)[1],
                np.flatnonzero(records["action"] == b"T"),
            )
            rows: pa.Table = raw.table(MBO, records[kept], numbers[kept])
            sandbox.add("raw.mbo", rows)
        found = contract(self._day, self._start_ns)
        sandbox.empty("raw.mbo")
        if found:
            self._contract, tick_e9 = found
            self.fold = Fold(tick_e9, self._start_ns)
            self._show_contract()

    def _show_contract(self) -> None:
        self._tail.stand({name: self._day.rows(name) for name in (FRONTS, LARGE)})

    def _put(self, records: Records, numbers: Numbers) -> None:
        own = records["instrument_id"] == self._contract
        self.queue.put(chosen_of(records, own), numbers[own])
        if not own.all():
            self._day.take_others(chosen_of(records, ~own), numbers[~own])
