"""Cells of a level, on examples small enough to check by hand and on random events."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import examples
from reference.buckets import BUCKET_NS, GAINS, LOSSES, Row
from reference.cells import CELLS, Level, Moment, cells_5s, reach, ticks_of
from reference.markets import observe
from reference.records import F_LAST, Record
from reference.scribe import BASE_TICK
from streams import WINDOW_NS, WINDOW_START_NS, streams

START = WINDOW_START_NS
WINDOW = START, START + WINDOW_NS
LEVEL = Level("L", BASE_TICK)


def said(action: str, order_id: int, side: str, k: int, size: int, at_ns: int = -1) -> Record:
    """A record that is an event of its own, k ticks above the level, ``at_ns`` after START."""
    price, time = (BASE_TICK + k) * 250_000_000, START + at_ns
    return Record(order_id, action, side, price, size, F_LAST, time, time, 0)


def first_bucket(*records: Record) -> Moment:
    """The bucket that begins at START."""
    return observe(records, START, START + BUCKET_NS)[0]


def cell(moment: Moment, side: str, zone: str, band: int) -> Row:
    """One cell of LEVEL."""
    rows = cells_5s([moment], LEVEL)
    return next(r for r in rows if (r["side"], r["zone"], r["band"]) == (side, zone, band))


def test_a_bucket_has_26_cells_even_when_nothing_happens() -> None:
    rows = list(cells_5s([first_bucket()], LEVEL))
    assert [(row["side"], row["zone"], row["band"]) for row in rows] == CELLS
    assert len(CELLS) == 26
    assert all(row["depth_twa"] == row["add_qty"] == 0 for row in rows)


def test_the_ticks_of_the_cells_of_a_side_are_all_there_once() -> None:
    ticks = [
        tick for side, zone, band in CELLS if side == "ask" for tick in ticks_of(zone, band, 0)
    ]
    assert sorted(ticks) == list(range(-40, 41))


@pytest.mark.parametrize(
    ("k", "zone", "band"),
    [(-41, None, None), (-40, "below", 6), (-21, "below", 6), (-20, "below", 5), (-1, "below", 1),
     (0, "at", 0), (4, "above", 1), (5, "above", 2), (20, "above", 5), (41, None, None)],
)  # fmt: skip
def test_a_lot_falls_into_the_cell_of_its_distance(k: int, zone: str, band: int) -> None:
    rows = cells_5s([first_bucket(said("A", 1, "B", k, 3, 0))], LEVEL)
    found = [(row["zone"], row["band"]) for row in rows if row["add_qty"] == 3]
    assert found == ([(zone, band)] if zone else [])


def test_a_cell_adds_up_its_ticks_whether_or_not_they_changed() -> None:
    found = cell(
        first_bucket(
            said("A", 1, "A", 1, 4),
            said("A", 2, "A", 2, 2),
            said("C", 2, "A", 2, 0, 2_000_000_000),
            said("A", 3, "A", 4, 5, 4_000_000_000),
        ),
        "ask",
        "above",
        1,
    )
    assert (found["depth_start"], found["depth_end"], found["orders_end"]) == (6, 9, 2)
    assert (found["add_qty"], found["pull_qty"], found["n_add"], found["n_pull"]) == (5, 2, 1, 1)
    assert found["depth_twa"] == 4 + 2 * 2 / 5 + 5 * 1 / 5


@pytest.mark.parametrize(
    ("start", "end", "left", "arrived"),
    [
        (1, 6, ("above", 1, "out_away"), ("above", 2, "in_away")),
        (6, 1, ("above", 2, "out_toward"), ("above", 1, "in_toward")),
        (-1, -6, ("below", 1, "out_away"), ("below", 2, "in_away")),
        (-6, -1, ("below", 2, "out_toward"), ("below", 1, "in_toward")),
        (1, 0, ("above", 1, "out_toward"), ("at", 0, "in_toward")),
        (-1, 0, ("below", 1, "out_toward"), ("at", 0, "in_toward")),
        (0, 1, ("at", 0, "out_away"), ("above", 1, "in_away")),
        (0, -1, ("at", 0, "out_away"), ("below", 1, "in_away")),
        (-1, 1, ("below", 1, "out_toward"), ("above", 1, "in_away")),
    ],
)
def test_moves_are_told_by_their_travel_from_the_level(
    start: int, end: int, left: tuple[str, int, str], arrived: tuple[str, int, str]
) -> None:
    moment = first_bucket(said("A", 1, "B", start, 7), said("M", 1, "B", end, 7, 0))
    found = {
        (row["zone"], row["band"], f"{move}_{way}")
        for row in cells_5s([moment], LEVEL)
        for move in ("in", "out")
        for way in ("away", "toward")
        if row[f"{move}_{way}_qty"] == 7
    }
    assert found == {left, arrived}


def test_reach_is_the_mean_share_of_ticks_beyond_the_opposite_best() -> None:
    moment = first_bucket(
        said("A", 1, "B", -1, 1), said("A", 2, "B", 2, 1, 0), said("A", 3, "A", 7, 1, 0)
    )
    assert [cell(moment, "ask", "above", band)["reach"] for band in (1, 2)] == [0.75, 1]
    assert cell(moment, "ask", "at", 0)["reach"] == 0.5
    assert cell(moment, "ask", "below", 1)["reach"] == 0
    assert cell(moment, "bid", "above", 2)["reach"] == (1 + 2 / 4) / 2
    assert cell(moment, "bid", "above", 3)["reach"] == 0.5


def test_reach_is_exact_at_a_fifth() -> None:
    """Of twenty ticks one is beyond at the start and seven at the end: a fifth, not just below."""
    moment = first_bucket(said("A", 1, "B", 39, 1), said("M", 1, "B", 33, 1, 0))
    assert reach(moment, "ask", ticks_of("above", 6, BASE_TICK)) * 5 == 1
    assert cell(moment, "ask", "above", 6)["reach"] == 0.2


@pytest.mark.parametrize(
    ("known_at_ns", "valid_to_ns", "used"),
    [(0, None, 6), (START, None, 6), (START + 1, None, 5), (0, START + BUCKET_NS, 1),
     (0, START + BUCKET_NS + 1, 2), (START + BUCKET_NS, START + 3 * BUCKET_NS, 2)],
)  # fmt: skip
def test_a_level_is_used_where_it_is_known_and_valid_at_the_start(
    known_at_ns: int, valid_to_ns: int | None, used: int
) -> None:
    level = Level("L", BASE_TICK, known_at_ns, valid_to_ns)
    assert len(list(cells_5s(observe([], *WINDOW), level))) == 26 * used


@examples(15)
@given(records=streams(crossed=True), k=st.integers(-6, 6))
def test_cells_conserve_depth_and_add_up_to_the_whole_flow(records: list[Record], k: int) -> None:
    for moment in observe(records, *WINDOW):
        rows = list(cells_5s([moment], Level("L", BASE_TICK + k)))
        sums = Counter[str]()
        for row in rows:
            row |= {"in_qty": row["in_away_qty"] + row["in_toward_qty"]}
            row |= {"out_qty": row["out_away_qty"] + row["out_toward_qty"]}
            gained = sum(row[f"{kind}_qty"] for kind in GAINS if not kind.startswith("in_"))
            lost = sum(row[f"{kind}_qty"] for kind in LOSSES if not kind.startswith("out_"))
            change = gained + row["in_qty"] - lost - row["out_qty"]
            assert row["depth_end"] - row["depth_start"] == change
            assert 0 <= row["reach"] <= 1
            sums.update({name: row[name] for name in ("add_qty", "fill_qty", "n_pull")})
        flow = list(moment.flow.values())
        assert {name: sum(row[name] for row in flow) for name in sums} == sums
        assert sum(row["depth_end"] for row in rows) == sum(moment.depth_end.values())
