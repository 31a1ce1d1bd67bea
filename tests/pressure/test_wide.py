"""The wide form holds what the long relations hold, and spans what their cells hold together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given

from drawn import usual
from pressure import expected
from pressure.harness import END, LARGE_QTY, REGISTRY, START, Found, Pressure, wide
from pressure.markets import DENSE, LEVELS, market, seeds
from pressure.test_derivations import agree
from reference.book import changes
from reference.markets import observe
from reference.orders import behind
from reference.records import Record
from spymaster.features import columns_of

DIFFERENCES = ("", "_d1", "_d2", "_d3")
LEVEL = LEVELS["MOVING"]


def test_there_is_a_column_for_each_core_feature_and_place() -> None:
    names = [feature.name for feature in columns_of(REGISTRY.wide)]
    assert len(set(names)) == len(names) == 231
    assert {"pull_add__ask_above_near", "centre_move__bid_below", "net", "buy_sell"} <= set(names)
    assert {"vol_demand_60s__0dte_above", "gex_asym__all"} <= set(names)
    core = [feature for relation in REGISTRY for feature in REGISTRY[relation] if feature.is_core]
    carried = {feature.name for part in REGISTRY.wide for feature in part.features}
    assert carried == {feature.name for feature in core}


def test_wide_is_what_is_long_elsewhere_in_the_dense_market() -> None:
    compare(DENSE)


@pytest.mark.thorough
@usual
@given(seeds)
def test_wide_is_what_is_long_elsewhere_and_spans_are_like_one_large_cell(seed: int) -> None:
    compare(seed)


def compare(seed: int) -> None:
    """Compare the wide form with what it is made of, and its spans with the reference."""
    records = market(seed)
    built = wide().around(records, {"L": LEVEL})
    holds_what_is_long_elsewhere(built)
    spans_like_large_cells(built, records)


def holds_what_is_long_elsewhere(built: Pressure) -> None:
    rows = built.found("pressure.features_5s")
    for part in REGISTRY.wide:
        if part.source == "spans" or not part.is_always_there:
            continue
        side, _, zone = part.place.partition("_")
        own = {
            key[0]: row
            for key, row in built.found(part.source).items()
            if not part.place or key[1:] == (side, zone)
        }
        for (end_ns,), row in rows.items():
            for feature in part.features:
                for end in DIFFERENCES:
                    assert row[part.column(feature) + end] == own[end_ns][feature.name + end]


def test_columns_of_options_are_null_in_a_session_without_any() -> None:
    rows = wide().around(market(DENSE), {"L": LEVEL}).found("pressure.features_5s")
    parts = [part for part in REGISTRY.wide if not part.is_always_there]
    columns = [part.column(feature) for part in parts for feature in part.features]
    assert len(columns) == 68
    assert {row[column] for row in rows.values() for column in columns} == {None}


def spans_like_large_cells(built: Pressure, records: list[Record]) -> None:
    known = [record for record in records if record.ts_recv < END]
    moments = observe(known, START, END)
    orders = behind(known, list(changes(known)), [moment.end_ns for moment in moments])
    wanted = expected.spans(moments, LEVEL, orders, LARGE_QTY)
    found = dict(_spans(built.found("pressure.features_5s")))
    own = {name for row in found.values() for name in row}
    agree(
        "features_5s",
        found,
        {key: {name: row[name] for name in own} for key, row in wanted.items()},
    )


def _spans(rows: Found) -> Iterator[tuple[tuple[object, ...], dict[str, object]]]:
    for (end_ns,), row in rows.items():
        for part in REGISTRY.wide:
            if part.source == "spans":
                yield (
                    (end_ns, part.place),
                    {
                        feature.name + end: row[part.column(feature) + end]
                        for feature in part.features
                        for end in DIFFERENCES
                    },
                )
