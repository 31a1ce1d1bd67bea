"""The reference book on real records of the vendor."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from reference.book import Book
from reference.buckets import BUCKET_NS, bbo_5s, breaches, flow_5s, trades_5s
from reference.cells import Level, cells_5s
from reference.features import ratios, states_5s
from reference.markets import observe
from reference.records import F_SNAPSHOT, Change, Record
from streams import read

pytestmark = pytest.mark.thorough

TEN_PM_NS = 1_703_541_600_000_000_000
"""2023-12-25 22:00 UTC, 17:00 New York, ns since 1970."""
HOUR_NS = 3_600_000_000_000
WINDOW = TEN_PM_NS, TEN_PM_NS + 2 * HOUR_NS
OPEN_NS = TEN_PM_NS + HOUR_NS
"""End of the pre-open, in which the book may cross."""


Replay = tuple[list[Record], list[Change], Book]


@cache
def replay(path: Path) -> Replay:
    """A file's records, what they changed, and the book they leave."""
    records, book = read(path), Book()
    found = [change for record in records for change in book.feed(record)]
    return records, found + book.flush(), book


@pytest.fixture
def esh4(shared_data: Path) -> Replay:
    """ES March 2024: a snapshot, then two hours around a holiday's re-open."""
    return replay(shared_data / "glbx" / "esh4-20231225.mbo.dbn.zst")


@pytest.fixture
def esm4(shared_data: Path) -> Replay:
    """ES June 2024: a clear, a snapshot, then two seconds."""
    return replay(shared_data / "glbx" / "esm4-20240508.mbo.dbn.zst")


def test_esh4_ends_with_the_book_that_is_known(esh4: Replay) -> None:
    records, found, book = esh4
    assert len(records) == 68_792
    assert lots(found)["snapshot"] == 38_304
    assert len(book.resting) == 11_217
    assert list(bbo_5s(found, *WINDOW)[-1].values())[1:] == [19_240, 22, 22, 19_241, 28, 18]


def test_esh4_names_no_unknown_order(esh4: Replay) -> None:
    assert not [change for change in esh4[1] if change.is_unknown]


def test_esh4_is_in_order_of_arrival(esh4: Replay) -> None:
    assert all(a.ts_recv <= b.ts_recv for a, b in pairwise(esh4[0]))


def test_esh4_never_crosses_after_the_auction(esh4: Replay) -> None:
    rows = [row for row in bbo_5s(esh4[1], *WINDOW) if row["bucket_end_ns"] > OPEN_NS]
    assert len(rows) == 720
    assert all(row["bid_tick"] < row["ask_tick"] for row in rows)


def test_esh4_conserves_depth(esh4: Replay) -> None:
    rows = flow_5s(esh4[1], *WINDOW)
    assert breaches(rows) == []
    assert len(rows) == 15_830


def test_esh4_attributes_every_fill_but_those_of_orders_that_never_rested(esh4: Replay) -> None:
    """At the uncross seven F without a side, 14 lots, name orders the book has never seen."""
    found = lots(esh4[1])
    assert sum(record.size for record in esh4[0] if record.action == "F") == 10_201
    assert found["fill"] + found["hidden_fill"] == 10_201 - 14
    assert found["hidden_fill"] == 334
    assert found["refill"] == 172
    assert found["unknown_fill"] == 0


def test_esh4_trades_as_much_as_was_counted(esh4: Replay) -> None:
    rows = trades_5s(esh4[0], *WINDOW)
    volume = Counter[int]()
    for row in rows:
        volume[row["bucket_end_ns"]] += row["buy_qty"] + row["sell_qty"] + row["unsided_qty"]
    assert volume.total() == 9_892
    assert sum(row["unsided_qty"] for row in rows) == 44
    assert len(volume) == 519
    assert min(volume) == OPEN_NS + BUCKET_NS
    assert [volume[OPEN_NS + n * BUCKET_NS] for n in (1, 2, 3)] == [221, 21, 18]


def test_esm4_starts_from_a_clear_and_a_snapshot(esm4: Replay) -> None:
    records, found, book = esm4
    assert records[0].action == "R"
    assert sum(bool(record.flags & F_SNAPSHOT) for record in records) == 13_601
    assert sum(change.kind == "snapshot" for change in found) == 13_600
    assert lots(found)["clear"] == 0
    assert len(book.resting) == 13_598


def test_esm4_conserves_depth_from_an_empty_book(esm4: Replay) -> None:
    start_ns = esm4[0][-1].ts_recv // BUCKET_NS * BUCKET_NS
    window = start_ns, start_ns + BUCKET_NS
    rows = flow_5s(esm4[1], *window)
    assert breaches(rows) == []
    assert {row["depth_start"] for row in rows} == {0}
    assert list(bbo_5s(esm4[1], *window)[0].values())[1:] == [20_856, 28, 22, 20_857, 17, 11]


def test_esh4_pressure_is_defined_and_bounded(esh4: Replay) -> None:
    """The last five minutes, around the best ask of the end."""
    minutes = observe(esh4[0], WINDOW[1] - 60 * BUCKET_NS, WINDOW[1])
    level = Level("L", 19_241)
    rows = states_5s(minutes, level)
    assert len(rows) == 60
    assert rows[-1]["dist_ticks"] == -0.5
    for name in ("ask_above_higher", "bid_below_lower"):
        assert all(-1 <= row[name + frame] <= 1 for row in rows for frame in ("", "_touch"))
    for row in cells_5s(minutes, level):
        assert all(ratio is None or -1 <= ratio <= 1 for ratio in ratios(row).values())


def lots(found: list[Change]) -> Counter[str]:
    """Lots by kind."""
    sums = Counter[str]()
    for change in found:
        sums[change.kind] += change.qty
    return sums
