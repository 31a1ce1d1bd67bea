"""Planted walls and flow are found at their strikes; without open interest there is no exposure."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

import pytest

from first_use import Used
from options.simulated import SESSION, Day, build
from reference.chain import Point
from simulate.sessions import read
from spymaster.units import NEW_YORK, local_ns

pytestmark = pytest.mark.thorough

OPENED = local_ns(SESSION, time(9, 30), NEW_YORK)


def walls(day: Day) -> dict[str, float]:
    """Strike by right, the same in every class that delivers the session's contract."""
    own = {each["code"] for each in day.truth["classes"] if each["basis"] == 0}
    planted = {
        (each["right"], each["strike"]) for each in day.truth["walls"] if each["code"] in own
    }
    assert len(planted) == 2
    return dict(planted)


@pytest.mark.parametrize("expiry_set", ["0dte", "5d", "all"])
def test_planted_walls_are_found_at_their_strikes(day: Day, expiry_set: str) -> None:
    planted = walls(day)
    rows = day.rows(
        "select call_wall_gex, put_wall_gex, call_wall_oi, put_wall_oi, zero_gamma"
        f" from options.gex_profile_5s where expiry_set = '{expiry_set}'"
    )
    assert len(rows) == 180
    assert {(row[0], row[1]) for row in rows} == {(planted["C"], planted["P"])}
    assert {(row[2], row[3]) for row in rows} == {(planted["C"], planted["P"])}
    # calls above and puts below: between the walls the sum changes its sign
    assert all(planted["P"] < row[4] < planted["C"] for row in rows)


def test_the_exposure_of_the_chain_is_that_of_the_planted_smile(day: Day) -> None:
    """From the simulator's own vols and open interest, strike by strike of one bucket."""
    rows = day.rows(
        "select epoch_ns(gex_5s.expiry), gex_5s.strike, gex_5s.forward, t_years, gex_gross, gex_net"
        " from options.gex_5s inner join options.vols_5s using (bucket_end, expiry, strike)"
        " where gex_net is not null and bucket_end = (select max(bucket_end) from options.gex_5s)"
    )
    interest: dict[tuple[int, float], dict[str, int]] = {}
    for option in day.options.values():
        at = interest.setdefault((option["expires_ns"], option["strike"]), {})
        at[option["right"]] = option["open_interest"]
    found = wanted = 0.0
    for expires_ns, strike, forward, years, gross, net in rows:
        point = Point(forward, strike, years, day.vol(expires_ns, strike, forward, years))
        call, put = (interest[expires_ns, strike][right] for right in "CP")
        assert net * (call + put) == pytest.approx(gross * (call - put))
        found += gross
        wanted += point.gamma * 50 * forward**2 * 0.01 * (call + put)
    assert len(rows) > 100
    assert found == pytest.approx(wanted, rel=0.02)


def flow(day: Day, planted: dict[str, Any]) -> dict[float, int]:
    """Contracts bought less sold by strike, of the class and right of a planted flow, meanwhile."""
    name = "call" if planted["right"] == "C" else "put"
    (expires,) = {
        each["expires_ns"] for each in day.options.values() if each["code"] == planted["code"]
    }
    return dict(
        day.rows(
            f"select strike, sum({name}_buy_qty - {name}_sell_qty)::bigint from options.flow_5s"
            f" where epoch_ns(expiry) = {expires} and epoch_ns(bucket_end) > {planted['start_ns']}"
            f" and epoch_ns(bucket_end) <= {planted['end_ns']} group by strike"
        )
    )


def test_planted_flow_is_found_at_its_strike_with_its_sign(day: Day) -> None:
    for planted in day.truth["flows"]:
        found = flow(day, planted)
        net = found.pop(planted["strike"])
        expected = planted["bought"] - planted["sold"]
        assert net == pytest.approx(expected, rel=0.1)  # trades on the middle have a side by it
        assert abs(net) > 3 * max(map(abs, found.values()))


def test_every_contract_that_traded_is_in_the_flow_and_no_spreads(day: Day) -> None:
    ((calls, puts),) = day.rows(
        "select sum(call_buy_qty + call_sell_qty + call_unsided_qty),"
        " sum(put_buy_qty + put_sell_qty + put_unsided_qty) from options.flow_5s"
    )
    traded = {"C": 0, "P": 0}
    for trade in read(day.made.chain.tbbo):
        option = day.options.get(int(trade["instrument_id"]))
        if option is not None and trade["ts_recv"] >= OPENED:
            traded[option["right"]] += int(trade["size"])
    assert (calls, puts) == (traded["C"], traded["P"])


def test_without_open_interest_there_is_no_exposure_and_a_reason(
    tmp_path: Path, used: Used
) -> None:
    used(tmp_path / "warehouse")
    day = build(
        tmp_path,
        "+options.gex_profile_5s",
        "+market.sessions",
        window=(time(9, 30), time(9, 32)),
        without=("statistics",),
    )
    rows = day.rows(
        "select gex_total, gex_gross, zero_gamma, call_wall_gex, put_wall_gex, call_wall_oi,"
        " put_wall_oi, abs_gamma_strike from options.gex_profile_5s"
    )
    assert len(rows) == 3 * 24
    assert {value for row in rows for value in row} == {None}
    ((known, listed),) = day.rows("select count(gex_net), count(*) from options.gex_5s")
    assert (known, listed > 0) == (0, True)
    ((missing,),) = day.rows("select missing from market.sessions")
    assert "no open interest of options: no gamma exposure" in missing


@pytest.mark.parametrize("place", range(3))
def test_a_level_where_flow_was_planted_feels_it(day: Day, place: int) -> None:
    planted = day.truth["flows"][place]
    bullish = (planted["right"] == "C") == (planted["aggressor"] == "B")
    rows = day.rows(
        "select long_short_pressure_60s, long_short_pressure_60s_support"
        " from options.pressure_5s where expiry_set = 'all' and \"offset\" = 0"
        f" and level_id = 'FLOW_{place + 1}'"
        f" and epoch_ns(bucket_end) > {planted['start_ns'] + 60 * 10**9}"
        f" and epoch_ns(bucket_end) <= {planted['end_ns']}"
    )
    assert len(rows) > 20
    assert all(support > 0 for _, support in rows)
    signs = [(pressure > 0) == bullish for pressure, _ in rows]
    assert sum(signs) / len(signs) > 0.9
