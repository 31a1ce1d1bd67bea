"""The dealer hedge ladder against repricing every strike, and what it is blind to."""

from __future__ import annotations

from dataclasses import replace
from math import isclose
from statistics import NormalDist

import numpy as np
import pytest

from options.exposure.chains import chain, tables
from options.exposure.harness import Row, bucket, exposure
from options.exposure.small import EXPIRY
from options.exposure.small import chain as small
from reference.chain import Chain, Trade
from reference.exposure import bought_so_far, exposures, is_flow_known, is_member

STEPS = range(-5, 6)
NAMES = ("hedge_naive_0dte", "hedge_naive_all", "hedge_flow_0dte", "hedge_flow_all")
LEVELS = {"L": 6800.0}
cdf = np.vectorize(NormalDist().cdf)


def ladder(made: Chain) -> dict[tuple[str, int, int], Row]:
    """Return the rungs by level, bucket and offset."""
    exposure().build(tables(made), "options.hedge_rungs_5s")
    rows = exposure().rows("from options.hedge_rungs_5s")
    ends = {bucket(n): n for n in range(1, made.n_buckets + 1)}
    return {(row["level_id"], ends[row["bucket_end"]], row["offset"]): row for row in rows}


def delta(made: Chain, n: int, front: np.ndarray, name: str) -> np.ndarray | None:
    """Delta of the dealers' position if the session's contract were at some prices, in futures."""
    whole, is_known = np.zeros(len(front)), False
    ratio = front / made.forwards[n, made.front_id]
    contracts = {(c.expiry, c.strike): c for c in made.contracts.values()}
    for (_, expiry, strike), row in exposures(made, n).items():
        contract = contracts[expiry, strike]
        here = made.at(n, contract)
        if here is None or not is_member(made, expiry, name.rsplit("_", 1)[1]):
            continue
        if "naive" in name:
            held = None if row["gex_net"] is None else row["oi_call"] - row["oi_put"]
        else:
            bought = bought_so_far(made, n, contract)
            held = None if bought is None else -bought
        if held is not None:
            is_known = True
            spread = here.vol * np.sqrt(here.t)
            d1 = np.log(here.f * ratio / here.k) / spread + spread / 2
            whole += held * here.df * cdf(d1)
    return whole if is_known else None


@pytest.mark.parametrize("seed", [103, 7, 50213, 440])
def test_a_rung_is_what_the_delta_of_every_strike_changes_by(seed: int) -> None:
    made = chain(seed)
    found = ladder(made)
    edges = np.arange(-5.5, 6)
    seen = 0
    for level_id, prices in made.levels.items():
        for n, price in prices.items():
            centre = round(price * 4) / 4
            for name in NAMES:
                whole = delta(made, n, centre + edges, name)
                for at, offset in enumerate(STEPS):
                    value = found[level_id, n, offset][name]
                    assert (value is None) == (whole is None)
                    if whole is not None:
                        wanted = -(whole[at + 1] - whole[at])
                        assert isclose(value, wanted, rel_tol=1e-9, abs_tol=1e-9)
                        seen += abs(wanted) > 1
    assert seen > 20
    assert is_flow_known(made, made.n_buckets) == (len(made.trades) > 0)


def test_dealers_that_are_long_calls_sell_into_a_rise() -> None:
    found = ladder(small({6800.0: (100, 0)}, levels=LEVELS))
    assert all(found["L", 1, offset]["hedge_naive_all"] < 0 for offset in STEPS)
    found = ladder(small({6800.0: (0, 100)}, levels=LEVELS))
    assert all(found["L", 1, offset]["hedge_naive_all"] > 0 for offset in STEPS)


@pytest.mark.parametrize("number", [100, 101], ids=["call", "put"])
@pytest.mark.parametrize(("side", "sign"), [("B", 1), ("A", -1)])
def test_what_customers_buy_makes_dealers_chase(number: int, side: str, sign: int) -> None:
    """Short gamma buys into a rise, most of all at the strike, the same for calls and puts."""
    trades = [Trade(1, number, side, 9.0, 100)]
    expiry = EXPIRY.replace(hour=15)
    made = small({6800.0: (5, 5)}, levels=LEVELS, trades=trades, expiry=expiry)
    rungs = ladder(made)
    found = {offset: rungs["L", 1, offset]["hedge_flow_0dte"] for offset in STEPS}
    assert all(value * sign > 0 for value in found.values())
    assert max(found, key=lambda offset: abs(found[offset])) in (-1, 0, 1)


