"""Exposure worked out by hand, and its corners."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from math import exp, isclose, pi, sqrt

import pytest

from options.exposure.chains import tables
from options.exposure.harness import FRONT, Row, bucket, exposure
from options.exposure.small import EXPIRY, chain
from reference.chain import Chain, Trade, Vol

LEVEL = {"L": 6800.0}


def rows(made: Chain, query: str) -> list[Row]:
    """Return what a query finds in the relation that a chain is built into."""
    (relation,) = re.findall(r"\bfrom (options\.\w+)", query)
    return exposure().build(tables(made), relation).rows(query)


def profile(made: Chain, n: int = 1, which: str = "all") -> Row:
    """Return the profile of a bucket."""
    where = f"bucket_end = timestamp '{bucket(n)}' and expiry_set = '{which}'"
    (row,) = rows(made, f"from options.gex_profile_5s where {where}")
    return row


def pressures(made: Chain, n: int, which: str = "all") -> dict[int, Row]:
    """Return the pressure around the level L by offset."""
    where = f"bucket_end = timestamp '{bucket(n)}' and expiry_set = '{which}' and level_id = 'L'"
    found = rows(made, f"from options.pressure_5s where {where}")
    return {row["offset"]: row for row in found}


def test_a_chain_that_nobody_quotes_has_no_bucket() -> None:
    """Open interest alone names no moment: not even those until the expiry."""
    given = tables(chain({6800.0: (1000, 400)}))
    unquoted = given | {"options.chain_5s": [], "options.vols_5s": []}
    assert exposure().build(unquoted, "options.gex_5s").rows("from options.gex_5s") == []


def test_gamma_exposure_of_one_strike_is_that_of_the_textbook() -> None:
    """A quarter of a year, 20 %: d1 = 0.05, gamma = pdf(0.05) df / (6800 x 0.1)."""
    expiry = datetime(2024, 6, 4, 20, 30, 5)
    made = chain({6800.0: (1000, 400)}, iv=0.2, expiry=expiry)
    (row,) = rows(made, f"from options.gex_5s where bucket_end = timestamp '{bucket(1)}'")
    t = 91.25 / 365
    gamma = exp(-0.04 * t) * exp(-0.00125) / sqrt(2 * pi) / 680
    assert isclose(t, 0.25)
    assert isclose(gamma, 5.8010e-4, rel_tol=1e-4)
    assert isclose(row["gex_call"], gamma * 1000 * 50 * 6800**2 * 0.01)
    assert isclose(row["gex_put"], gamma * 400 * 50 * 6800**2 * 0.01)
    assert isclose(row["gex_net"], 8.0472e6, rel_tol=1e-4)
    assert isclose(row["gex_net_per_point"], row["gex_net"] * 100 / 6800)
    assert isclose(row["gex_net_futures"], gamma * 600)
    assert isclose(row["gex_net_futures"] * 50 * 6800, row["gex_net_per_point"])


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("oi", "zero"),
    [
        ({6780.0: (0, 500), 6820.0: (500, 0)}, 6800),
        # crossings near 6700, 6760 and 6850: the last is the nearest to 6830, the middle to 6790
        ({6660.0: (9, 0), 6740.0: (0, 9), 6780.0: (9, 0), 6920.0: (0, 9)}, None),
    ],
)
def test_zero_gamma_is_where_a_fine_search_finds_it(
    oi: dict[float, tuple[int, int]], zero: float | None
) -> None:
    # of the others, 6800 lies beyond a ring of the grid by less than a node
    for forward in (6790.0, 6830.0, 6731.0, 6869.0, 6663.4, 6941.0):
        made = chain(oi, forward=forward)
        expected = min(fine_roots(made, oi), key=lambda root: abs(root - forward))
        found = profile(made)["zero_gamma"]
        assert abs(found - expected) < 0.5
        assert zero is None or abs(found - zero) < 1


def fine_roots(made: Chain, oi: dict[float, tuple[int, int]]) -> list[float]:
    """Return every sign change on a grid of hundredths of a point."""
    prices = [6500 + n / 20 for n in range(12_000)]
    contract = next(iter(made.contracts.values()))
    point = made.at(1, contract)
    assert point is not None
    nets = [
        sum(
            (call - put) * replace(point, f=price, k=strike).gamma
            for strike, (call, put) in oi.items()
        )
        for price in prices
    ]
    return [
        b for b, x, y in zip(prices[1:], nets[:-1], nets[1:], strict=True) if (x > 0) != (y > 0)
    ]


def test_of_several_crossings_the_nearest_counts_and_spares_the_prices_farther_out() -> None:
    oi = {6660.0: (9, 0), 6740.0: (0, 9), 6780.0: (9, 0), 6920.0: (0, 9)}
    assert len(fine_roots(chain(oi), oi)) == 3
    query = "select count(distinct node) as n, max(node) as last from options.grid_5s"
    found = [rows(chain(oi, forward=forward), query)[0] for forward in (6790.0, 6941.0, 7100.0)]
    assert [(row["n"], row["last"]) for row in found] == [(21, 10), (41, 20), (201, 100)]


def test_the_grid_goes_on_where_only_what_the_flow_added_keeps_its_sign() -> None:
    oi = {6780.0: (0, 500), 6820.0: (500, 0)}
    sold = chain(oi, trades=[Trade(1, 102, "A", 2.0, 50_000)])
    assert rows(sold, "select max(node) as last from options.grid_5s")[0]["last"] == 20
    found = profile(sold)
    assert abs(found["zero_gamma"] / 6800 - 1) < 0.01
    assert 0.01 < 1 - found["zero_gamma_net_flow"] / 6800 < 0.02


def test_an_exposure_of_one_sign_has_no_zero() -> None:
    found = profile(chain({6780.0: (5, 0), 6820.0: (5, 0)}))
    assert found["zero_gamma"] is None
    assert found["gex_total"] == found["gex_gross"] > 0
    assert found["put_wall_gex"] is None


def test_walls_of_gamma_and_of_open_interest_are_told_apart() -> None:
    oi = {6700.0: (0, 900), 6795.0: (10, 300), 6805.0: (300, 10), 6900.0: (900, 0)}
    found = profile(chain(oi))
    assert (found["call_wall_gex"], found["call_wall_oi"]) == (6805, 6900)
    assert (found["put_wall_gex"], found["put_wall_oi"]) == (6795, 6700)
    tied = profile(chain({6790.0: (5, 5), 6810.0: (5, 5)}))
    assert (tied["call_wall_oi"], tied["put_wall_oi"]) == (6810, 6790)


def test_without_statistics_there_is_no_exposure_but_that_of_flow() -> None:
    trade = Trade(1, 100, "B", 2.0, 3)
    made = chain({6795.0: (None, None), 6805.0: (None, None)}, trades=[trade], levels=LEVEL)
    found = profile(made)
    assert {found[name] for name in ("gex_total", "gex_gross", "zero_gamma", "call_wall_gex")} == {
        None
    }
    assert found["gex_flow"] < 0
    at = pressures(made, 1)[-1]
    assert at["gex_net_ratio"] is None
    assert at["gex_share"] is None
    assert at["gex_share_support"] is None
    assert at["long_short_pressure"] == 1


def test_one_side_of_open_interest_alone_is_no_exposure() -> None:
    found = profile(chain({6795.0: (7, None), 6805.0: (4, 4)}))
    assert (found["n_strikes"], found["n_known"]) == (2, 1)
    assert found["gex_total"] == 0


def test_an_option_is_gone_when_it_expires() -> None:
    made = chain({6800.0: (5, 5)}, expiry=datetime(2024, 3, 5, 14, 30, 10), n_buckets=3)
    assert [row["bucket_end"] for row in rows(made, "from options.gex_5s")] == [bucket(1)]


def test_a_trade_without_a_side_takes_that_of_the_middle_or_stays_apart() -> None:
    trades = [
        Trade(2, 100, "N", 2.0, 1, 1.75),
        Trade(2, 100, "N", 1.0, 2, 1.75),
        Trade(2, 100, "N", 1.75, 4, 1.75),
        Trade(2, 100, "N", 2.0, 8),
        Trade(2, 101, "A", 3.0, 16),
    ]
    (row,) = rows(chain({6800.0: (5, 5)}, trades=trades), "from options.flow_5s")
    assert (row["call_buy_qty"], row["call_sell_qty"], row["call_unsided_qty"]) == (1, 2, 12)
    assert (row["put_sell_qty"], row["put_buy_qty"], row["put_unsided_qty"]) == (16, 0, 0)
    assert row["call_buy_premium"] == 2.0 * 50
    assert row["unsided_premium"] == (4 * 1.75 + 8 * 2.0) * 50
    assert row["n_trades"] == 5


def test_hedges_go_by_the_greeks_of_the_bucket_before() -> None:
    made = chain({6800.0: (5, 5)}, n_buckets=3, trades=[Trade(1, 100, "B", 2.0, 4)])
    assert rows(made, "from options.flow_5s")[0]["hedge_futures"] is None
    made.trades = [Trade(2, 100, "B", 2.0, 4), Trade(2, 101, "B", 2.0, 3)]
    made.vols[2, EXPIRY, 6800.0] = Vol(0.9)
    point = made.at(1, made.contracts[100])
    assert point is not None
    (row,) = rows(made, "from options.flow_5s")
    assert isclose(row["hedge_futures"], 4 * point.delta + 3 * (point.delta - point.df))
    assert isclose(row["gamma_change"], -7 * point.gamma * 50 * 6800**2 * 0.01)


def test_a_level_between_strikes_belongs_to_both_by_how_near_it_is() -> None:
    oi = {6800.0 + 5 * n: (0, 0) for n in range(-4, 6)}
    buys = [Trade(1, 100 + 2 * n, "B", 1.0, 100) for n, k in enumerate(oi) if k in (6800, 6805)]
    made = chain(oi, trades=buys[:1], levels={"L": 6802.25})
    assert pressures(made, 1)[0]["long_short_pressure_support"] == pytest.approx(55)
    made = chain(oi, trades=buys[1:], levels={"L": 6802.25})
    assert pressures(made, 1)[0]["long_short_pressure_support"] == pytest.approx(45)
    assert pressures(made, 1)[1]["long_short_pressure_support"] == pytest.approx(55)


def test_the_step_is_the_gap_between_the_strikes_around_the_level() -> None:
    oi = dict.fromkeys((6775.0, 6800.0, 6805.0, 6810.0, 6820.0), (1, 1))
    levels = {"ON": 6800.0, "IN": 6812.0, "OUT": 6830.0}
    found = rows(
        chain(oi, levels=levels),
        f"from options.pressure_5s where bucket_end = '{bucket(1)}' and \"offset\" = 0",
    )
    steps = {(row["level_id"], row["step"]) for row in found}
    assert steps == {("ON", 5.0), ("IN", 10.0), ("OUT", None)}


def test_a_strike_of_another_future_stands_where_the_ratio_of_prices_puts_it() -> None:
    made = chain({6868.0: (0, 5), 6870.0: (5, 0)})
    made.contracts = {n: replace(c, underlying_id=2) for n, c in made.contracts.items()}
    made.forwards |= {(n, 2): 6868.0 for n in (1, 2)}
    rows_by_strike = {
        row["strike"]: row["front_strike"] for row in rows(made, "from options.gex_5s")
    }
    assert rows_by_strike == {6868.0: 6800.0, 6870.0: pytest.approx(6870 * 6800 / 6868)}
    assert made.forwards[1, FRONT] == 6800


def test_no_options_no_rows() -> None:
    made = replace(chain({}, levels=LEVEL), levels={"L": {1: 6800.0}})
    assert rows(made, "from options.pressure_5s") == []
    assert rows(made, "from options.ladder_options_5s") == []


def test_the_ladder_says_where_long_outpaces_short_and_where_it_turns() -> None:
    """Calls bought at 6800, many more puts bought at 6805: seen where they were traded."""
    oi = {6800.0 + 5 * n: (50, 50) for n in range(-4, 5)}
    numbers = {strike: 100 + 2 * n for n, strike in enumerate(oi)}
    flow = [Trade(2, numbers[6800.0], "B", 9.0, 60), Trade(2, numbers[6805.0] + 1, "B", 7.0, 100)]
    made = chain(oi, trades=flow, levels=LEVEL)
    found = rows(made, f"from options.ladder_options_5s where bucket_end = timestamp '{bucket(2)}'")
    ladder = {6800 + row["offset"]: row for row in found}
    call = made.at(1, made.contracts[numbers[6800.0]])
    put = made.at(1, made.contracts[numbers[6805.0]])
    assert call is not None
    assert put is not None
    assert isclose(ladder[6800]["long_delta"], 60 * call.delta)
    assert isclose(ladder[6805]["short_delta"], 100 * (put.df - put.delta))
    assert (ladder[6800]["short_delta"], ladder[6805]["long_delta"]) == (0, 0)
    assert (ladder[6800]["long_short_pressure"], ladder[6805]["long_short_pressure"]) == (1, -1)
    assert ladder[6795]["option_qty"] == 0
    assert {ladder[price]["option_qty"] for price in (6796, 6799, 6801, 6804)} == {None}
    assert sum(row["option_qty"] or 0 for row in found) == 160
