"""Five-second sums, on examples small enough to check by hand and on random events."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from drawn import examples
from reference.book import Book, changes
from reference.buckets import (
    BUCKET_NS,
    Row,
    bbo_5s,
    breaches,
    buckets,
    depth_5s,
    flow_5s,
    trades_5s,
)
from reference.records import F_LAST, F_SNAPSHOT, Change, Record
from streams import WINDOW_NS, WINDOW_START_NS, streams

BASE = 19_200
START, END = 100_000_000_000, 110_000_000_000
WINDOW = WINDOW_START_NS, WINDOW_START_NS + WINDOW_NS


def said(action: str, order_id: int, side: str, tick: int, size: int, at_ns: int) -> Record:
    """A record that is an event of its own, received ``at_ns`` after START."""
    time = START + at_ns
    price = (BASE + tick) * 250_000_000
    return Record(order_id, action, side, price, size, F_LAST, time, time, 0)


def only(rows: list[Row], **wanted: object) -> Row:
    """The single row with these values."""
    found = [row for row in rows if wanted.items() <= row.items()]
    assert len(found) == 1
    return found[0]


def flow(*records: Record) -> list[Row]:
    """Rows of the window from START to END."""
    return flow_5s(changes(records), START, END)


def test_an_edge_belongs_to_the_bucket_that_it_begins() -> None:
    times = [-1, 0, BUCKET_NS - 1, BUCKET_NS, 2 * BUCKET_NS]
    rows = flow(*[said("A", o, "B", 0, 1, at) for o, at in enumerate(times, start=1)])
    counts = [(row["bucket_end_ns"] - START, row["depth_start"], row["n_add"]) for row in rows]
    assert counts == [(BUCKET_NS, 1, 2), (2 * BUCKET_NS, 3, 1)]


def test_depth_is_weighted_by_the_time_it_rests() -> None:
    rows = flow(
        said("A", 1, "B", 0, 4, -7),
        said("A", 2, "B", 0, 6, 2_000_000_000),
        said("C", 1, "B", 0, 0, 4_000_000_000),
    )
    row = only(rows, side="bid", tick=BASE)
    assert row["depth_twa_ns"] == 4 * 5_000_000_000 + 6 * 3_000_000_000 - 4 * 1_000_000_000
    assert row["depth_twa"] == (4 * 4 + 6 * 3) / 5
    assert (row["depth_start"], row["depth_end"], row["orders_end"]) == (4, 6, 1)


def test_every_kind_falls_into_its_own_column() -> None:
    rows = flow(
        said("A", 1, "B", 0, 9, 0),
        said("M", 1, "B", 0, 10, 1),
        replace(said("F", 1, "B", 0, 2, 2), flags=0),
        said("M", 1, "B", 0, 8, 3),
        replace(said("F", 1, "B", 0, 1, 4), flags=0),
        said("M", 1, "B", 0, 9, 5),
        said("M", 1, "B", 1, 9, 6),
        said("M", 1, "B", 0, 9, 7),
        said("M", 1, "B", 0, 4, 8),
        said("F", 1, "B", 0, 1, 9),
        said("F", 8, "B", 0, 5, 10),
        said("C", 8, "B", 0, 6, 11),
        said("M", 2, "B", 0, 2, 12),
        replace(said("A", 3, "B", 0, 1, 13), flags=F_LAST | F_SNAPSHOT),
        said("R", 0, "N", 0, 0, 14),
    )
    row = only(rows, tick=BASE)
    assert {name: row[name] for name in row if name.endswith("_qty")} == {
        "snapshot_qty": 1,
        "add_qty": 11,
        "size_up_qty": 1,
        "refill_qty": 1,
        "in_up_qty": 0,
        "in_down_qty": 9,
        "pull_qty": 5,
        "fill_qty": 2,
        "out_up_qty": 9,
        "out_down_qty": 0,
        "clear_qty": 7,
        "hidden_fill_qty": 2,
        "unknown_fill_qty": 5,
        "unknown_cancel_qty": 6,
        "pull_500ms_qty": 0,
        "pull_5s_qty": 0,
        "pull_60s_qty": 0,
    }
    assert (row["n_add"], row["n_pull"], row["n_fill"], row["n_unknown"]) == (2, 1, 1, 2)
    assert (row["depth_end"], row["orders_end"]) == (0, 0)


def test_pulled_lots_are_told_apart_by_age() -> None:
    births = {1: -60_000_000_000, 2: -59_999_999_999, 3: -5_000_000_000, 4: -500_000_000, 5: -1}
    adds = [said("A", o, "A", 0, 10**o, at) for o, at in births.items()]
    row = only(flow(*adds, *[said("C", o, "A", 0, 0, 0) for o in births]), side="ask")
    assert row["pull_qty"] == 111_110
    assert row["pull_500ms_qty"] == 11_110
    assert row["pull_5s_qty"] == 1_110
    assert row["pull_60s_qty"] == 10


def test_depth_has_a_row_wherever_and_as_long_as_size_rests() -> None:
    records = [
        said("A", 1, "B", 0, 4, -9),
        said("A", 2, "B", 0, 1, 0),
        said("A", 3, "A", 2, 5, 1),
        said("C", 3, "A", 2, 0, BUCKET_NS),
    ]
    found = [tuple(row.values()) for row in depth_5s(changes(records), START, END)]
    assert found == [
        (START + BUCKET_NS, "ask", BASE + 2, 5, 1, True),
        (START + BUCKET_NS, "bid", BASE, 5, 2, True),
        (START + 2 * BUCKET_NS, "bid", BASE, 5, 2, False),
    ]


def test_best_quotes_are_those_of_the_book_and_none_where_a_side_is_empty() -> None:
    records = [
        said("A", 1, "B", 0, 4, 0),
        said("A", 2, "B", -1, 9, 0),
        said("A", 3, "A", 2, 5, BUCKET_NS),
        said("A", 4, "A", 2, 1, BUCKET_NS),
    ]
    rows = [tuple(row.values()) for row in bbo_5s(changes(records), START, END)]
    assert rows == [
        (START + BUCKET_NS, BASE, 4, 1, None, None, None),
        (START + 2 * BUCKET_NS, BASE, 4, 1, BASE + 2, 6, 2),
    ]


def test_trades_are_summed_by_the_side_that_took() -> None:
    records = [
        said("T", 9, "B", 0, 4, -1),
        said("T", 9, "B", 0, 3, 0),
        said("T", 9, "A", 0, 2, BUCKET_NS - 1),
        said("T", 0, "N", 0, 7, 5),
        said("F", 1, "A", 0, 3, 0),
        said("T", 9, "B", 1, 1, BUCKET_NS),
    ]
    assert [tuple(row.values()) for row in trades_5s(records, START, END)] == [
        (START + BUCKET_NS, BASE, 3, 2, 7, 3),
        (START + 2 * BUCKET_NS, BASE + 1, 1, 0, 0, 1),
    ]


def test_a_window_of_half_a_bucket_is_refused() -> None:
    with pytest.raises(ValueError, match="no whole number"):
        flow_5s([], START, END + 1)


def test_a_broken_row_is_found() -> None:
    row = flow(said("A", 1, "B", 0, 4, 0))[0]
    assert breaches([row]) == []
    assert len(breaches([row | {"depth_end": 5}])) == 1
    assert len(breaches([row | {"in_up_qty": 1, "depth_end": 5}])) == 1
    assert len(breaches([row | {"n_add": -1}])) == 1


@examples(15)
@given(records=streams(crossed=True))
def test_depth_is_conserved_and_what_leaves_a_price_arrives_at_another(
    records: list[Record],
) -> None:
    assert breaches(flow_5s(changes(records), *WINDOW)) == []


@examples(15)
@given(records=streams(crossed=True))
def test_depth_is_what_the_orders_of_the_book_add_up_to(records: list[Record]) -> None:
    found: dict[tuple[int, str, int], tuple[int, int]] = {}
    for end in range(WINDOW[0] + BUCKET_NS, WINDOW[1] + 1, BUCKET_NS):
        book = Book()
        for record in records:
            if record.ts_recv < end:
                book.feed(record)
        book.flush()
        for order in book.resting.values():
            depth, orders = found.get((end, order.side, order.tick), (0, 0))
            found[end, order.side, order.tick] = depth + order.size, orders + 1
    rows = [tuple(row.values()) for row in depth_5s(changes(records), *WINDOW)]
    assert {row[:3]: row[3:5] for row in rows} == found


@examples(15)
@given(records=streams(crossed=True))
def test_every_lot_of_every_fill_is_attributed_once(records: list[Record]) -> None:
    found = list(changes(records))
    sided = {record.order_id for record in records if record.action == "F" and record.side == "N"}
    filled = sum(r.size for r in records if r.action == "F" and r.order_id not in sided)
    kinds = ("fill", "hidden_fill", "unknown_fill")
    assert filled == sum(c.qty for c in found if c.kind in kinds and c.order_id not in sided)


@examples(15)
@given(records=streams(crossed=True))
def test_a_longer_window_only_adds_buckets(records: list[Record]) -> None:
    found: list[Change] = list(changes(records))
    short = [b for b in buckets(found, WINDOW[0], WINDOW[1]) if b.end_ns <= WINDOW[0] + BUCKET_NS]
    assert short == list(buckets(found, WINDOW[0], WINDOW[0] + BUCKET_NS))