def test_a_strike_that_nobody_holds_changes_nothing() -> None:
    oi = {6790.0: (10, 400), 6810.0: (300, 20)}
    more = {6790.0: (10, 400), 6810.0: (300, 20), 6801.0: (0, 0), 6802.0: (70, 70)}
    found, other = (ladder(small(each, levels=LEVELS)) for each in (oi, more))
    assert {key: row["hedge_naive_all"] for key, row in found.items()} == {
        key: row["hedge_naive_all"] for key, row in other.items()
    }


def test_calls_and_puts_swapped_turn_the_sign() -> None:
    oi = {6790.0: (10, 400), 6810.0: (300, 20)}
    found = ladder(small(oi, levels=LEVELS))
    other = ladder(small({k: (put, call) for k, (call, put) in oi.items()}, levels=LEVELS))
    for key, row in found.items():
        assert row["hedge_naive_all"] == -other[key]["hedge_naive_all"]


def test_a_market_upside_down_mirrors_the_ladder() -> None:
    """Calls for puts about the level, but for moves being ratios: 20 points are 0.3 %."""
    oi = {6790.0: (10, 900), 6797.0: (40, 10), 6801.0: (700, 20), 6812.0: (60, 300)}
    turned = {2 * 6800.0 - k: (put, call) for k, (call, put) in oi.items()}
    trades = [Trade(1, 104, "B", 9.0, 100), Trade(1, 100, "A", 9.0, 30)]
    # strikes are numbered as they stand, the call of one in the place of the other's put
    others = [Trade(1, 105, "B", 9.0, 100), Trade(1, 101, "A", 9.0, 30)]
    expiry = EXPIRY.replace(hour=15)  # half an hour to go, and each strike stands out
    found = ladder(small(oi, levels=LEVELS, trades=trades, expiry=expiry))
    other = ladder(small(turned, levels=LEVELS, trades=others, expiry=expiry))
    for name, sign in {"hedge_naive_all": -1, "hedge_flow_all": 1}.items():
        rungs = {offset: found["L", 2, offset][name] for offset in STEPS}
        most = max(map(abs, rungs.values()))
        off = [abs(rungs[k] - sign * other["L", 2, -k][name]) / most for k in STEPS]
        lopsided = [abs(rungs[k] - sign * rungs[-k]) / most for k in STEPS]
        assert max(off) < 0.01 < 0.1 < max(lopsided)


def test_without_open_interest_nothing_is_said_of_it() -> None:
    made = replace(small({6800.0: (None, None)}, levels=LEVELS))
    assert {row[name] for row in ladder(made).values() for name in NAMES} == {None}


def test_hedges_stand_beside_what_rests_and_change_from_bucket_to_bucket() -> None:
    made = small({6790.0: (900, 10), 6803.0: (10, 900)}, levels=LEVELS, n_buckets=5)
    for n in range(2, 6):
        made.forwards[n, made.front_id] = 6800.0 + n * n
    resting = [
        {"bucket_end": made.end(n), "level_id": "L", "side": side, "zone": zone, "band": band}
        | {"reach": 0.1 if band == 5 else 1.0, "depth_end": depth + band}
        for n in range(1, 6)
        for zone, bands in (("above", range(1, 6)), ("at", range(1)), ("below", range(1, 6)))
        for band in bands
        for side, depth in (("ask", 40), ("bid", 70))
    ]
    found = ladder(made)
    name = "options.hedge_ladder_5s"
    built = exposure().build(tables(made) | {"pressure.cells_5s": resting}, name)
    rows = built.by(name, "bucket_end", "offset")
    seen = set()
    for (_, n, offset), rung in found.items():
        row, sold = rows[bucket(n), offset], -rung["hedge_naive_all"]
        for name, depth in (("hedge_share_up", 40), ("hedge_share_down", 70)):
            share = sold / (sold + depth + abs(offset))
            wanted = share if sold >= 0 and abs(offset) < 5 else None
            seen.add(wanted is None)
            assert (row[name] is None) == (wanted is None)
            assert wanted is None or isclose(row[name], wanted, rel_tol=1e-9)
        lagged = [found["L", n - k, offset]["hedge_naive_all"] for k in range(min(n, 4))]
        for order, weights in (("d1", (1, -1)), ("d2", (1, -2, 1)), ("d3", (1, -3, 3, -1))):
            moved = row[f"hedge_naive_all_{order}"]
            if len(lagged) < len(weights):
                assert moved is None
            else:
                change = sum(w * x for w, x in zip(weights, lagged, strict=False))
                assert isclose(moved, change, abs_tol=1e-9)
    assert seen == {True, False}
