"""Ratios and states of a level, on examples small enough to check by hand, and their symmetry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import examples
from reference.book import is_cut_between
from reference.buckets import BUCKET_NS, Row
from reference.cells import Level
from reference.features import STATES, pressure, ratios, states_5s, with_differences
from reference.markets import observe, reflected, scaled, shifted, states
from reference.records import Record
from reference.scribe import BASE_TICK
from reference.test_cells import START, WINDOW, cell, first_bucket, said
from streams import by_chance, streams

QUOTES = (said("A", 91, "B", -2, 1), said("A", 92, "A", 1, 1))
"""Bid two ticks below the level, ask one above."""
MIRROR = {
    "ask_above_higher": "bid_below_lower",
    "ask_above_drain": "bid_below_drain",
    "bid_below_lower": "ask_above_higher",
    "bid_below_drain": "ask_above_drain",
}
NUMBERS = (*STATES, "net", "vacuum")


def state(*records: Record) -> Row:
    """The states of a level at BASE_TICK in the first bucket."""
    return states(records, BASE_TICK, START, START + BUCKET_NS)[0]


def test_ratios_compare_what_their_names_say() -> None:
    moment = first_bucket(
        said("A", 1, "A", 1, 8),
        said("A", 2, "A", 2, 4),
        said("A", 3, "A", 3, 3, 0),
        said("C", 2, "A", 2, 1, 0),
        said("M", 2, "A", 6, 3, 0),
    )
    found = ratios(cell(moment, "ask", "above", 1))
    assert found["pull_add"] == -0.5
    assert found["pull_add_gross"] == (4 - 3) / (4 + 3)
    assert found["pull_add_count"] == 0
    assert found["fill_pull"] == -1
    assert found["build"] == (3 - 4) / (3 + 4)
    assert found["out_direction"] == 1
    assert found["pull_intensity"] == 1 / (1 + 11)
    assert found["out_intensity"] == 3 / (3 + 11)


def test_ratios_are_undefined_where_the_side_cannot_rest() -> None:
    moment = first_bucket(
        said("A", 1, "A", 3, 5), said("A", 2, "B", 40, 1), said("A", 3, "A", 3, 1, 0)
    )
    row = cell(moment, "ask", "above", 1)
    assert row["add_qty"] == 1
    assert set(ratios(row).values()) == {None}


def test_asks_that_move_away_are_higher_and_bids_that_move_away_are_lower() -> None:
    found = state(
        *QUOTES,
        said("A", 1, "A", 3, 3),
        said("A", 2, "B", -6, 3),
        said("M", 1, "A", 11, 3, 0),
        said("M", 2, "B", -10, 3, 0),
    )
    before, after = (1 + 9) / 4, (1 + 33) / 4
    assert found["ask_above_higher"] == pytest.approx(
        (after - before) / (after + before), abs=1e-15
    )
    before, after = (2 + 18) / 4, (2 + 30) / 4
    assert found["bid_below_lower"] == pytest.approx((after - before) / (after + before), abs=1e-15)
    assert (found["ask_above_drain"], found["bid_below_drain"]) == (None, None)
    assert (found["net"], found["vacuum"]) == (None, None)
    assert found["code"] == 1 + 4


def test_only_pulls_and_adds_of_the_passive_quadrants_drain() -> None:
    found = state(
        *QUOTES,
        said("A", 1, "A", 5, 3, 0),
        said("C", 1, "A", 5, 1, 1),
        said("A", 2, "B", -5, 2, 0),
        said("C", 2, "B", -5, 2, 1),
        said("A", 3, "B", 0, 9, 2),
        said("A", 4, "A", 21, 9, 2),
    )
    assert found["ask_above_drain"] == -0.5
    assert found["bid_below_drain"] == 0
    assert found["code"] & 0b1010 == 0


def test_net_and_vacuum_are_the_two_halves_of_pressure() -> None:
    found = pressure([0.5, 0.25, -0.5, 0.0], "")
    assert (found["p_above"], found["p_below"]) == (0.375, 0.25)
    assert (found["net"], found["vacuum"]) == (0.3125, 0.0625)
    assert found["code"] == 3


def test_a_state_is_undefined_where_its_zone_cannot_be_reached() -> None:
    """With the bid 17 ticks above the level, 3 of 20 ticks are left to asks."""
    rising = (said("A", 1, "B", 17, 1), said("A", 2, "A", 19, 1), said("A", 3, "A", 20, 1, 0))
    assert state(*rising)["ask_above_drain"] is None
    assert state(*rising)["ask_above_drain_touch"] == -1
    reachable = (said("A", 1, "B", 16, 1), *rising[1:])
    assert state(*reachable)["ask_above_drain"] == -1


def test_a_ladder_that_moves_with_its_quote_stands_still_in_the_touch_frame() -> None:
    moved = (said("M", 92, "A", 3, 1, 0), said("M", 1, "A", 7, 4, 0))
    found = state(*QUOTES, said("A", 1, "A", 5, 4), *moved)
    assert found["ask_above_higher"] > 0
    assert found["ask_above_higher_touch"] == 0


def test_the_touch_frame_counts_from_the_quote_at_the_start_for_flows() -> None:
    found = state(
        *QUOTES,
        said("A", 1, "A", 0, 5, 0),
        said("A", 2, "A", 20, 3, 0),
        said("A", 3, "A", 21, 7, 0),
        said("C", 2, "A", 20, 1, 1),
    )
    assert found["ask_above_drain_touch"] == (1 - 3) / (1 + 3)
    before, after = 1.0, (5 * 1 + 1 * 2) / 6
    assert found["ask_above_higher_touch"] == pytest.approx(
        (after - before) / (after + before), abs=1e-15
    )


def test_an_empty_book_has_no_state() -> None:
    found = state()
    assert {found[name] for name in NUMBERS} == {None}
    assert {found[f"{name}_touch"] for name in NUMBERS} == {None}
    assert (found["code"], found["code_touch"], found["dist_ticks"]) == (0, 0, None)


def test_distance_is_mid_minus_level() -> None:
    assert state(*QUOTES)["dist_ticks"] == -0.5


def test_differences_need_every_bucket_in_between() -> None:
    ends = [1, 2, 3, 4, 5]
    rows = [{"bucket_end_ns": end, "x": float(end * end)} for end in (1, 2, 4, 5)]
    found = with_differences(rows, ["x"], ends)
    assert [(row["x_d1"], row["x_d2"]) for row in found] == [
        (None, None), (3.0, None), (None, None), (9.0, None),
    ]  # fmt: skip


def assert_mirrored(records: list[Record], level: int) -> int:
    """Return how many rows had a net, so that a test can tell whether it saw any."""
    rows = states(records, level, *WINDOW)
    others = states(reflected(records, level), level, *WINDOW)
    for row, other in zip(rows, others, strict=True):
        for frame in ("", "_touch"):
            for name, mirrored in MIRROR.items():
                assert other[name + frame] == row[mirrored + frame]
            assert other["vacuum" + frame] == row["vacuum" + frame]
            net = row["net" + frame]
            assert other["net" + frame] == (None if net is None else -net)
    return sum(row["net"] is not None for row in rows)


@examples(15)
@given(records=streams(), k=st.integers(-4, 4))
def test_reflection_turns_net_and_keeps_vacuum(records: list[Record], k: int) -> None:
    assert_mirrored(records, BASE_TICK + k)


def test_reflection_holds_where_all_four_states_are_defined() -> None:
    assert sum(assert_mirrored(by_chance(seed), BASE_TICK) for seed in range(40)) >= 20


@examples(15)
@given(records=streams(), times=st.integers(2, 9), ticks=st.integers(-50, 50))
def test_states_know_neither_contract_size_nor_price(
    records: list[Record], times: int, ticks: int
) -> None:
    plain = states(records, BASE_TICK, *WINDOW)
    assert states(scaled(records, times), BASE_TICK, *WINDOW) == plain
    assert states(shifted(records, ticks), BASE_TICK + ticks, *WINDOW) == plain


@examples(15)
@given(records=streams(), bucket=st.integers(1, 6))
def test_a_row_knows_only_its_past(records: list[Record], bucket: int) -> None:
    """Cut between events; one that straddles the cut is known only when it ends."""
    cut = START + bucket * BUCKET_NS
    whole = observe(records, *WINDOW)
    past = [record for record in records if record.ts_recv < cut]
    is_at_end = len(past) == len(records)
    if past and (is_at_end or is_cut_between(past[-1], records[len(past)])):
        assert observe(past, *WINDOW)[:bucket] == whole[:bucket]
    level = Level("L", BASE_TICK)
    assert states_5s(whole, level)[:bucket] == states_5s(whole[:bucket], level)
