"""Records of the exchange, and the changes to the book that are read out of them."""

from __future__ import annotations

from dataclasses import dataclass

F_LAST = 128
F_SNAPSHOT = 32
SIDES = {"B": "bid", "A": "ask"}
TICK_SIZE_E9 = 250_000_000


@dataclass(frozen=True)
class Record:
    """One market-by-order record, in the vendor's terms."""

    order_id: int
    action: str
    """A, C, M, R, T, F or N."""
    side: str
    """B, A or N."""
    price: int
    """1e-9 points."""
    size: int
    """Lots."""
    flags: int
    """Bit field: F_LAST, F_SNAPSHOT."""
    ts_event: int
    """ns since 1970 UTC, at the exchange."""
    ts_recv: int
    """ns since 1970 UTC, at the vendor."""
    row_no: int
    """Place in the file, from 0."""
    sequence: int = 0
    """Number of the exchange's message; 0 where it is the record's own."""


@dataclass(frozen=True)
class Change:
    """What one record did to one order at one side and tick."""

    kind: str
    qty: int
    """Lots, never negative."""
    delta: int
    """Lots by which the resting size at ``side`` and ``tick`` changed."""
    side: str
    """bid or ask."""
    tick: int
    order_id: int
    row_no: int
    ts_recv: int
    """ns since 1970 UTC, of the record the change belongs to."""
    age_ns: int | None
    orders_delta: int
    """Orders by which the queue at ``side`` and ``tick`` changed."""
    is_unknown: bool
    """A C or M that named an id not in the book."""


@dataclass(frozen=True)
class Order:
    """A resting order."""

    side: str
    tick: int
    size: int
    """Lots, above 0."""
    start_ns: int
    """``ts_event`` of the record that brought it into the book."""


def tick_of(record: Record, tick_size_e9: int = TICK_SIZE_E9) -> int:
    """Return the record's price in tick sizes; a price off the grid is a ValueError."""
    tick, rest = divmod(record.price, tick_size_e9)
    if rest:
        raise ValueError(
            f"row {record.row_no}: price {record.price} is no multiple of {tick_size_e9}"
        )
    return tick


def side_of(record: Record) -> str:
    """Return bid or ask; a record without a side is a ValueError."""
    if record.side not in SIDES:
        raise ValueError(f"row {record.row_no}: {record.action} has side {record.side!r}, not B, A")
    return SIDES[record.side]


def change_of(
    record: Record, order: Order, kind: str, qty: int, sign: int, orders_delta: int
) -> Change:
    """Return the change of ``qty`` lots, times ``sign``, that a record makes to an order."""
    return Change(
        kind=kind,
        qty=qty,
        delta=sign * qty,
        side=order.side,
        tick=order.tick,
        order_id=record.order_id,
        row_no=record.row_no,
        ts_recv=record.ts_recv,
        age_ns=max(record.ts_event - order.start_ns, 0),
        orders_delta=orders_delta,
        is_unknown=False,
    )
