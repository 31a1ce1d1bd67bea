"""Letters, flags and kinds of changes, as the numbers that the replay counts with."""

from __future__ import annotations

ADD, CANCEL, MODIFY, CLEAR, TRADE, FILL, NOTHING = (ord(letter) for letter in "ACMRTFN")
BID, ASK = ord("B"), ord("A")
F_LAST, F_SNAPSHOT = 128, 32
DAY = 32
"""Bits of ``seq`` below the date."""

KINDS = (
    "snapshot", "add", "size_up", "refill", "in_up", "in_down",
    "pull", "fill", "out_up", "out_down", "clear",
    "hidden_fill", "unknown_fill", "unknown_cancel",
)  # fmt: skip
"""Kinds of changes; in an array a kind is its place in this list, from 1."""
SNAPSHOT, NEW, SIZE_UP, REFILL, IN_UP, IN_DOWN = range(1, 7)
PULL, FILLED, OUT_UP, OUT_DOWN, CLEARED = range(7, 12)
HIDDEN_FILL, UNKNOWN_FILL, UNKNOWN_CANCEL = range(12, 15)
COUNTS = (
    *("n_add", "n_pull", "n_fill", "n_unknown"),
    *("pull_500ms_qty", "pull_5s_qty", "pull_60s_qty"),
    *("orders_delta", "delta_ns"),
)
"""What is added up of a place beside the lots of each kind: how many changes, what of the lots that
were pulled was at least so old, what became of the number of orders, and each change of size times
what was left of its bucket, at most all of it."""
NO_AGE = -1
AGES_NS = (500_000_000, 5_000_000_000, 60_000_000_000)
"""Ages that what is pulled is told apart by: at least half a second, five, a minute."""

MOST = 6
"""Changes for each record of an event at most: four of its own, a fill that is left, a clear."""

DONE, MORE_ORDERS, MORE_FILLS, MORE_ROOM, OFF_GRID, OUT_OF_ORDER = range(6)
"""Why the loop comes back."""
