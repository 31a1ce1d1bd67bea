"""Simulated option flow from its raw file to the ladder and to what dealers had to trade."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import time
from math import isclose, log, sqrt
from statistics import NormalDist
from typing import Any, NamedTuple

import pytest

from options.simulated import SESSION, Day
from simulate.sessions import read
from spymaster.units import NEW_YORK, local_ns

pytestmark = pytest.mark.thorough

BUCKET = 5 * 10**9
OPENED = local_ns(SESSION, time(9, 30), NEW_YORK)
SETS = {"0dte": 0, "all": 10**6}
"""Most days to an expiry."""
REACH = 5.5
"""Points from a level to the outer edge of its ladder."""


class Crossed(NamedTuple):
    """A trade of which the record tells who crossed the spread."""

    bucket: int
    """End, ns; the window's start for what came before."""
    option: dict[str, Any]
    way: int
    size: int


def crossed(day: Day) -> Iterator[Crossed]:
    """Yield the trades of options, straight from the vendor's file."""
    for record in read(day.made.chain.tbbo):
        option = day.options.get(int(record["instrument_id"]))
        if option is not None:
            side = record["side"].decode()
            twice = int(record["bid_px_00"]) + int(record["ask_px_00"])
            above = 2 * int(record["price"]) - twice
            way = {"B": 1, "A": -1}.get(side, (above > 0) - (above < 0))
            end = int(record["ts_recv"]) // BUCKET * BUCKET + BUCKET
            if way:
                yield Crossed(max(end, OPENED), option, way, int(record["size"]))


def deltas(day: Day) -> dict[tuple[int, int, float], tuple[float, float]]:
    """Return the delta of a call and of a put by bucket, expiry and strike, from vol and price."""
    found = {}
    for end, expires, strike, forward, years, df, vol in day.rows(
        "select epoch_ns(bucket_end), epoch_ns(expiry), strike, forward, t_years, df, iv"
        " from options.vols_5s where iv is not null"
    ):
        spread = vol * sqrt(years)
        call = df * NormalDist().cdf(log(forward / strike) / spread + spread / 2)
        found[end, expires, strike] = call, call - df
    return found


@pytest.mark.parametrize("expiry_set", SETS)
def test_hedges_at_the_end_are_those_of_the_raw_trades(day: Day, expiry_set: str) -> None:
    known, sums, n_trades = deltas(day), {"C": 0.0, "P": 0.0}, 0
    last = local_ns(SESSION, time(16), NEW_YORK) + SETS[expiry_set] * 86_400 * 10**9
    for trade in crossed(day):
        if trade.option["expires_ns"] <= last:
            before = max(trade.bucket - BUCKET, OPENED + BUCKET)
            strike = (before, trade.option["expires_ns"], trade.option["strike"])
            delta = known[strike][trade.option["right"] == "P"]
            sums[trade.option["right"]] += trade.way * trade.size * delta
            n_trades += 1
    ((calls, puts, both, unhedged),) = day.rows(
        "select hedge_call_sum, hedge_put_sum, hedge_sum, unhedged_qty from options.hedge_5s"
        f" where expiry_set = '{expiry_set}' order by bucket_end desc limit 1"
    )
    assert n_trades > 500
    assert unhedged == 0
    assert isclose(calls, sums["C"], abs_tol=1e-9 * n_trades)
    assert isclose(puts, sums["P"], abs_tol=1e-9 * n_trades)
    assert isclose(both, calls + puts, abs_tol=1e-8)


def ladder(day: Day, place: int) -> dict[tuple[int, int], tuple[float, ...]]:
    """Return long and short flow and contracts of each step around a planted flow."""
    return {
        (end, offset): tuple(rest)
        for end, offset, *rest in day.rows(
            'select epoch_ns(bucket_end), "offset", long_delta, short_delta, option_qty'
            f" from pressure.ladder_5s where level_id = 'FLOW_{place + 1}'"
            " and option_qty is not null"
        )
    }


@pytest.mark.parametrize("place", range(3))
def test_planted_flow_shows_at_its_price_with_its_sign(day: Day, place: int) -> None:
    planted = day.truth["flows"][place]
    is_long = (planted["right"] == "C") == (planted["aggressor"] == "B")
    net: dict[int, float] = defaultdict(float)
    for (end, offset), (long, short, _) in ladder(day, place).items():
        if planted["start_ns"] < end <= planted["end_ns"] and long is not None:
            net[offset] += long - short
    here = net.pop(0)
    assert (here > 0) == is_long
    assert abs(here) > 2 * max(map(abs, net.values()), default=0.0)


@pytest.mark.parametrize("place", range(3))
def test_the_steps_add_up_to_what_was_traded_there(day: Day, place: int) -> None:
    centre = day.truth["flows"][place]["strike"]
    fronts = {
        (end, expires, strike): front
        for end, expires, strike, front in day.rows(
            "select epoch_ns(bucket_end), epoch_ns(expiry), strike, front_strike"
            " from options.gex_5s"
        )
    }
    wanted: dict[int, int] = defaultdict(int)
    for trade in crossed(day):
        strike = (trade.bucket, trade.option["expires_ns"], trade.option["strike"])
        if trade.bucket > OPENED and -REACH <= fronts[strike] - centre < REACH:
            wanted[trade.bucket] += trade.size
    found: dict[int, float] = defaultdict(float)
    for (end, _), (_, _, qty) in ladder(day, place).items():
        found[end] += qty
    assert sum(wanted.values()) > 100
    assert {end: qty for end, qty in found.items() if qty} == wanted
