"""The records of a file as arrays, and how a contender's accounting is summed up to be compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

BUCKET_NS = 5_000_000_000
TICK_E9 = 250_000_000
F_LAST, F_SNAPSHOT = 128, 32
KINDS = ("snapshot", "add", "size_up", "refill", "in_up", "in_down", "pull", "fill", "out_up")
KINDS += ("out_down", "hidden_fill", "unknown_fill")
"""What every contender tells apart; the place is its code."""
FIELDS = ("action", "side", "price", "size", "order_id", "flags", "ts_recv")


def columns(file: Path) -> dict[str, Any]:
    """Return what the accounting needs of all records, by the vendor's client: (n,) each.

    action and side as bytes of their letters, tick int32, size int32, flags uint8, order_id uint64,
    bucket int32: number of the bucket since the first record's.
    """
    import databento

    parts = [
        {name: np.ascontiguousarray(batch[name]) for name in FIELDS}
        for batch in databento.DBNStore.from_file(file).to_ndarray(count=1 << 18)
    ]
    found: dict[str, Any] = {
        name: np.concatenate([part[name] for part in parts]) for name in FIELDS
    }
    for name in ("action", "side"):
        found[name] = found[name].view(np.uint8)
    price = found.pop("price")
    # records without a price are none of the book's
    found["tick"] = np.where(price == np.iinfo(np.int64).max, 0, price // TICK_E9).astype(np.int32)
    found["size"] = found["size"].astype(np.int32)
    bucket = found.pop("ts_recv") // BUCKET_NS
    found["bucket"] = (bucket - bucket[0]).astype(np.int32)
    return found


def totals(kind: Any, bucket: Any, is_bid: Any, tick: Any, qty: Any) -> dict[str, list[int]]:
    """Return lots per kind, and lots weighted by where and when, so that no place can differ.

    Parameters
    ----------
    kind, bucket, is_bid, tick, qty : (n,) integers
        Of changes, added up by place or not.
    """
    weighted = qty.astype(np.int64) * (7 * bucket.astype(np.int64) + tick) * np.where(is_bid, 1, 3)
    lots = np.bincount(kind, qty, len(KINDS)).astype(np.int64)
    return {
        name: [int(lots[code]), int(weighted[kind == code].sum())]
        for code, name in enumerate(KINDS)
        if lots[code]
    }
