"""A writer of order records that remembers what rests, for events that mostly make sense."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reference.records import F_LAST, TICK_SIZE_E9, Record

BUCKET_NS = 5_000_000_000
BASE_TICK = 19_200
IDS = 12
"""Order ids are 1 to this; few, so that they come back."""
GAPS_NS = (
    *(0, 200, 5_000, 1_000_000, 0, 40_000_000, 20_000_000, 90_000_000, 0, 30_000_000, 200_000_000),
    *(300_000_000, 499_999_999, 500_000_000, 700_000_000, 4_999_999_999, 12_000_000_000),
)
LAGS_NS = (0, 150_000, 1_000_000_000, -5_000)
BACKS_NS = (*[0] * 20, 1, 2_000, 700_000_000, 6_000_000_000)
"""How far the vendor's clock is behind what it showed before."""


class Scribe:
    """Writes records and remembers what should rest, to keep most of them sensible.

    Parameters
    ----------
    pick
        Returns an integer from 0 to below its argument; 0 is the plainest choice.
    start_ns
        Start of the window whose bucket edges are aimed at, ns.
    ticks
        Prices of a side: as many ticks, bids from BASE_TICK down, asks from the next tick up.
    overlap
        Ticks by which each side reaches into the other.
    steps_back
        Whether the vendor's clock may show less than it did before.
    """

    def __init__(
        self,
        pick: Callable[[int], int],
        start_ns: int,
        ticks: int,
        overlap: int,
        *,
        steps_back: bool = False,
    ) -> None:
        self.pick = pick
        self.records: list[Record] = []
        self.resting: dict[int, Record] = {}
        self.start_ns = start_ns
        self.now_ns = start_ns
        self.lag_ns = 0
        self.back_ns = 0
        self.backs_ns = BACKS_NS if steps_back else (0,)
        self.ticks = ticks
        self.overlap = overlap
        self.is_open = False

    def close(self) -> None:
        """Mark the last record as the last of its event."""
        if self.records:
            last = self.records[-1]
            self.records[-1] = replace(last, flags=last.flags | F_LAST)
        self.is_open = False

    def put(
        self, action: str, order_id: int, side: str, tick: int, size: int, *, flags: int = 0
    ) -> Record:
        """Write a record; every now and then it is received a little after the one before."""
        self.now_ns += (0, 0, 0, 1_000)[self.pick(4)]
        record = Record(
            order_id=order_id,
            action=action,
            side=side,
            price=tick * TICK_SIZE_E9,
            size=size,
            flags=flags,
            ts_event=self.now_ns - self.lag_ns,
            ts_recv=self.now_ns - self.back_ns,
            row_no=len(self.records),
            sequence=len(self.records) + 1,
        )
        self.records.append(record)
        self._remember(record)
        return record

    def size(self) -> int:
        """A few lots."""
        return 1 + self.pick(6)

    def side(self) -> str:
        """B or A."""
        return "BA"[self.pick(2)]

    def tick(self, side: str) -> int:
        """A price for a side."""
        away = self.pick(self.ticks) - self.overlap
        return BASE_TICK - away if side == "B" else BASE_TICK + 1 + away

    def new_id(self) -> int:
        """An id that does not rest."""
        free = [o for o in range(1, IDS + 1) if o not in self.resting]
        return free[self.pick(len(free))] if free else max(self.resting) + 1

    def advance(self) -> None:
        """Let time pass: a gap, to the next bucket edge, or to the last ns before it."""
        choice = self.pick(len(GAPS_NS) + 2)
        if choice < len(GAPS_NS):
            self.now_ns += GAPS_NS[choice]
        else:
            edge = BUCKET_NS - (self.now_ns - self.start_ns) % BUCKET_NS
            self.now_ns += edge - (choice - len(GAPS_NS))
        self.lag_ns = LAGS_NS[self.pick(len(LAGS_NS))]
        self.back_ns = self.backs_ns[self.pick(len(self.backs_ns))]

    def _remember(self, record: Record) -> None:
        if record.action == "R":
            self.resting.clear()
        elif record.action in ("A", "M"):
            self.resting[record.order_id] = record
        elif record.action == "C" and record.order_id in self.resting:
            old = self.resting[record.order_id]
            left = old.size - record.size if record.size else 0
            self.resting[record.order_id] = replace(old, size=left)
        else:
            return
        self.resting = {o: kept for o, kept in self.resting.items() if kept.size > 0}
