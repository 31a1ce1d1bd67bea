"""Open interest in exposure: none is lost for want of a quote, and what is not known is not 0."""

from __future__ import annotations

import math

import pytest

from options.desk import FUTURE, SECOND, START, Desk, Row, open_interest, option, quote
from reference.chain import Point

BEFORE = START - 60 * SECOND
BUCKET = 5 * SECOND
CALL, PUT, FAR_CALL, FAR_PUT = 101, 102, 103, 104
LISTED = [
    option(CALL, "C", 5100),
    option(PUT, "P", 5100),
    option(FAR_CALL, "C", 5200),
    option(FAR_PUT, "P", 5200),
]
QUOTED = [
    quote(FUTURE, BEFORE, 5099.75, 5100.25),
    quote(CALL, BEFORE, 20, 20.5),
    quote(PUT, BEFORE, 20, 20.5),
]
HELD = {CALL: 1000, PUT: 400, FAR_CALL: 70, FAR_PUT: 5000}


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(ends=("options.gex_5s",))


def published(held: dict[int, int]) -> list[Row]:
    return [open_interest(number, BEFORE, oi) for number, oi in held.items()]


def exposed(desk: Desk, n: int = 1) -> dict[float, Row]:
    """Return the exposure of a bucket by strike."""
    end = START + n * BUCKET
    rows = desk.rows(f"from options.gex_5s where epoch_ns(bucket_end) = {end}")
    return {row["strike"]: row for row in rows}


def unit(desk: Desk, strike: float) -> float:
    """Return $ per 1 % of one option at a strike with the vol of the only strike that has one."""
    (vol,) = desk.rows(
        "select iv_quote as iv, t_years from options.vols_5s"
        f" where strike = 5100 and epoch_ns(bucket_end) = {START + BUCKET}"
    )
    return Point(5100, strike, vol["t_years"], vol["iv"]).gamma * 50 * 5100**2 * 0.01


@pytest.mark.parametrize("quoted", [[], [FAR_PUT], [FAR_CALL], [FAR_CALL, FAR_PUT]], ids=str)
def test_what_nobody_quotes_still_counts(desk: Desk, quoted: list[int]) -> None:
    """A put in the money that is not quoted holds most of this chain."""
    desk.build(
        definition=LISTED,
        mbp_1=QUOTED + [quote(number, BEFORE, None, None) for number in quoted],
        statistics=published(HELD),
    )
    found = exposed(desk)
    assert (found[5200]["oi_call"], found[5200]["oi_put"]) == (70, 5000)
    assert math.isclose(found[5200]["gex_net"], (70 - 5000) * unit(desk, 5200), rel_tol=1e-9)
    total = 600 * unit(desk, 5100) - 4930 * unit(desk, 5200)
    assert math.isclose(sum(row["gex_net"] for row in found.values()), total, rel_tol=1e-9)


def test_open_interest_counts_from_when_it_was_published(desk: Desk) -> None:
    late = open_interest(FAR_PUT, START + BUCKET, 5000)
    first = published({CALL: 1, PUT: 1, FAR_CALL: 0})
    desk.build(definition=LISTED, mbp_1=QUOTED, statistics=[*first, late])
    assert [exposed(desk, n)[5200]["oi_put"] for n in (1, 2, 24)] == [None, 5000, 5000]
    assert exposed(desk)[5200]["gex_net"] is None
    assert exposed(desk, 2)[5200]["gex_net"] < 0


def test_where_no_put_is_listed_none_is_held(desk: Desk) -> None:
    desk.build(definition=LISTED[:3], mbp_1=QUOTED, statistics=published(HELD))
    found = exposed(desk)[5200]
    assert (found["oi_call"], found["oi_put"]) == (70, 0)
    assert math.isclose(found["gex_net"], 70 * unit(desk, 5200), rel_tol=1e-9)


def test_two_multipliers_at_a_strike_add_by_contract(desk: Desk) -> None:
    """A tenth of the size: 1000 contracts of it are worth 100."""
    small = option(105, "C", 5100, unit_of_measure_qty=5 * 10**9, asset="SMALL")
    desk.build(
        definition=[*LISTED, small],
        mbp_1=[*QUOTED, quote(105, BEFORE, 20, 21)],
        statistics=published(HELD | {105: 1000}),
    )
    found = exposed(desk)[5100]
    assert (found["oi_call"], found["value_call"]) == (2000, 1000 * 50 + 1000 * 5)
    assert math.isclose(found["gex_call"], (1000 + 100) * unit(desk, 5100), rel_tol=1e-9)
    assert math.isclose(found["gex_put"], 400 * unit(desk, 5100), rel_tol=1e-9)
