"""What every registered feature keeps when the market is mirrored, scaled, moved or cut."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from drawn import examples, usual
from pressure.harness import (
    FEATURES,
    KEYS,
    LARGE_QTY,
    START,
    Found,
    Levels,
    Pressure,
    pressure,
    wide,
)
from pressure.markets import DENSE, LEVELS, market, seeds
from reference.book import is_cut_between
from reference.buckets import BUCKET_NS
from reference.cells import Level
from reference.contrasts import OTHER_SIDE, OTHER_ZONE
from reference.markets import reflected, scaled, shifted
from reference.records import Record
from reference.scribe import BASE_TICK

long = examples(200)
AROUND: Levels = {"L": LEVELS["FIXED"]}
LEVEL_TICK = LEVELS["FIXED"][0].tick
FLIPPED = (
    *("net", "net_touch", "net_60s", "dist_ticks", "dist_sigma", "buy_sell", "buy_sell_near"),
    *("queue_imbalance", "flow_imbalance", "flow_imbalance_deep"),
)
"""Features with a direction: their sign is that of up."""
SWAPPED = {
    "ask_above_higher": "bid_below_lower",
    "ask_above_drain": "bid_below_drain",
    "bid_below_lower": "ask_above_higher",
    "bid_below_drain": "ask_above_drain",
}
TURNED = {"p_above": "p_below", "p_below": "p_above"}
"""Features that are minus the other one of the mirrored market."""
COMPARED = (*FEATURES, "pressure.cells_5s", "pressure.ladder_5s")
Key = tuple[object, ...]
Renamed = dict[str, tuple[str, int]]
"""Other name and sign of each column."""
TOLERANCE = 1e-12


def rows_of(records: list[Record], levels: Levels = AROUND, *, times: int = 1) -> dict[str, Found]:
    """Return every relation that is compared, around one level where there is one."""
    built = pressure().around(records, levels, large_qty=times * LARGE_QTY)
    return {relation: built.found(relation) for relation in COMPARED}


def names(relation: str) -> list[str]:
    """Return the columns of the registered features of a relation, differences included."""
    features = [feature.name for feature in FEATURES[relation]]
    return [name + suffix for name in features for suffix in ("", "_d1", "_d2", "_d3")]


def same_names(relation: str) -> Renamed:
    """Return each column of a relation under its own name and sign."""
    return {name: (name, 1) for name in names(relation)}


def mirrored_names(relation: str) -> Renamed:
    """Return under which name and sign the mirrored market has each column of a relation."""
    renamed: Renamed = {}
    for feature in FEATURES[relation]:
        stem = feature.name.removesuffix("_touch").removesuffix("_60s")
        frame = feature.name.removeprefix(stem)
        other = (SWAPPED | TURNED).get(stem, stem) + frame
        sign = -1 if feature.name in FLIPPED or stem in TURNED else 1
        renamed |= {feature.name + end: (other + end, sign) for end in ("", "_d1", "_d2", "_d3")}
    return renamed


def same_place(relation: str, key: Key) -> tuple[Key, int]:
    """Return where a market has what another one has at a key."""
    return key, 1


def mirrored_place(relation: str, key: Key) -> tuple[Key, int]:
    """Return where the mirrored market has what a market has at a key, and with which sign."""
    places = OTHER_SIDE | OTHER_ZONE
    turned = (key[0], *(places.get(str(part), part) for part in key[1:]))
    if relation != "pressure.contrasts_5s" or key[1] == "gradient":
        return turned, 1
    # the first of the two cells stays on its side
    return ((*turned[:2], key[2], turned[3], key[4]) if key[1] == "side" else key), -1


def compare(
    rows: dict[str, Found],
    others: dict[str, Found],
    renamed: Callable[[str], Renamed] = same_names,
    place: Callable[[str, Key], tuple[Key, int]] = same_place,
) -> None:
    """Find every registered feature under its other name and place, equal but for rounding."""
    for relation in FEATURES:
        assert rows[relation].keys() == others[relation].keys()
        columns = renamed(relation)
        for key, row in rows[relation].items():
            other_key, turn = place(relation, key)
            other_row = others[relation][other_key]
            for name, (other_name, sign) in columns.items():
                value, other = row[name], other_row[other_name]
                assert same(value, other, turn * sign), (relation, key, name, value, other)


def same(value: object, other: object, sign: int = 1) -> bool:
    """Compare but for rounding; null with null."""
    if isinstance(value, float) and isinstance(other, float):
        return abs(value - sign * other) <= TOLERANCE
    return value is None and other is None


moves = (seeds, st.integers(2, 9), st.integers(-500, 500).filter(bool))


def test_features_of_the_dense_market_know_neither_side_nor_size_of_a_lot_nor_price() -> None:
    all_at_once(DENSE, 3, 7)


@pytest.mark.thorough
@usual
@given(*moves)
def test_features_know_neither_side_nor_size_of_a_lot_nor_price(
    seed: int, times: int, ticks: int
) -> None:
    all_at_once(seed, times, ticks)


def all_at_once(seed: int, times: int, ticks: int) -> None:
    """Do all three, so that a market is built twice and not four times; one by one if slow."""
    records = market(seed)
    turned = reflected(records, LEVEL_TICK)
    moved = shifted(scaled(turned, times), ticks)
    has_mirrored_features(rows_of(records), rows_of(moved, higher(ticks), times=times))


@pytest.mark.slow
@long
@given(*moves)
def test_each_is_unknown_by_itself_in_many_markets(seed: int, times: int, ticks: int) -> None:
    one_by_one(seed, times, ticks)


def one_by_one(seed: int, times: int, ticks: int) -> None:
    records = market(seed)
    rows = rows_of(records)
    has_mirrored_features(rows, rows_of(reflected(records, LEVEL_TICK)))
    compare(rows, rows_of(scaled(records, times), times=times))
    others = rows_of(shifted(records, ticks), higher(ticks))
    compare(rows, others)
    assert rows["pressure.cells_5s"] == others["pressure.cells_5s"]


def higher(ticks: int) -> Levels:
    return {"L": [Level("L", LEVEL_TICK + ticks)]}


def has_mirrored_features(rows: dict[str, Found], others: dict[str, Found]) -> None:
    """Find features of the mirrored market under their other names, and steps of its ladder."""
    compare(rows, others, mirrored_names, mirrored_place)
    for (end, offset), step in rows["pressure.ladder_5s"].items():
        other = others["pressure.ladder_5s"][end, -int(str(offset))]
        for name, value in step.items():
            side, _, rest = name.partition("_")
            if side in OTHER_SIDE:
                assert same(value, other[f"{OTHER_SIDE[side]}_{rest}"]), (end, offset, name)
            elif side == "lean":
                assert same(value, other[name], -1), (end, offset, name)
        assert step["depth_share_median"] == other["depth_share_median"]


cuts = st.sets(st.integers(1, 20), min_size=3, max_size=3)


@pytest.mark.thorough
@usual
@given(seeds, st.integers(1, 20))
def test_a_row_knows_only_its_past(seed: int, bucket: int) -> None:
    records = market(seed)
    pasts = between_events(records, {bucket})
    assume(pasts)
    only_past(pressure(), records, pasts)


@pytest.mark.slow
@long
@given(seeds, cuts)
def test_rows_of_many_markets_know_only_their_past(seed: int, buckets: set[int]) -> None:
    records = market(seed)
    only_past(pressure(), records, between_events(records, buckets))


@pytest.mark.thorough
def test_a_row_of_the_wide_form_knows_only_its_past() -> None:
    records = market(DENSE)
    pasts = between_events(records, {13})
    assert pasts
    only_past(wide(), records, pasts)


def only_past(built: Pressure, records: list[Record], pasts: dict[int, list[Record]]) -> None:
    """Compare the rows up to each end with those of what came before it."""
    rows = everything(built, records)
    for end, past in pasts.items():
        others = everything(built, past)
        for relation, found in rows.items():
            before = {key: row for key, row in found.items() if _end(key) <= end}
            assert before == {key: others[relation][key] for key in before}, relation


def between_events(records: list[Record], buckets: set[int]) -> dict[int, list[Record]]:
    """Return the records before the ends of some buckets, where no event straddles the end.

    One that does is known only when it ends.
    """
    ends = [START + bucket * BUCKET_NS for bucket in sorted(buckets)]
    pasts = {end: [record for record in records if record.ts_recv < end] for end in ends}
    return {
        end: past
        for end, past in pasts.items()
        if past and len(past) < len(records) and is_cut_between(past[-1], records[len(past)])
    }


def everything(built: Pressure, records: list[Record]) -> dict[str, Found]:
    """Return every relation of pressure around a level that moves."""
    built.around(records, {"L": LEVELS["MOVING"]})
    return {relation: built.found(relation) for relation in KEYS if relation in built.reads}


def _end(key: Key) -> int:
    return int(str(key[0]))


def test_the_features_with_a_direction_are_registered() -> None:
    registered = {feature.name for relation in FEATURES for feature in FEATURES[relation]}
    assert {*FLIPPED, *SWAPPED, *TURNED} <= registered
    assert BASE_TICK < LEVEL_TICK
