"""The columns of what the replay reads and gives, as DuckDB names and types; no compiler needed."""

from __future__ import annotations

from spymaster.book.codes import COUNTS, KINDS

RECORDS = {
    "seq": "BIGINT",
    "order_id": "UBIGINT",
    "ts_recv": "BIGINT",
    "ts_event": "BIGINT",
    "price": "BIGINT",
    "size": "BIGINT",
    "sequence": "UINTEGER",
    "action": "UTINYINT",
    "side": "UTINYINT",
    "flags": "UTINYINT",
}
"""What a query of records has to give, in this order."""
GRID = {"tick_e9": "BIGINT", "origin_ns": "BIGINT", "bucket_ns": "BIGINT"}
"""What the relation of the grid has to hold, in one row or none."""
_SUMS = (*(f"{kind}_qty" for kind in KINDS), *COUNTS)
GIVES = {
    "changes": {
        "seq": "BIGINT",
        "order_id": "UBIGINT",
        "ts_recv": "BIGINT",
        "age_ns": "BIGINT",
        "qty": "BIGINT",
        "bucket_no": "INTEGER",
        "tick": "INTEGER",
        "kind": "UTINYINT",
        "orders_delta": "TINYINT",
        "is_bid": "BOOLEAN",
        "is_unknown": "BOOLEAN",
    },
    "rests": {
        "seq": "BIGINT",
        "order_id": "UBIGINT",
        "entered_at": "BIGINT",
        "qty": "BIGINT",
        "tick": "INTEGER",
        "first_no": "INTEGER",
        "last_no": "INTEGER",
        "is_bid": "BOOLEAN",
    },
    "tallies": {
        "bucket_no": "INTEGER",
        "tick": "INTEGER",
        "is_bid": "BOOLEAN",
        **dict.fromkeys(_SUMS, "BIGINT"),
    },
}
_WHICH = ("order_id", "action", "side", "flags", "sequence", "ts_event")
"""By these the rules tell what happened to which order, and in which event."""
MADE_OF: dict[str, dict[str, tuple[str, ...]]] = {
    "changes": {
        "seq": ("seq",),
        "order_id": ("order_id",),
        "ts_recv": ("ts_recv",),
        "age_ns": (*_WHICH, "size"),
        "qty": (*_WHICH, "size"),
        "bucket_no": ("ts_recv", "origin_ns", "bucket_ns"),
        "tick": (*_WHICH, "price", "tick_e9"),
        "kind": (*_WHICH, "size", "price", "tick_e9"),
        "orders_delta": (*_WHICH, "size"),
        "is_bid": (*_WHICH,),
        "is_unknown": (*_WHICH, "size"),
    },
    "rests": {
        "seq": ("seq", *_WHICH),
        "order_id": ("order_id",),
        "entered_at": (*_WHICH, "size"),
        "qty": (*_WHICH, "size"),
        "tick": (*_WHICH, "price", "tick_e9"),
        "first_no": (*_WHICH, "ts_recv", "origin_ns", "bucket_ns"),
        "last_no": (*_WHICH, "ts_recv", "origin_ns", "bucket_ns"),
        "is_bid": (*_WHICH,),
    },
    "tallies": {
        "bucket_no": ("ts_recv", "origin_ns", "bucket_ns"),
        "tick": (*_WHICH, "price", "tick_e9"),
        "is_bid": (*_WHICH,),
        # of which kind a change is says the price too
        **dict.fromkeys(_SUMS, (*_WHICH, "size", "price", "tick_e9")),
        "n_unknown": (*_WHICH, "size"),
        "orders_delta": (*_WHICH, "size"),
        "delta_ns": (*_WHICH, "size", "price", "tick_e9", "ts_recv", "origin_ns", "bucket_ns"),
    },
}
"""Which columns of the records and of the grid each column is made of."""
NULLS = {"age_ns": -1, "last_no": -1}
"""What stands for null in an array."""
