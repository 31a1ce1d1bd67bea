"""What the simulator put into a chain comes out of the models."""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from statistics import median

import pytest

from options.simulated import Day
from spymaster.units import to_ns

pytestmark = pytest.mark.thorough

CERTAIN = 0.01
"""Uncertainty of an implied vol below which its quote is trusted."""


def test_every_option_is_a_contract_and_no_spread_is(day: Day) -> None:
    found = day.rows(
        "select instrument_id, raw_symbol, upper(option_type[1]), strike, expiry, style,"
        " multiplier, underlying_id from options.contracts"
    )
    expected = {
        (
            number,
            option["raw_symbol"],
            option["right"],
            option["strike"],
            option["expires_ns"],
            {"A": "american", "E": "european"}[smile["style"]],
            50.0,
            smile["future_id"],
        )
        for number, option in day.options.items()
        for smile in (day.classes[option["expires_ns"]],)
    }
    assert {(*row[:4], to_ns(row[4].replace(tzinfo=UTC)), *row[5:]) for row in found} == expected


def test_vols_come_back_within_what_they_say_they_are_uncertain_by(day: Day) -> None:
    rows = day.rows(
        "select epoch_ns(expiry), strike, forward, t_years, iv_quote, iv_unc"
        f" from options.vols_5s where iv_unc < {CERTAIN}"
    )
    within: Counter[str] = Counter()
    count: Counter[str] = Counter()
    errors = []
    for expires_ns, strike, forward, years, found, uncertain in rows:
        code = day.classes[expires_ns]["code"]
        error = found - day.vol(expires_ns, strike, forward, years)
        count[code] += 1
        within[code] += abs(error) <= uncertain
        errors.append(error)
    assert set(count) == {smile["code"] for smile in day.truth["classes"]}
    assert min(count.values()) > 2_000
    for code, total in count.items():
        assert within[code] / total >= 0.95, code
    assert abs(median(errors)) < 0.0005


def test_every_forward_is_that_of_its_own_future(day: Day) -> None:
    rows = day.rows(
        "select epoch_ns(expiry), max(abs(forward - mid - basis)) from options.vols_5s"
        " inner join market.bbo_5s using (bucket_end)"
        " inner join (values "
        + ", ".join(f"({at}, {smile['basis']})" for at, smile in day.classes.items())
        + ") as answers (expires_ns, basis) on epoch_ns(expiry) = expires_ns group by all"
    )
    assert len(rows) == len(day.classes)
    assert (
        max(gap for _, gap in rows) <= 0.25
    )  # a future without a book has its last second's quote


def test_quotes_are_out_of_order_as_often_as_they_were_made_so(day: Day) -> None:
    rows = day.rows("select quote_state, count(*) from options.chain_5s group by all")
    count = sum(number for _, number in rows)
    found = {state: number / count for state, number in rows}
    shares = day.truth["shares"]
    assert found["zero_bid"] == pytest.approx(shares["zero_bid"], rel=0.2)
    for state in ("no_ask", "none"):
        assert found[state] == pytest.approx(shares[state], rel=0.5)
    assert 0 < found["stale"] < 2 * shares["stale"]


def test_open_interest_is_the_final_count_of_the_day_before(day: Day) -> None:
    found = dict(
        day.rows(
            "select instrument_id, (any_value(oi), any_value(oi_ref)) from options.chain_5s"
            " group by instrument_id having count(distinct oi) = 1"
        )
    )
    assert {number: oi for number, (oi, _) in found.items()} == {
        number: option["open_interest"] for number, option in day.options.items()
    }
    assert {str(ref) for _, ref in found.values()} == {"2024-03-04"}


def test_trades_of_spreads_are_counted_apart(day: Day) -> None:
    volumes = dict(
        day.rows("select instrument_class, sum(volume) from market.instruments group by all")
    )
    names = ("bought", "sold", "unsided")
    traded = sum(option[name] for option in day.options.values() for name in names)
    assert volumes["C"] + volumes["P"] == traded
    assert volumes["T"] + volumes["M"] == day.truth["spread_lots"] > 0
    ((options, spreads, share, missing),) = day.rows(
        "select n_options, n_option_spreads, option_spread_share, missing from market.sessions"
    )
    assert (options, spreads) == (len(day.options), 12)
    lots = day.truth["spread_lots"]
    assert 0 < share == pytest.approx(lots / (lots + traded), abs=1e-15)
    assert "option" not in (missing or "")
