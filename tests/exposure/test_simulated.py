"""Walls, exposure and flow that the simulator planted come out of a landed and built session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from math import isclose, sqrt

import pytest

from options.simulated import Day, build
from reference.chain import Point

ZERO_DAYS = "expiry_set = '0dte'"


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    folder = tmp_path_factory.mktemp("exposure")
    return build(folder, "+options.pressure_5s", "+pressure.ladder_5s")


def test_the_walls_of_the_day_stand_where_they_were_planted(day: Day) -> None:
    walls = sorted(
        day.truth["walls"], key=lambda wall: day.options[wall["instrument_id"]]["expires_ns"]
    )
    call, put = (next(w["strike"] for w in walls if w["right"] == right) for right in "CP")
    found = day.rows(
        "select distinct call_wall_oi, put_wall_oi, call_wall_gex, put_wall_gex"
        f" from options.gex_profile_5s where {ZERO_DAYS}"
    )
    assert found == [(call, put, call, put)]


def test_the_exposure_of_the_chain_is_that_of_the_planted_smile(day: Day) -> None:
    """From the simulator's own vols and open interest, of strikes where both are known."""
    rows = day.rows(
        "select epoch_ns(gex_5s.expiry), gex_5s.strike, gex_5s.forward, t_years, gex_gross, gex_net"
        " from options.gex_5s inner join options.vols_5s using (bucket_end, expiry, strike)"
        " where gex_net is not null and bucket_end = (select max(bucket_end) from options.gex_5s)"
    )
    interest: dict[tuple[int, float], dict[str, int]] = {}
    for option in day.options.values():
        at = interest.setdefault((option["expires_ns"], option["strike"]), {})
        at[option["right"]] = option["open_interest"]
    gross = wanted = 0.0
    for expires_ns, strike, forward, years, found, net in rows:
        point = Point(forward, strike, years, day.vol(expires_ns, strike, forward, years))
        unit = point.gamma * 50 * forward**2 * 0.01
        held = interest[expires_ns, strike]
        assert isclose(net * (held["C"] + held["P"]), found * (held["C"] - held["P"]), rel_tol=1e-9)
        gross, wanted = gross + found, wanted + unit * (held["C"] + held["P"])
    assert len(rows) > 100
    assert isclose(gross, wanted, rel_tol=0.02)


def test_every_lot_that_options_traded_is_in_the_flow(day: Day) -> None:
    sides = [
        f"{kind}_{side}_qty" for kind in ("call", "put") for side in ("buy", "sell", "unsided")
    ]
    ((flow,),) = day.rows(f"select sum({' + '.join(sides)}) from options.flow_5s")
    ((printed,),) = day.rows(
        "select sum(size) from market.prints inner join options.contracts using (instrument_id)"
        " where make_timestamp(ts_recv // 1000) >= timestamp '2024-03-05 14:30:00'"
    )
    assert flow == printed > 0


def test_planted_flow_presses_at_its_strike_in_its_direction(day: Day) -> None:
    seen = 0
    for level_id, way, start, end in planted(day):
        found = day.rows(
            "select sum(long_short_pressure * long_short_pressure_support)"
            " / sum(long_short_pressure_support) from options.pressure_5s"
            f" where level_id = '{level_id}' and \"offset\" = 0 and expiry_set = 'all'"
            f" and bucket_end between '{start}' and '{end}'"
        )
        if found[0][0] is not None:
            assert found[0][0] * way > 0.3, level_id
            seen += 1
    assert seen


def planted(day: Day) -> Iterator[tuple[str, int, datetime, datetime]]:
    """Yield the level, direction and time of each planted flow; up is 1."""
    for place, flow in enumerate(day.truth["flows"], 1):
        way = 1 if (flow["aggressor"] == "B") == (flow["right"] == "C") else -1
        times = (flow["start_ns"], flow["end_ns"])
        start, end = (datetime.fromtimestamp(ns // 10**9, UTC).replace(tzinfo=None) for ns in times)
        yield f"FLOW_{place}", way, start, end


def test_the_ladder_shows_options_beside_the_book(day: Day) -> None:
    ((steps, known),) = day.rows("select count(*), count(gex_share) from pressure.ladder_5s")
    assert known == steps > 0


def test_distances_count_what_is_left_to_expiry(day: Day) -> None:
    rows = day.rows(
        "select ln(forward / call_wall_gex) / (atm_iv * sqrt(t_years)), dist_call_wall, atm_iv,"
        " t_years"
        " from options.gex_profile_5s inner join options.pressure_5s using (bucket_end, expiry_set)"
        f" where {ZERO_DAYS}"
    )
    assert all(isclose(a, b) for a, b, _, _ in rows)
    assert all(0.05 < vol < 0.5 and sqrt(years) < 0.05 for _, _, vol, years in rows)
