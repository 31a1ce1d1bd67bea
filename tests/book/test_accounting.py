"""The book in SQL against the book in plain Python: two derivations, equal to the lot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time
from functools import cache

import pytest
from hypothesis import given

import streams
from batches import BATCH_NS, batches
from book.harness import Session, audited
from drawn import examples
from reference import book, buckets
from reference.records import Change, Record
from sandboxes import Row
from spymaster.settings import Settings

START = streams.WINDOW_START_NS
END = START + BATCH_NS
TICK_SIZE = 0.25
TWA_TOLERANCE = 1e-12
MAY_CROSS = ("audits.uncrossed",)
"""Random streams trade through each other at will."""
READ = (
    *("book.changes", "book.flow_5s", "book.depth_5s", "book.opening_depth", "book.pull_sizes"),
    *("market.bbo_5s", "market.trades_5s"),
)
UNKEPT = {"bucket_end_ns", "depth_twa", "depth_twa_ns"}
quick = examples(10)
"""Sixty random streams."""
long = examples(500)


@cache
def session() -> Session:
    window = Settings(window_start=time(9, 30), window_end=time(9, 33))
    return Session(date.fromisoformat(streams.SESSION), window, {*READ, *audited(window)})


@quick
@given(batches())
def test_changes_and_buckets_are_the_same_in_both_derivations(records: list[Record]) -> None:
    compare(records)


@pytest.mark.slow
@long
@given(batches())
def test_many_batches_are_the_same_in_both_derivations(records: list[Record]) -> None:
    compare(records)


@pytest.mark.slow
@long
@given(streams.streams(acts=120, ticks=3, crossed=True))
def test_many_crowded_streams_are_the_same_in_both_derivations(records: list[Record]) -> None:
    compare(records)


def compare(records: list[Record]) -> None:
    built, known = session().build(records), changes(records)
    rows = built.rows("select *, seq % 4294967296 as row_no from book.changes")
    assert merged(map(from_sql, rows)) == merged(map(from_python, known))
    compare_flow(built, known)
    compare_depth(built, known)
    compare_trades(built, records)
    assert built.breaches(but=MAY_CROSS) == {}


def compare_flow(built: Session, known: list[Change]) -> None:
    flow = by_place(built.rows("from book.flow_5s"), "bucket_end")
    expected = by_place(buckets.flow_5s(known, START, END), "bucket_end_ns")
    assert flow.keys() == expected.keys()
    for place, row in expected.items():
        assert {name: flow[place][name] for name in row if name not in UNKEPT} == {
            name: value for name, value in row.items() if name not in UNKEPT
        }
        assert flow[place]["depth_twa"] == pytest.approx(row["depth_twa"], rel=TWA_TOLERANCE)
        assert flow[place]["price"] == row["tick"] * TICK_SIZE
    sizes = sorted(c.qty for c in known if c.kind == "pull" and c.ts_recv >= START)
    found = built.rows("select n_pull, p50_qty, p90_qty from book.pull_sizes")
    assert found == ([pull_sizes(sizes)] if sizes else [])


def compare_depth(built: Session, known: list[Change]) -> None:
    depth = by_place(built.rows("from book.depth_5s"), "bucket_end")
    expected = by_place(buckets.depth_5s(known, START, END), "bucket_end_ns")
    assert {place: (*rested(row), row["is_changed"]) for place, row in depth.items()} == {
        place: (*rested(row), row["is_changed"]) for place, row in expected.items()
    }
    first = next(buckets.buckets(known, START, END))
    opening = {
        (row["side"], row["tick"]): rested(row) for row in built.rows("from book.opening_depth")
    }
    assert opening == {place: (q.depth, q.orders) for place, q in first.before.items()}
    quotes = {row["bucket_end"]: row for row in built.rows("from market.bbo_5s")}
    sided = {row["bucket_end_ns"]: best(row) for row in buckets.bbo_5s(known, START, END)}
    assert {end: best(row) for end, row in quotes.items()} == {
        end: quote for end, quote in sided.items() if any(quote)
    }
    for row in quotes.values():
        assert (row["mid"], row["microprice"]) == pytest.approx(prices(*best(row)[:4]))


def compare_trades(built: Session, records: list[Record]) -> None:
    trades = {(row["bucket_end"], row["tick"]): row for row in built.rows("from market.trades_5s")}
    expected = {
        (row.pop("bucket_end_ns"), row.pop("tick")): row
        for row in buckets.trades_5s(records, START, END)
    }
    names = ("buy_qty", "sell_qty", "unsided_qty", "n_trades")
    assert {place: {name: row[name] for name in names} for place, row in trades.items()} == expected


def changes(records: list[Record]) -> list[Change]:
    """What the session may know: records received before the window's end."""
    return list(book.changes(record for record in records if record.ts_recv < END))


