"""What exposure and pressure of options keep when a chain is cut, mirrored, scaled or moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from math import isclose
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import usual
from options.exposure.chains import EXPIRIES, chain, tables
from options.exposure.harness import FRONT, exposure
from reference.chain import Chain
from spymaster.features import Registry
from spymaster.warehouse.columns import SQL

seeds = st.integers(0, 10**6)
SEED = 3
"""Of the chain that is tried each time."""
FEATURES = Registry(SQL)["options.pressure_5s"]
RELATIONS = {
    "options.gex_5s": ("bucket_end", "expiry", "strike"),
    "options.gex_profile_5s": ("bucket_end", "expiry_set"),
    "options.flow_5s": ("bucket_end", "expiry", "strike"),
    "options.pressure_5s": ("bucket_end", "level_id", "offset", "expiry_set"),
    "options.ladder_options_5s": ("bucket_end", "level_id", "offset"),
}
Rows = dict[str, dict[Any, dict[str, Any]]]
SIGNED = ("long_short_pressure", "long_short_pressure_60s")
"""Features that are minus themselves when calls are puts."""
EXCHANGED = {"call_pressure": "put_pressure", "call_pressure_60s": "put_pressure_60s"}
KEPT = ("vol_demand", "vol_demand_60s", "unsided_share", "flow_burst")
KEPT += ("bid_add_pull", "ask_add_pull", "vol_to_oi")


PRESSURE = "options.pressure_5s"


def built(made: Chain, *relations: str) -> Rows:
    """Return relations of a chain, all by default, built by one thread."""
    exposure().build(tables(made), *relations)
    return {name: exposure().by(name, *RELATIONS[name]) for name in relations or RELATIONS}


def test_a_row_of_one_chain_knows_only_its_past() -> None:
    only_past(SEED, 7)


@pytest.mark.thorough
@usual
@given(seeds, st.integers(1, 15))
def test_a_row_knows_only_its_past(seed: int, bucket: int) -> None:
    only_past(seed, bucket)


def only_past(seed: int, bucket: int) -> None:
    """Compare the rows up to the end of a bucket with those of what came before it."""
    made = chain(seed)
    whole, past = built(made), built(cut(made, bucket))
    for name, rows in whole.items():
        before = {key: row for key, row in rows.items() if row["bucket_end"] <= made.end(bucket)}
        assert past[name].keys() == before.keys(), name
        wrong = [(key, row) for key, row in before.items() if past[name][key] != row]
        assert not wrong, (name, wrong[0], past[name][wrong[0][0]])


def cut(made: Chain, bucket: int) -> Chain:
    """Return a chain as it is known at the end of a bucket."""

    def known(given: dict[Any, Any]) -> dict[Any, Any]:
        return {key: x for key, x in given.items() if key[0] <= bucket}

    return replace(
        made,
        **{name: known(getattr(made, name)) for name in ("forwards", "vols", "oi", "quotes")},
        touch={n: x for n, x in made.touch.items() if n <= bucket},
        trades=[trade for trade in made.trades if trade.bucket <= bucket],
        levels={
            name: {n: x for n, x in prices.items() if n <= bucket}
            for name, prices in made.levels.items()
        },
    )


def test_calls_and_puts_of_one_chain_that_change_places_turn_the_direction() -> None:
    turns_the_direction(SEED)


@pytest.mark.thorough
@usual
@given(seeds)
def test_calls_and_puts_that_change_places_about_the_level_turn_the_direction(seed: int) -> None:
    turns_the_direction(seed)


def turns_the_direction(seed: int) -> None:
    """Compare a chain with the one in which calls and puts changed places."""
    on_front = [expiry for expiry, future in EXPIRIES.items() if future == FRONT]
    made = chain(seed, expiries=on_front)
    level = made.levels["FIXED"][1]
    rows = built(made, PRESSURE)[PRESSURE]
    others = built(mirrored(made, level), PRESSURE)[PRESSURE]
    names = {name: (name, -1) for name in SIGNED} | {name: (name, 1) for name in KEPT}
    names |= {name: (other, 1) for name, other in EXCHANGED.items()}
    seen = 0
    for (end, level_id, offset, which), row in rows.items():
        if level_id == "FIXED":
            other = others[end, level_id, -offset, which]
            for name, (other_name, sign) in names.items():
                assert same(row[name], other[other_name], sign), (end, offset, which, name)
                seen += row[name] is not None
    assert seen


def mirrored(made: Chain, level: float) -> Chain:
    """Return the chain with calls for puts and prices reflected about a level."""

    def turned(price: float) -> float:
        return 2 * level - price

    return replace(
        made,
        contracts={
            number: replace(contract, strike=turned(contract.strike), cp=-contract.cp)
            for number, contract in made.contracts.items()
        },
        forwards={key: turned(price) for key, price in made.forwards.items()},
        vols={(n, expiry, turned(strike)): v for (n, expiry, strike), v in made.vols.items()},
        levels={"FIXED": made.levels["FIXED"]},
    )


@pytest.mark.thorough
@usual
@given(seeds, st.integers(2, 9))
def test_features_do_not_know_how_large_a_contract_is(seed: int, times: int) -> None:
    made = chain(seed)
    asked = (PRESSURE, "options.gex_profile_5s")
    rows, others = built(made, *asked), built(scaled(made, times), *asked)
    for key, row in rows[PRESSURE].items():
        other = others[PRESSURE][key]
        for feature in FEATURES:
            for name in (feature.name, f"{feature.name}_d1", f"{feature.name}_d3"):
                assert same(row[name], other[name]), (key, name)
    for key, row in rows["options.gex_profile_5s"].items():
        other = others["options.gex_profile_5s"][key]
        assert same(row["zero_gamma"], other["zero_gamma"])
        # calls and puts may cancel: a sum keeps 40 bits of its largest addend, and is taken twice
        lost = 2.0**-39 * row["n_strikes"] * (other["gex_gross"] or 0.0)
        assert same(row["gex_total"], other["gex_total"], 1 / times, lost)
        assert row["call_wall_gex"] == other["call_wall_gex"]


def scaled(made: Chain, times: int) -> Chain:
    """Return a chain with all sizes times a number."""
    return replace(
        made,
        oi={key: None if qty is None else qty * times for key, qty in made.oi.items()},
        trades=[replace(trade, size=trade.size * times) for trade in made.trades],
        touch={n: qty * times for n, qty in made.touch.items()},
        quotes={
            key: replace(quote, bid_qty=quote.bid_qty * times, ask_qty=quote.ask_qty * times)
            for key, quote in made.quotes.items()
        },
    )


def same(a: Any, b: Any, sign: float = 1, lost: float = 0.0) -> bool:
    """Compare but for rounding, since doubles add up in any order; null with null."""
    if not (isinstance(a, float) and isinstance(b, float)):
        return bool(a == b)
    return isclose(a, sign * b, rel_tol=1e-9, abs_tol=max(1e-9, lost))


@pytest.mark.thorough
@usual
@given(seeds)
def test_a_ratio_keeps_its_range_and_is_null_exactly_where_it_is_over_nothing(seed: int) -> None:
    part_unknown = ("gex_share", "dist_", "hedge_to_", "charm_to_gamma")
    for key, row in built(chain(seed), PRESSURE)[PRESSURE].items():
        for feature in FEATURES:
            value, support = row[feature.name], row[f"{feature.name}_support"]
            if not support:
                assert value is None, (key, feature.name)
            elif not feature.name.startswith(part_unknown):
                assert value is not None, (key, feature.name)
            if value is not None and feature.low is not None and feature.high is not None:
                assert feature.low <= value <= feature.high, (key, feature.name)


def test_the_prices_around_a_level_share_every_strike_out() -> None:
    """Whatever lies within two steps of the level counts once, wherever the level stands."""
    made = chain(3, expiries=[datetime(2024, 3, 5, 21)])
    step = 5.0
    made = replace(made, contracts={n: c for n, c in _listed_every(step).items()}, trades=[])
    made = replace(made, oi={(1, n): 7 for n in made.contracts}, n_buckets=1)
    made.quotes = {(1, n): next(iter(made.quotes.values())) for n in made.contracts}
    made.vols = {(1, c.expiry, c.strike): _any_vol(made) for c in made.contracts.values()}
    made.forwards = {key: 6801.0 for key in made.forwards}
    prices = [6790 + n / 10 for n in range(201)]
    made.levels = {f"L{n}": {1: price} for n, price in enumerate(prices)}
    found = built(made, "options.gex_5s", PRESSURE)
    gross = {key[2]: row["gex_gross"] for key, row in found["options.gex_5s"].items()}
    sums = []
    for n, price in enumerate(prices):
        weights = {
            strike: sum(max(0.0, 1 - abs(strike - price - j * step) / step) for j in range(-2, 3))
            for strike in gross
        }
        within = [strike for strike in gross if abs(strike - price) <= 2 * step]
        assert all(isclose(weights[strike], 1) for strike in within)
        rows = [found[PRESSURE][made.end(1), f"L{n}", j, "all"] for j in range(-2, 3)]
        sums.append(sum(row["gex_net_ratio_support"] for row in rows))
        assert isclose(sums[-1], sum(weights[strike] * gross[strike] for strike in gross))
    steepest = 2 * max(gross.values()) / step
    assert all(abs(a - b) <= 0.1 * steepest + 1e-6 for a, b in pairwise(sums))


def _listed_every(step: float) -> dict[int, Any]:
    from reference.chain import Contract

    strikes = [6700 + step * n for n in range(41)]
    pairs = [(strike, cp) for strike in strikes for cp in (1, -1)]
    expiry = datetime(2024, 3, 5, 21)
    return {n: Contract(expiry, k, cp, FRONT) for n, (k, cp) in enumerate(pairs, 100)}


def _any_vol(made: Chain) -> Any:
    return next(iter(made.vols.values()))
