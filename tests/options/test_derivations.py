"""Chain and volatilities in SQL against the plain loop, and blind to what comes later."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from options import expected
from options.desk import SECOND, START, Desk, Row
from options.markets import cut, market

RATE = 0.04
SEEDS = range(6)
CHAIN = (
    "bucket_end", "instrument_id", "expiry", "strike", "cp", "bid", "ask", "quote_ts",
    "quote_state", "forward", "forward_source", "forward_parity", "oi",
)  # fmt: skip
VOLS = (
    "bucket_end", "expiry", "strike", "underlying_id", "forward", "forward_source", "t_years", "df",
    "iv_quote", "iv_unc", "iv", "iv_source",
)  # fmt: skip
GREEKS = ("delta_call", "gamma", "vega", "vanna", "charm")


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize("seed", SEEDS)
def test_chain_and_vols_are_those_of_the_plain_loop(desk: Desk, seed: int) -> None:
    records = market(seed)
    desk.build(**records)
    chained = list(expected.chain(records, RATE))
    found = desk.rows("from options.chain_5s order by bucket_end, instrument_id")
    agree(found, sorted(chained, key=lambda r: (r["bucket_end"], r["instrument_id"])), CHAIN, 1e-12)
    wanted = list(expected.vols(records, chained, RATE))
    agree(desk.rows("from options.vols_5s order by bucket_end, expiry, strike"), wanted, VOLS, 1e-9)


def test_markets_by_chance_hold_everything_that_can_be_said() -> None:
    """Otherwise the comparison would prove less than it seems to."""
    markets = [market(seed) for seed in SEEDS]
    chained = [row for records in markets for row in expected.chain(records, RATE)]
    assert {row["forward_source"] for row in chained} == {"quote", "parity", None}
    states = {row["quote_state"] for row in chained}
    assert states == {"ok", "zero_bid", "no_ask", "none", "locked_crossed", "stale"}
    sources = {
        row["iv_source"]
        for records in markets[:3]
        for row in expected.vols(records, list(expected.chain(records, RATE)), RATE)
    }
    assert sources == {"quote", "interpolated", "extrapolated", None}


@pytest.mark.parametrize("seed", SEEDS[:3])
@pytest.mark.parametrize("at", [START + 10 * SECOND, START + 35 * SECOND, START + 70 * SECOND])
def test_what_comes_later_changes_no_row(desk: Desk, seed: int, at: int) -> None:
    records = market(seed)
    relations = {
        name: f"from options.{name} where epoch_ns(bucket_end) <= {at} order by all"
        for name in ("chain_5s", "vols_5s")
    }
    desk.build(**records)
    whole = {name: desk.rows(query) for name, query in relations.items()}
    desk.build(**cut(records, at))
    for name, query in relations.items():
        assert whole[name]
        assert desk.rows(query) == whole[name]


def test_greeks_are_those_of_the_iv_beside_them(desk: Desk) -> None:
    desk.build(**market(1))
    arguments = "forward, strike, t_years, iv, df"
    calls = {
        "delta_call": f"b76_delta(1, {arguments})",
        "gamma": f"b76_gamma({arguments})",
        "vega": f"b76_vega({arguments})",
        "vanna": f"b76_vanna({arguments})",
        "charm": f"b76_charm(1, {arguments})",
    }
    apart = " or ".join(f"{name} is distinct from {call}" for name, call in calls.items())
    (row,) = desk.rows(
        f"select count(*) filter (where {apart}) as apart, count(gamma) as n,"
        " count(iv) as ivs from options.vols_5s"
    )
    assert row["apart"] == 0
    assert row["n"] == row["ivs"] > 100


def agree(
    found: Sequence[Row], wanted: Sequence[Row], columns: Sequence[str], allowed: float
) -> None:
    assert len(found) == len(wanted) > 0
    for row, other in zip(found, wanted, strict=True):
        for name in columns:
            assert same(row[name], other[name], allowed), (name, row, other)


def same(a: object, b: object, allowed: float) -> bool:
    if isinstance(a, float) and isinstance(b, int | float):
        return math.isclose(a, b, rel_tol=allowed, abs_tol=1e-12)
    return a == b
