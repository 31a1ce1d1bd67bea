"""Markets in which price walks through levels while orders come, go and trade around it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from reference.buckets import BUCKET_NS
from reference.cells import Level
from reference.records import F_LAST, Record
from reference.scribe import BASE_TICK
from setups.harness import START

SECOND = 1_000_000_000
BID, ASK = 1, 2
"""Ids of the two orders that are the quotes."""
LEVELS = {
    "FIXED": [Level("FIXED", BASE_TICK + 3)],
    "NEAR": [Level("NEAR", BASE_TICK + 6)],
    "SAME": [Level("SAME", BASE_TICK + 3)],
    "LOW": [Level("LOW", BASE_TICK - 9)],
    "LATE": [Level("LATE", BASE_TICK + 12, START + 150 * SECOND)],
    "MOVING": [
        Level("MOVING", BASE_TICK - 20, START, START + 120 * SECOND),
        Level("MOVING", BASE_TICK - 18, START + 120 * SECOND, START + 200 * SECOND),
        Level("MOVING", BASE_TICK - 4, START + 230 * SECOND),
    ],
}


def market(seed: int, buckets: int) -> list[Record]:
    """Return a market of so many buckets in which price goes up and down by runs."""
    chance = random.Random(seed)
    mid, drift, written = chance.randrange(-6, 7), 0, _Writer(chance)
    for bucket in range(buckets):
        if bucket % chance.choice((6, 9, 14)) == 0:
            drift = chance.choice((-2, -1, 0, 1, 2))
        mid += drift + chance.choice((-1, 0, 0, 1))
        mid -= (abs(mid) > 28) * (1 if mid > 0 else -1) * 4
        written.bucket(bucket, mid)
    return written.done()


class _Writer:
    """Writes records and knows what rests beside the quotes."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._records: list[Record] = []
        self._resting: dict[int, Record] = {}
        self._next_id = 10
        self._put("A", BID, "B", -2, 3, -2)
        self._put("A", ASK, "A", 2, 3, -1)

    def bucket(self, number: int, mid: int) -> None:
        """Move the quotes to a mid, then let some orders come, go and trade around it."""
        at = number * BUCKET_NS
        crossing = [
            order
            for order in self._resting.values()
            if (order.side == "B") == (self._tick(order) >= mid)
        ]
        for order in crossing:
            at += 1
            self._end(order, at)
        half = self._chance.choice((0, 0, 1))
        lots = self._chance.randrange(1, 9), self._chance.randrange(1, 9)
        self._put("M", BID, "B", mid - 1 - half, lots[0], at + 2)
        self._put("M", ASK, "A", mid + 1, lots[1], at + 3)
        for _ in range(self._chance.randrange(9)):
            at += self._chance.randrange(1, BUCKET_NS // 10)
            self._act(mid, half, at)

    def done(self) -> list[Record]:
        """Return what was written, in file order."""
        return [replace(record, row_no=n) for n, record in enumerate(self._records)]

    def _act(self, mid: int, half: int, at: int) -> None:
        side = self._chance.choice("BA")
        away = self._chance.choice((0, 0, 1, 2, 3, 5, 7, 11, 16, 23))
        tick = mid - 1 - half - away if side == "B" else mid + 1 + away
        kind = self._chance.choice(("add", "add", "cancel", "move", "trade", "poke"))
        own = [order for order in self._resting.values() if order.side == side]
        if kind == "add" or not own:
            self._next_id += 1
            size = self._chance.randrange(1, 12)
            self._resting[self._next_id] = self._put("A", self._next_id, side, tick, size, at)
        elif kind == "cancel":
            self._end(self._chance.choice(own), at)
        elif kind == "move":
            order = self._chance.choice(own)
            moved = self._put("M", order.order_id, side, tick, order.size, at)
            self._resting[order.order_id] = moved
        elif kind == "trade":
            self._fill(self._chance.choice(own), at)
        else:
            # printed away from the quotes, as a sweep that is over at once
            beyond = self._chance.randrange(1, 9)
            self._put("T", 0, side, mid + (beyond if side == "B" else -beyond), 1, at)

    def _end(self, order: Record, at: int) -> None:
        del self._resting[order.order_id]
        self._put("C", order.order_id, order.side, self._tick(order), order.size, at)

    def _fill(self, order: Record, at: int) -> None:
        other = {"B": "A", "A": "B"}[order.side]
        self._put("T", 0, other, self._tick(order), order.size, at, flags=0)
        self._put("F", order.order_id, order.side, self._tick(order), order.size, at, flags=0)
        self._end(order, at)

    def _tick(self, order: Record) -> int:
        return order.price // 250_000_000 - BASE_TICK

    def _put(
        self, action: str, number: int, side: str, k: int, size: int, at: int, flags: int = F_LAST
    ) -> Record:
        price, time = (BASE_TICK + k) * 250_000_000, START + at
        self._records.append(Record(number, action, side, price, size, flags, time, time, 0))
        return self._records[-1]


def landed(records: Sequence[Record]) -> tuple[int, int]:
    """Return when the first and the last record were received."""
    return records[0].ts_recv, records[-1].ts_recv
