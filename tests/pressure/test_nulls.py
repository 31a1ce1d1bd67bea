"""Null means not defined: nothing to compare, out of reach, or a value before that is null."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from pressure.harness import FEATURES, KEYS, WIDE, Found, pressure
from pressure.markets import DENSE, LEVELS, market
from reference.buckets import BUCKET_NS
from sandboxes import Row
from spymaster.features import Feature

ALL = [
    pytest.param(relation, feature, id=f"{relation.split('.')[1]}.{feature.name}")
    for relation in FEATURES
    for feature in FEATURES[relation]
]
SUPPORTED = [param for param in ALL if param.values[1].support is not None]  # type: ignore[union-attr]

SEEDS = (5, 13, 31, DENSE)
"""Markets of every shape, in which each feature and each difference has values."""


@cache
def found(relation: str) -> list[Found]:
    """Return the rows of a relation around one level in a few markets, one of each shape."""
    return _all_found()[relation]


@cache
def _all_found() -> dict[str, list[Found]]:
    built: dict[str, list[Found]] = {name: [] for name in KEYS if name != WIDE}
    for seed in SEEDS:
        pressure().around(market(seed, acts=300), {"FIXED": LEVELS["FIXED"]})
        for relation, rows in built.items():
            rows.append(pressure().found(relation))
    return built


@pytest.mark.parametrize(("relation", "feature"), SUPPORTED)
def test_a_ratio_is_null_exactly_without_support_or_reach(relation: str, feature: Feature) -> None:
    for rows in found(relation):
        for key, row in rows.items():
            is_defined = bool(row[f"{feature.name}_support"]) and row.get("reach", 1) >= 0.2
            assert (row[feature.name] is not None) == is_defined, (key, row[feature.name])


@pytest.mark.parametrize(("relation", "feature"), ALL)
def test_a_difference_is_null_exactly_where_a_value_before_is(
    relation: str, feature: Feature
) -> None:
    for rows in found(relation):
        for (end, *place), row in rows.items():
            lags = [rows.get((int(str(end)) - n * BUCKET_NS, *place)) for n in range(4)]
            known = [lag is not None and lag[feature.name] is not None for lag in lags]
            for order in (1, 2, 3):
                value = row[f"{feature.name}_d{order}"]
                assert (value is not None) == all(known[: order + 1]), (end, place, order)


@pytest.mark.parametrize(("relation", "feature"), ALL)
def test_a_feature_has_values_and_they_lie_in_its_range(relation: str, feature: Feature) -> None:
    values = [row[feature.name] for rows in found(relation) for row in rows.values()]
    known = [value for value in values if value is not None]
    assert len(set(known)) > 1, "the markets of this test never show it"
    if feature.low is not None and feature.high is not None:
        assert feature.low <= min(known)
        assert max(known) <= feature.high


@pytest.mark.parametrize(("relation", "feature"), ALL)
def test_a_difference_lies_in_the_range_that_its_column_promises(
    relation: str, feature: Feature
) -> None:
    for order in (1, 2, 3):
        width = feature.width(order)
        if width is not None:
            moved = [
                r[f"{feature.name}_d{order}"] for rows in found(relation) for r in rows.values()
            ]
            assert max(abs(value) for value in moved if value is not None) <= width


@pytest.mark.parametrize(
    ("side", "zone", "moved", "drained"),
    [
        ("ask", "above", "ask_above_higher", "ask_above_drain"),
        ("bid", "below", "bid_below_lower", "bid_below_drain"),
    ],
)
def test_a_state_is_null_exactly_without_reach_or_anything_to_compare(
    side: str, zone: str, moved: str, drained: str
) -> None:
    for cells, touch, states in _together("cells_5s", "touch_5s", "states_5s"):
        for (end,), row in states.items():
            own = [cells[end, side, zone, band] for band in range(1, 6)]
            n_reach = sum(cell["n_reach_start"] + cell["n_reach_end"] for cell in own)
            is_reached = 5 * n_reach >= 2 * sum(cell["n_ticks"] for cell in own)
            assert (row[moved] is not None) == (
                is_reached and _has(own, "depth_start", "depth_end")
            )
            assert (row[drained] is not None) == (is_reached and _flows(own))
            quote = [touch[end, side]]
            is_deep = _has(quote, "depth_start", "depth_end")
            assert (row[f"{moved}_touch"] is not None) == is_deep
            assert (row[f"{drained}_touch"] is not None) == _flows(quote)


@pytest.mark.parametrize("frame", ["", "_touch"])
def test_pressure_is_null_exactly_where_a_state_is(frame: str) -> None:
    above = {"ask_above_higher", "ask_above_drain"}
    below = {"bid_below_lower", "bid_below_drain"}
    for (states,) in _together("states_5s"):
        for row in states.values():
            for name, made_of in {
                "p_above": above,
                "p_below": below,
                "net": above | below,
                "vacuum": above | below,
            }.items():
                is_null = any(row[state + frame] is None for state in made_of)
                assert (row[name + frame] is None) == is_null


def test_a_distance_is_null_exactly_without_both_quotes_or_volatility() -> None:
    for touch, states in _together("touch_5s", "states_5s"):
        for (end,), row in states.items():
            quotes = [touch[end, side]["best_end"] for side in ("bid", "ask")]
            assert (row["dist_ticks"] is None) == (None in quotes)
            is_known = row["dist_ticks"] is not None and row["sigma_ticks"] is not None
            assert (row["dist_sigma"] is not None) == is_known


def _together(*relations: str) -> Iterator[tuple[Found, ...]]:
    yield from zip(*(found(f"pressure.{name}") for name in relations), strict=True)


def _has(rows: list[Row], *names: str) -> bool:
    return all(sum(row[name] for row in rows) > 0 for name in names)


def _flows(rows: list[Row]) -> bool:
    return any(row["pull_qty"] + row["add_qty"] > 0 for row in rows)
