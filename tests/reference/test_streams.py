"""The random events hold what they are meant to hold, and survive the vendor's format."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

from hypothesis import given

from drawn import examples
from reference.acts import ACTS
from reference.book import changes
from reference.buckets import BUCKET_NS, KINDS, bbo_5s
from reference.records import F_LAST, Record
from streams import WINDOW_NS, WINDOW_START_NS, by_chance, read, streams, write


def test_every_kind_of_change_and_record_comes_up() -> None:
    found = [change for seed in range(20) for change in changes(by_chance(seed))]
    kinds = Counter(change.kind for change in found)
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= 20
    assert {r.action for seed in range(20) for r in by_chance(seed)} == set("ACMRTFNX")


def test_sensible_events_outweigh_noise() -> None:
    kinds = Counter(c.kind for seed in range(20) for c in changes(by_chance(seed)))
    assert kinds["fill"] > kinds["unknown_fill"]
    assert kinds["fill"] > kinds["hidden_fill"]
    assert kinds["pull"] > kinds["clear"]


def test_orders_leave_and_arrive_on_bucket_edges() -> None:
    offsets = Counter((r.ts_recv - WINDOW_START_NS) % BUCKET_NS for r in by_chance(1, acts=1_000))
    assert offsets[0] >= 10
    assert offsets[BUCKET_NS - 1] >= 10


@examples(15)
@given(records=streams())
def test_a_book_that_may_not_cross_does_not(records: list[Record]) -> None:
    for row in bbo_5s(changes(records), WINDOW_START_NS, WINDOW_START_NS + WINDOW_NS):
        if row["bid_tick"] is not None and row["ask_tick"] is not None:
            assert row["bid_tick"] < row["ask_tick"]


@examples(15)
@given(records=streams(crossed=True))
def test_records_arrive_in_file_order(records: list[Record]) -> None:
    assert [record.row_no for record in records] == list(range(len(records)))
    assert all(a.ts_recv <= b.ts_recv for a, b in pairwise(records))


def test_events_of_many_records_and_events_never_closed_come_up() -> None:
    records = by_chance(2, acts=1_000)
    closed = sum(bool(record.flags & F_LAST) for record in records)
    assert len(ACTS) < closed < len(records) / 2
    assert any(not by_chance(seed)[-1].flags & F_LAST for seed in range(20))


def test_records_survive_the_vendors_file_format(tmp_path: Path) -> None:
    records = by_chance(3)
    assert read(write(tmp_path / "day.mbo.dbn.zst", records)) == records
