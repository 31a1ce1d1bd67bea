"""The accounting in one compiled pass: an open-addressed table of orders, a dense table of sums."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numba
import numpy as np
from contenders.records import F_LAST, F_SNAPSHOT, KINDS, columns, totals
from days import measured

SNAPSHOT, ADD, SIZE_UP, REFILL, IN_UP, IN_DOWN, PULL, FILL, OUT_UP, OUT_DOWN, HIDDEN, UNKNOWN = (
    range(len(KINDS))
)
A, C, M, F, R, BID = (ord(letter) for letter in "ACMFRB")
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@numba.njit  # type: ignore[untyped-decorator]
def slot_of(keys: Any, order_id: Any, shift: Any) -> int:
    """Where an order is in the table, or would be."""
    at = np.int64((order_id * MULTIPLIER) >> shift)
    while keys[at] != 0 and keys[at] != order_id:
        at = (at + 1) & (len(keys) - 1)
    return at


@numba.njit  # type: ignore[untyped-decorator]
def account(
    action: Any, side: Any, tick: Any, size: Any, order_id: Any, flags: Any, bucket: Any, low: int,
    sums: Any, bits: int,
) -> None:  # fmt: skip
    """Add every change to ``sums``, (buckets, 2, ticks, kinds)."""
    keys = np.zeros(1 << bits, np.uint64)
    ticks, sizes = np.zeros(1 << bits, np.int32), np.zeros(1 << bits, np.int32)
    bids, shift = np.zeros(1 << bits, np.uint8), np.uint64(64 - bits)
    filled, left = np.zeros(4096, np.uint64), np.zeros(4096, np.int32)
    was = np.zeros((4096, 3), np.int32)
    last = np.zeros(4096, np.int64)
    start = 0
    for end in range(len(action)):
        if flags[end] < F_LAST and end + 1 < len(action):
            continue
        n = 0
        for i in range(start, end + 1):
            if action[i] == F:
                j = 0
                while j < n and filled[j] != order_id[i]:
                    j += 1
                if j == n:
                    at = slot_of(keys, order_id[i], shift)
                    filled[n], left[n] = order_id[i], 0
                    was[n, 0], was[n, 1], was[n, 2] = sizes[at], ticks[at], bids[at]
                    if keys[at] == 0:
                        was[n, 0] = 0
                    n += 1
                left[j] += size[i]
                last[j] = i
        for i in range(start, end + 1):
            act = action[i]
            if act == R:
                sizes[:] = 0
                continue
            if act != A and act != C and act != M:
                continue
            at = slot_of(keys, order_id[i], shift)
            keys[at] = order_id[i]
            here = sums[bucket[i]]
            bid, new = np.uint8(side[i] == BID), size[i]
            old = sizes[at]
            if act == A or (act == M and old == 0):
                kind = SNAPSHOT if flags[i] & F_SNAPSHOT else ADD
                if old > 0:
                    here[bids[at], ticks[at] - low, PULL] += old
                here[bid, tick[i] - low, kind] += new
                ticks[at], sizes[at], bids[at] = tick[i], new, bid
                continue
            if old == 0:
                continue
            if act == C:
                new = 0 if size[i] == 0 else max(old - size[i], 0)
            j = 0
            while j < n and filled[j] != order_id[i]:
                j += 1
            place = here[bids[at], ticks[at] - low]
            fill = min(max(old - new, 0), left[j]) if j < n else 0
            if j < n:
                left[j] -= fill
            place[FILL] += fill
            if act == C or tick[i] == ticks[at]:
                place[PULL] += max(old - new, 0) - fill
                place[REFILL if j < n else SIZE_UP] += max(new - old, 0)
            else:
                moved = min(old - fill, new)
                up = tick[i] > ticks[at]
                place[PULL] += old - fill - moved
                place[OUT_UP if up else OUT_DOWN] += moved
                there = here[bids[at], tick[i] - low]
                there[IN_UP if up else IN_DOWN] += moved
                there[SIZE_UP] += new - moved
                ticks[at] = tick[i]
            sizes[at] = new
        for j in range(n):
            i = last[j]
            if left[j] > 0 and was[j, 0] > 0:
                sums[bucket[i], was[j, 2], was[j, 1] - low, HIDDEN] += left[j]
            elif left[j] > 0:
                sums[bucket[i], np.uint8(side[i] == BID), tick[i] - low, UNKNOWN] += left[j]
        start = end + 1


def run(found: dict[str, Any]) -> Any:
    priced = found["tick"] > 0
    low, high = int(found["tick"][priced].min()), int(found["tick"][priced].max())
    shape = int(found["bucket"].max()) + 1, 2, high - low + 1, len(KINDS)
    sums = np.zeros(shape, np.int32)
    bits = max(int(np.ceil(np.log2(len(found["tick"])))), 10)
    args = [found[k] for k in ("action", "side", "tick", "size", "order_id", "flags", "bucket")]
    account(*args, low, sums, bits)
    return low, sums


def main() -> None:
    file = Path(sys.argv[1])
    few = {name: values[:100] for name, values in columns(Path(sys.argv[2])).items()}
    run(few)  # compiles
    kept: dict[str, Any] = {}

    def work() -> int:
        found = columns(file)
        kept["low"], kept["sums"] = run(found)
        return len(found["tick"])

    def told() -> Any:
        bucket, bid, tick, kind = np.nonzero(kept["sums"])
        qty = kept["sums"][bucket, bid, tick, kind]
        return totals(kind, bucket, bid, tick + kept["low"], qty)

    measured(work, told)


if __name__ == "__main__":
    main()