def from_sql(row: Row) -> tuple[tuple[object, ...], int]:
    names = ("row_no", "kind", "side", "tick", "order_id", "ts_recv", "age_ns", "is_unknown")
    signs = (row["delta"], row["orders_delta"])
    return (*(row[name] for name in names), *signs), row["qty"]


def from_python(change: Change) -> tuple[tuple[object, ...], int]:
    return from_sql(vars(change))


def merged(found: Iterable[tuple[tuple[object, ...], int]]) -> Counter[tuple[object, ...]]:
    """Lots by everything else: several fills of one order at one place are one change in SQL."""
    total: Counter[tuple[object, ...]] = Counter()
    for key, qty in found:
        total[key] += qty
        total[(*key, "rows")] += qty == 0
    return total


def by_place(rows: object, end: str) -> dict[tuple[int, str, int], Row]:
    return {(row[end], row["side"], row["tick"]): row for row in rows}


def rested(row: Row) -> tuple[int, int]:
    return row["depth_qty"], row["n_orders"]


def best(row: Row) -> tuple[int | None, ...]:
    names = ("bid_tick", "ask_tick", "bid_qty", "ask_qty", "n_bid", "n_ask")
    return tuple(row[name] for name in names)


def pull_sizes(sizes: list[int]) -> Row:
    """Return the smallest sizes that so many tenths of all do not exceed."""
    half, most = (sizes[-(-len(sizes) * tenths // 10) - 1] for tenths in (5, 9))
    return {"n_pull": len(sizes), "p50_qty": half, "p90_qty": most}


def prices(
    bid: int | None, ask: int | None, bid_qty: int | None, ask_qty: int | None
) -> tuple[float | None, float | None]:
    """Return mid and microprice in points: what rests on one side pushes toward the other."""
    if bid is None or ask is None:
        return None, None
    pushed = bid_qty / (bid_qty + ask_qty)
    return (bid + ask) / 2 * TICK_SIZE, (bid + pushed * (ask - bid)) * TICK_SIZE


def record(
    action: str, at_ns: int, *, order_id: int = 7, size: int = 2, flags: int = 128
) -> Record:
    """A record of a bid at 4800.00, ``at_ns`` after the window's start."""
    price = 2**63 - 1 if action == "R" else 4_800_000_000_000
    side = "N" if action == "R" else "B"
    now = START + at_ns
    return Record(order_id, action, side, price, size, flags, now, now, 0)


SECOND = 1_000_000_000
AGES = [limit - n for limit in (SECOND // 2, 5 * SECOND, 20 * SECOND) for n in (1, 0)]
"""In ns, on both sides of what tells young pulls from old ones; each is of another size, so that no
two that change places cancel out."""
CORNERS = {
    "a fill after a clear meets no order": [
        record("A", 0),
        record("R", 1, order_id=0, size=0),
        record("F", 2),
    ],
    "a fill in the event of the clear still meets its order": [
        record("A", 0),
        record("R", 1, order_id=0, size=0, flags=0),
        record("F", 2),
    ],
    "pulls of orders a ns younger than each limit, and as old": [
        *[record("A", 0, order_id=n, size=2**n) for n, _ in enumerate(AGES, 1)],
        *[record("C", age, order_id=n, size=2**n) for n, age in enumerate(AGES, 1)],
    ],
    "a pull of an order exactly 60 s old": [record("A", -45 * SECOND), record("C", 15 * SECOND)],
    "orders of one price as the window opens, one made smaller, one gone before": [
        record("A", -4 * SECOND),
        record("A", -3 * SECOND, order_id=8, size=5),
        record("A", -3 * SECOND, order_id=9),
        record("M", -2 * SECOND, order_id=8, size=1),
        record("C", -SECOND, order_id=9),
        record("C", SECOND),
    ],
    "as many lots at a price as before, of more orders": [
        record("A", 0),
        record("C", 5 * SECOND),
        record("A", 5 * SECOND, order_id=8, size=1),
        record("A", 5 * SECOND, order_id=9, size=1),
    ],
    "a cancel in the last ns of a bucket and one in the first of the next": [
        record("A", 0),
        record("A", 1, order_id=8),
        record("C", 5 * SECOND - 1),
        record("C", 5 * SECOND, order_id=8),
    ],
}


@pytest.mark.parametrize("records", CORNERS.values(), ids=CORNERS.keys())
def test_a_corner_is_the_same_in_both_derivations(records: list[Record]) -> None:
    compare([replace(one, row_no=at) for at, one in enumerate(records)])
