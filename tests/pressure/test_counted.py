"""What features are made of is published beside them, and is the same in both derivations."""

from __future__ import annotations

import pytest
from hypothesis import given

from drawn import usual
from pressure import counted
from pressure.harness import END, LARGE_QTY, START, Found, pressure
from pressure.markets import DENSE, LEVELS, market, seeds
from reference.book import changes
from reference.buckets import trades_5s
from reference.markets import observe
from reference.orders import behind

LEVEL = LEVELS["MOVING"]


def test_what_features_of_the_dense_market_are_made_of_is_the_same_in_both_derivations() -> None:
    compare(DENSE)


@pytest.mark.thorough
@usual
@given(seeds)
def test_what_features_are_made_of_is_the_same_in_both_derivations(seed: int) -> None:
    compare(seed)


def compare(seed: int) -> None:
    """Compare what every relation publishes beside its features."""
    records = market(seed)
    built = pressure().around(records, {"L": LEVEL})
    known = [record for record in records if record.ts_recv < END]
    moments = observe(known, START, END)
    orders = behind(known, list(changes(known)), [moment.end_ns for moment in moments])
    for relation, wanted in {
        "touch_5s": counted.touch(moments),
        "imbalance_5s": counted.quoted(moments),
        "cells_5s": counted.cells(moments, LEVEL),
        "ratios_5s": counted.reaches(moments, LEVEL),
        "contrasts_5s": counted.contrasted(moments, LEVEL),
        "orders_5s": counted.orders(moments, LEVEL, orders, LARGE_QTY),
        "profiles_5s": counted.profiles(moments, LEVEL),
        "tape_5s": counted.taped(moments, LEVEL, trades_5s(known, START, END)),
    }.items():
        agree(relation, built.found(f"pressure.{relation}"), wanted)


def agree(relation: str, found: Found, wanted: counted.Counted) -> None:
    """Compare integers exactly, and reach but for rounding."""
    assert found.keys() == wanted.keys(), relation
    wrong = [
        f"{relation} {key} {name}: SQL has {found[key][name]}, the reference {value}"
        for key, row in wanted.items()
        for name, value in row.items()
        if not same(found[key][name], value)
    ]
    assert not wrong, "\n".join(wrong[:5])


def same(found: object, wanted: object) -> bool:
    if isinstance(found, float) and isinstance(wanted, float):
        return abs(found - wanted) <= 1e-12
    return found == wanted
