"""Null means not defined: nothing to compare, out of reach, or a value before that is null."""

from __future__ import annotations

from functools import cache

import pytest

from pressure.harness import FEATURES, Found, pressure
from pressure.markets import LEVELS, market
from reference.buckets import BUCKET_NS
from spymaster.features import Feature

ALL = [
    pytest.param(relation, feature, id=f"{relation.split('.')[1]}.{feature.name}")
    for relation in FEATURES
    for feature in FEATURES[relation]
]
SUPPORTED = [param for param in ALL if param.values[1].support is not None]  # type: ignore[union-attr]

SEEDS = (4, 5, 6, 7, 13, 15, 23, 31)
"""Markets of every shape, in which each feature has values."""


@cache
def found(relation: str) -> list[Found]:
    """Return the rows of a relation around one level in a few markets, one of each shape."""
    return _all_found()[relation]


@cache
def _all_found() -> dict[str, list[Found]]:
    built: dict[str, list[Found]] = {relation: [] for relation in FEATURES}
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
