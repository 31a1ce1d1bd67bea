"""What setups and forecasts keep when the market is mirrored, scaled, moved or cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from math import isclose
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from drawn import examples, usual
from reference.book import is_cut_between
from reference.buckets import BUCKET_NS
from reference.markets import reflected, scaled, shifted
from reference.records import Record
from reference.scribe import BASE_TICK
from reference.touches import Levels
from setups.desk import WAITS, Day, Desk, Row
from setups.harness import BUCKETS, START, Key, setups
from setups.markets import LEVELS, market
from setups.test_analogs import days

few = examples(2)
SETUP = ("cluster_id", "touched_at", "wait_s")
GRAINS = {
    "setups.decisions": SETUP,
    "setups.segments": (*SETUP, "segment", "place"),
    "setups.vectors": SETUP,
    "setups.outcomes": (*SETUP, "horizon_s"),
    "setups.walks": ("horizon_s",),
}
LOTS = ("_qty", "depth_twa_ns", "depth_start", "depth_end", "moment_start", "moment_end")
"""Ends of the names of what counts lots."""
FLIPPED, PLACED = ("dir",), ("tick", "price", "decision_mid")
AXIS = BASE_TICK + 2
"""Level about which the market is mirrored."""
Rows = dict[str, dict[Key, dict[str, Any]]]


def everything(records: Sequence[Record], levels: Levels) -> Rows:
    built = setups().around(records, levels)
    return {relation: built.by(relation, *keys) for relation, keys in GRAINS.items()}


def test_setups_of_one_market_know_neither_side_nor_size_of_a_lot_nor_price() -> None:
    all_at_once(7, 3, 11)


@pytest.mark.thorough
@usual
@given(st.integers(0, 1_000_000), st.integers(2, 9), st.integers(-300, 300).filter(bool))
def test_setups_know_neither_side_nor_size_of_a_lot_nor_price(
    seed: int, times: int, ticks: int
) -> None:
    all_at_once(seed, times, ticks)


def all_at_once(seed: int, times: int, ticks: int) -> None:
    """Do all three, so that a market is built twice and not four times."""
    records = market(seed, BUCKETS)
    moved = shifted(scaled(reflected(records, AXIS), times), ticks)
    levels = {
        name: [replace(one, tick=2 * AXIS - one.tick + ticks) for one in rows]
        for name, rows in LEVELS.items()
    }
    own, other = everything(records, LEVELS), everything(moved, levels)
    assert own["setups.decisions"]
    for relation, rows in own.items():
        assert rows.keys() == other[relation].keys(), relation
        for key, row in rows.items():
            for name, value in row.items():
                found = other[relation][key][name]
                assert same(found, turned(name, value, times, ticks)), (relation, key, name)


def turned(name: str, value: Any, times: int, ticks: int) -> Any:
    """Return what the other market should have where this one has a value."""
    if value is None:
        return None
    if name in FLIPPED:
        return -value
    if name in PLACED:
        size = 1 if name == "tick" else 0.25
        return (2 * AXIS + ticks) * size - value
    return value * times if name.endswith(LOTS) else value


def same(found: Any, wanted: Any) -> bool:
    """Compare; numbers of a vector are of single precision."""
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    if isinstance(wanted, float) and found is not None:
        return isclose(found, wanted, rel_tol=1e-6, abs_tol=1e-12)
    return bool(found == wanted)


def test_a_setup_of_one_market_knows_only_its_past_and_an_outcome_its_horizon() -> None:
    records = market(7, BUCKETS)
    past = records_before(records, 60)
    assert past
    assert only_past(records, past, 60) > 0


@pytest.mark.thorough
@usual
@given(st.integers(0, 1_000_000), st.integers(30, BUCKETS - 5))
def test_a_setup_knows_only_its_past_and_an_outcome_its_horizon(seed: int, bucket: int) -> None:
    records = market(seed, BUCKETS)
    past = records_before(records, bucket)
    assume(past)
    assume(only_past(records, past, bucket) > 0)  # a market without a decision shows nothing


def records_before(records: Sequence[Record], bucket: int) -> list[Record]:
    """Return the records before the end of a bucket, none where an event straddles the end.

    Such an event is known when it ends.
    """
    past = [one for one in records if one.ts_recv < START + bucket * BUCKET_NS]
    return past if is_cut_between(past[-1], records[len(past)]) else []


def only_past(records: Sequence[Record], past: Sequence[Record], bucket: int) -> int:
    """Compare what is known at the end of a bucket with what comes of the records before it.

    Returns how many decisions that is.
    """
    end = START + bucket * BUCKET_NS
    own, other = everything(records, LEVELS), everything(past, LEVELS)
    decided = {key: row["decided_at"] for key, row in own["setups.decisions"].items()}
    for relation in ("setups.decisions", "setups.segments", "setups.vectors", "setups.outcomes"):
        ahead = 1_000_000_000 * (relation == "setups.outcomes")
        before = {
            key: row
            for key, row in own[relation].items()
            if decided[key[:3]] + ahead * row.get("horizon_s", 0) <= end
        }
        assert before == {key: other[relation].get(key) for key in before}, relation
    return sum(at <= end for at in decided.values())


FORECASTS = (
    *("norms", "relevance", "neighbours", "cards", "candidates", "weights", "forecasts"),
    "reliability",
)


@pytest.mark.thorough
@few
@given(st.integers(0, 1_000_000))
@example(1)
def test_forecasts_know_neither_the_way_of_travel_nor_later_touches_nor_threads(seed: int) -> None:
    history = list(days(seed, 10))
    assume(len(history[-1].decisions) > len(WAITS))
    own, other = Desk(), Desk(threads=4)
    for day in history:
        own.add(day)
        other.add(mirrored(cut(day) if day is history[-1] else day))
    last, kept = history[-1].session, {key_of(row) for row in cut(history[-1]).decisions}
    for name in FORECASTS:
        for day in history:
            rows, found = (desk.rows(f"analogs.{name}", day.session) for desk in (own, other))
            if day.session == last:
                rows = [row for row in rows if "cluster_id" not in row or key_of(row) in kept]
            assert sorted(map(repr, rows)) == sorted(map(repr, found)), name


def mirrored(day: Day) -> Day:
    """Return the day of the other side; vectors and outcomes are along the travel already."""
    return replace(day, decisions=[row | {"dir": -row["dir"]} for row in day.decisions])


def cut(day: Day) -> Day:
    """Return the day up to its middle touch; what came of the rest and how far price went, too."""
    times = sorted({row["touched_at"] for row in day.decisions})
    until = times[len(times) // 2] if times else datetime.max
    kept = {
        name: [row for row in day.rows(f"setups.{name}") if row["touched_at"] <= until]
        for name in ("decisions", "vectors", "outcomes")
    }
    return replace(day, **kept, walks=[])


def key_of(row: Row) -> Key:
    return row["cluster_id"], row["touched_at"], row["wait_s"]
