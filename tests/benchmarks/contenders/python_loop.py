"""The accounting as a loop over the vendor client's records: dicts, one event at a time."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import databento
import numpy as np
from contenders.records import BUCKET_NS, F_LAST, F_SNAPSHOT, KINDS, TICK_E9, totals
from days import measured

CODES = {kind: code for code, kind in enumerate(KINDS)}
Order = tuple[str, int, int]
"""Side, tick and size."""
Place = tuple[str, int, str, int]
"""Kind, bucket, side and tick."""


class Loop:
    """An order book that adds up what happens to its orders."""

    def __init__(self) -> None:
        self.resting: dict[int, Order] = {}
        self.sums: defaultdict[Place, int] = defaultdict(int)
        self.first = 0

    def event(self, records: list[Any]) -> None:
        left: dict[int, int] = {}
        last: dict[int, Any] = {}
        for record in records:
            if str(record.action) == "F":
                left[record.order_id] = left.get(record.order_id, 0) + record.size
                last[record.order_id] = record
        begun = {one: self.resting.get(one) for one in left}
        for record in records:
            if str(record.action) in "ACMR":
                self.change(record, left)
        for one, lots in left.items():
            if lots:
                at = begun[one]
                record = last[one]
                kind = "hidden_fill" if at else "unknown_fill"
                side, tick, _ = at or (str(record.side), record.price // TICK_E9, 0)
                self.add(record, kind, side, tick, lots)

    def change(self, record: Any, left: dict[int, int]) -> None:
        one, action = record.order_id, str(record.action)
        if action == "R":
            self.resting.clear()
            return
        side, tick, size = str(record.side), record.price // TICK_E9, record.size
        old = self.resting.get(one)
        if action == "A" or (action == "M" and old is None):
            if old:
                self.add(record, "pull", *old)
            self.add(record, "snapshot" if record.flags & F_SNAPSHOT else "add", side, tick, size)
            self.resting[one] = (side, tick, size)
            return
        if old is None:
            return
        side, old_tick, old_size = old
        if action == "C":
            size, tick = max(old_size - size, 0) if size else 0, old_tick
        fill = min(max(old_size - size, 0), left.get(one, 0))
        if fill:
            left[one] -= fill
            self.add(record, "fill", side, old_tick, fill)
        if tick == old_tick:
            self.add(record, "pull", side, tick, max(old_size - size, 0) - fill)
            self.add(record, "refill" if one in left else "size_up", side, tick, size - old_size)
        else:
            moved, way = min(old_size - fill, size), "up" if tick > old_tick else "down"
            self.add(record, "pull", side, old_tick, old_size - fill - moved)
            self.add(record, f"out_{way}", side, old_tick, moved)
            self.add(record, f"in_{way}", side, tick, moved)
            self.add(record, "size_up", side, tick, size - moved)
        if size:
            self.resting[one] = (side, tick, size)
        else:
            del self.resting[one]

    def add(self, record: Any, kind: str, side: str, tick: int, lots: int) -> None:
        if lots > 0:
            self.sums[kind, record.ts_recv // BUCKET_NS - self.first, side, tick] += lots


def main() -> None:
    file, loop = Path(sys.argv[1]), Loop()

    def work() -> int:
        n, event = 0, []
        for record in databento.DBNStore.from_file(file):
            loop.first = loop.first or record.ts_recv // BUCKET_NS
            n += 1
            event.append(record)
            if record.flags & F_LAST:
                loop.event(event)
                event = []
        loop.event(event)
        return n

    def told() -> Any:
        kinds, buckets, sides, ticks = zip(*loop.sums, strict=True)
        return totals(
            np.array([CODES[kind] for kind in kinds]),
            np.array(buckets),
            np.array([side == "B" for side in sides]),
            np.array(ticks),
            np.array(list(loop.sums.values())),
        )

    measured(work, told)


if __name__ == "__main__":
    main()
