"""The chain: which options there are, and what is known of each at the end of a bucket."""

from __future__ import annotations

import math

import pytest

from options.desk import (
    END,
    EXPIRY,
    FUTURE,
    MIDNIGHT,
    NEXT_FUTURE,
    SECOND,
    START,
    Desk,
    Row,
    open_interest,
    option,
    quote,
)
from spymaster.units import UNDEF_PRICE, UNDEF_STAT_QUANTITY, UNDEF_TIME

CALL, PUT = 101, 102
BUCKET = 5 * SECOND
DAY = 86_400 * SECOND
PAIR = [option(CALL, "C", 5100), option(PUT, "P", 5100)]
BEFORE = START - 60 * SECOND
QUOTED = [
    quote(FUTURE, BEFORE, 5100, 5100.25),
    quote(CALL, BEFORE, 20, 20.5),
    quote(PUT, BEFORE, 20, 20.5),
]


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


def chain(desk: Desk, instrument_id: int) -> dict[int, Row]:
    """Return the rows of an option by the number of the bucket, from 1."""
    rows = desk.rows(f"from options.chain_5s where instrument_id = {instrument_id}")
    return {(row["bucket_end"] - START) // BUCKET: row for row in rows}


def contracts(desk: Desk) -> dict[int, Row]:
    return {row["instrument_id"]: row for row in desk.rows("from options.contracts")}


def test_a_contract_carries_what_its_definition_says(desk: Desk) -> None:
    american = option(CALL, "C", 5100.5, cfi="OCAFPS", raw_symbol="ESH4 C5100.5", asset="ES")
    found = contracts(desk.build(definition=[american, option(PUT, "P", 5000)]))
    call, put = found[CALL], found[PUT]
    assert (call["option_type"], call["cp"], call["style"]) == ("call", 1, "american")
    assert (put["option_type"], put["cp"], put["style"]) == ("put", -1, "european")
    assert (call["strike"], call["multiplier"], call["expiry"]) == (5100.5, 50.0, EXPIRY)
    assert (call["underlying_id"], call["underlying"]) == (FUTURE, "ESH4")
    assert (call["raw_symbol"], call["asset"], call["known_at"]) == ("ESH4 C5100.5", "ES", START)


@pytest.mark.parametrize(
    "left_out",
    [
        {"instrument_class": "T"},
        {"instrument_class": "M"},
        {"instrument_class": "F"},
        {"user_defined_instrument": "Y"},
        {"security_update_action": "D"},
        {"underlying": "NQH4"},
        {"underlying": "ESH4-ESM4"},
        {"underlying_id": 0},
        {"strike_price": UNDEF_PRICE},
        {"expiration": START},
        {"expiration": UNDEF_TIME},
        {"ts_recv": END},
    ],
    ids=str,
)
def test_only_outright_options_of_the_root_that_still_trade_are_contracts(
    desk: Desk, left_out: Row
) -> None:
    desk.build(definition=[PAIR[0] | left_out, PAIR[1]], mbp_1=QUOTED)
    assert list(contracts(desk)) == [PUT]
    assert chain(desk, CALL) == {}


def test_roots_of_options_are_not_listed_anywhere(desk: Desk) -> None:
    """A product that nobody has heard of yet counts by what it delivers."""
    unheard = option(CALL, "C", 5100, asset="X9Z", raw_symbol="X9ZH4 C5100", underlying="ESM4")
    found = contracts(desk.build(definition=[unheard | {"underlying_id": NEXT_FUTURE}]))
    assert found[CALL]["underlying_id"] == NEXT_FUTURE


def test_of_two_definitions_the_last_before_the_window_counts(desk: Desk) -> None:
    yesterday = option(CALL, "P", 4000) | {"ts_recv": MIDNIGHT - DAY}
    later = option(CALL, "C", 9999) | {"ts_recv": START + SECOND}
    found = contracts(desk.build(definition=[yesterday, PAIR[0], later]))
    assert (found[CALL]["strike"], found[CALL]["option_type"]) == (5100.0, "call")


def test_what_is_listed_in_the_window_is_there_from_then_on(desk: Desk) -> None:
    late = PAIR[0] | {"ts_recv": START + 12 * SECOND}
    desk.build(definition=[late, PAIR[1]], mbp_1=QUOTED)
    assert contracts(desk)[CALL]["known_at"] == START + 3 * BUCKET
    assert min(chain(desk, CALL)) == 3
    assert min(chain(desk, PUT)) == 1


def test_a_quote_counts_from_the_bucket_after_which_it_came(desk: Desk) -> None:
    early, late = START + 2 * BUCKET - 1, START + 2 * BUCKET
    more = [quote(CALL, early, 21, 21.5), quote(CALL, late, 22, 22.5)]
    found = chain(desk.build(definition=PAIR, mbp_1=QUOTED + more), CALL)
    assert [found[n]["bid"] for n in (1, 2, 3, 4)] == [20, 21, 22, 22]
    assert [found[n]["quote_ts"] for n in (1, 2, 3)] == [BEFORE, early, late]
    assert (found[2]["bid_qty"], found[2]["ask_qty"]) == (7, 8)
    assert sorted(found) == list(range(1, 25))


def test_an_option_without_a_quote_has_no_row(desk: Desk) -> None:
    late = quote(CALL, START + 7 * SECOND, 20, 20.5)
    desk.build(definition=PAIR, mbp_1=[QUOTED[0], late])
    assert chain(desk, PUT) == {}
    assert min(chain(desk, CALL)) == 2


def test_quotes_of_seconds_minutes_and_changes_are_one_series(desk: Desk) -> None:
    found = chain(
        desk.build(
            definition=PAIR,
            mbp_1=QUOTED,
            bbo_1s=[quote(CALL, START + SECOND, 21, 21.5), quote(CALL, START + BUCKET, 23, 23.5)],
            bbo_1m=[quote(CALL, START + 11 * SECOND, 24, 24.5)],
        ),
        CALL,
    )
    assert [found[n]["bid"] for n in (1, 2, 3)] == [21, 23, 24]


def test_an_expired_option_is_gone(desk: Desk) -> None:
    """A row is for times before the expiry: at it, there is nothing left to price."""
    dying = option(CALL, "C", 5100, START + 4 * BUCKET)
    found = chain(desk.build(definition=[dying, PAIR[1]], mbp_1=QUOTED), CALL)
    assert sorted(found) == [1, 2, 3]
    assert max(chain(desk, PUT)) == 24
    vols = desk.rows(
        "select max(bucket_end) as last, min(t_years) as t from options.vols_5s"
        f" where expiry = make_timestamp({(START + 4 * BUCKET) // 1000})"
    )
    assert vols == [{"last": START + 3 * BUCKET, "t": 60 / (365 * 86_400)}]


@pytest.mark.parametrize(
    ("bid", "ask", "state"),
    [
        (20, 20.5, "ok"),
        (None, 20.5, "zero_bid"),
        (0, 20.5, "zero_bid"),
        (20, None, "no_ask"),
        (None, None, "none"),
        (20.5, 20.5, "locked_crossed"),
        (21, 20.5, "locked_crossed"),
    ],
)
def test_the_state_of_a_quote(desk: Desk, bid: float | None, ask: float | None, state: str) -> None:
    found = chain(desk.build(definition=PAIR, mbp_1=[*QUOTED, quote(CALL, START, bid, ask)]), CALL)
    assert {row["quote_state"] for row in found.values()} == {state}
    assert (found[1]["bid"], found[1]["ask"]) == (bid, ask)


def test_a_quote_is_stale_once_the_future_moved_it_by_more_than_half_its_spread(
    desk: Desk,
) -> None:
    """The spread is 0.5 and delta a half: 0.25 points of value are 0.5 points of the future."""
    calm, moved = START + 6 * SECOND, START + 11 * SECOND
    futures = [quote(FUTURE, calm, 5100.25, 5100.75), quote(FUTURE, moved, 5100.75, 5101)]
    fresh = quote(PUT, START + 16 * SECOND, 19.5, 20)
    desk.build(definition=PAIR, mbp_1=[*QUOTED, *futures, fresh])
    assert [chain(desk, CALL)[n]["quote_state"] for n in (1, 2, 3, 24)] == [
        "ok",
        "ok",
        "stale",
        "stale",
    ]
    assert [chain(desk, PUT)[n]["quote_state"] for n in (1, 2, 3, 4)] == [
        "ok",
        "ok",
        "stale",
        "ok",
    ]


def test_the_forward_is_the_middle_of_the_future_that_is_delivered(desk: Desk) -> None:
    other = PAIR[1] | {"underlying_id": NEXT_FUTURE, "underlying": "ESM4"}
    far = quote(NEXT_FUTURE, BEFORE, 5150, 5150.5)
    crossed = quote(FUTURE, START + 6 * SECOND, 5100.25, 5100.25)
    desk.build(definition=[PAIR[0], other], mbp_1=[*QUOTED, far, crossed])
    assert [chain(desk, CALL)[n]["forward"] for n in (1, 2)] == [5100.125, None]
    assert chain(desk, PUT)[2]["forward"] == 5150.25


def test_the_forward_comes_from_the_book_where_there_is_one(desk: Desk) -> None:
    best = (
        f"select make_timestamp({(START + 2 * BUCKET) // 1000}) as bucket_end, {FUTURE}::uinteger"
        " as instrument_id, 1 as bid_tick, 2 as ask_tick, 5102.5::double as mid"
    )
    try:
        desk.show_best(best)
        found = chain(desk.build(definition=PAIR, mbp_1=QUOTED), CALL)
    finally:
        desk.show_best(f"{best} where false")
    assert [found[n]["forward"] for n in (1, 2, 3)] == [5100.125, 5102.5, 5100.125]


def test_calls_and_puts_imply_a_forward(desk: Desk) -> None:
    strikes = range(5060, 5145, 5)
    rows, quotes = [], [QUOTED[0]]
    df = math.exp(-0.04 * (EXPIRY - START - BUCKET) / SECOND / 86_400 / 365)
    for n, strike in enumerate(strikes):
        rows += [option(200 + n, "C", strike), option(300 + n, "P", strike)]
        put = 30 + max(strike - 5101, 0)
        call = put + df * (5101 - strike)
        off = 40 if strike in (5085, 5095, 5100) else 0  # three of the nearest seven are wrong
        quotes += [quote(200 + n, BEFORE, call + off - 0.5, call + off + 0.5)]
        quotes += [quote(300 + n, BEFORE, put - 0.5, put + 0.5)]
    found = chain(desk.build(definition=rows, mbp_1=quotes), 200)[1]
    assert found["forward_parity"] == pytest.approx(5101, abs=1e-6)
    assert found["basis"] == found["forward_parity"] - 5100.125


def test_open_interest_goes_by_when_it_was_published(desk: Desk) -> None:
    """Of the latest trade date the value that came last; older dates never come back."""
    stats = [
        open_interest(CALL, MIDNIGHT - 3 * 3600 * SECOND, 900, ts_ref=MIDNIGHT - 2 * DAY),
        open_interest(CALL, MIDNIGHT + 4 * 3600 * SECOND, 1000),
        open_interest(CALL, START + BUCKET - 1, 1050, ts_ref=MIDNIGHT - 2 * DAY),
        open_interest(CALL, START + 2 * BUCKET - 1, 1100),
        open_interest(CALL, START + 3 * BUCKET, 1200),
        open_interest(PUT, BEFORE, 5, stat_type=6),
    ]
    desk.build(definition=PAIR, mbp_1=QUOTED, statistics=stats)
    found = chain(desk, CALL)
    assert [found[n]["oi"] for n in (1, 2, 3, 4, 24)] == [1000, 1100, 1100, 1200, 1200]
    assert [str(found[n]["oi_ref"]) for n in (1, 2)] == ["2024-03-04", "2024-03-04"]
    assert {row["oi"] for row in chain(desk, PUT).values()} == {None}


@pytest.mark.parametrize(
    "withdrawn",
    [
        {"update_action": 2},
        {"quantity": UNDEF_STAT_QUANTITY},
        {"quantity": 2**31 - 1},
        {"quantity": -1},
    ],
    ids=str,
)
def test_open_interest_that_is_not_defined_is_null_and_not_0(desk: Desk, withdrawn: Row) -> None:
    stats = [
        open_interest(CALL, BEFORE, 900),
        open_interest(CALL, START + BUCKET, 900) | withdrawn,
        open_interest(PUT, BEFORE, 0),
    ]
    desk.build(definition=PAIR, mbp_1=QUOTED, statistics=stats)
    found = chain(desk, CALL)
    assert (found[1]["oi"], found[2]["oi"], found[2]["oi_ref"]) == (900, None, None)
    assert chain(desk, PUT)[1]["oi"] == 0


def test_what_an_id_meant_before_the_option_was_listed_does_not_count(desk: Desk) -> None:
    listed = PAIR[0] | {"activation": BEFORE + SECOND}
    desk.build(
        definition=[listed, PAIR[1]],
        mbp_1=QUOTED,
        statistics=[open_interest(CALL, BEFORE, 900), open_interest(PUT, BEFORE, 900)],
    )
    assert chain(desk, CALL) == {}
    assert chain(desk, PUT)[1]["oi"] == 900


def test_nothing_landed_gives_nothing(desk: Desk) -> None:
    desk.build()
    for relation in ("contracts", "chain_5s", "vols_5s"):
        assert desk.rows(f"from options.{relation}") == []


def test_quotes_without_definitions_are_no_options(desk: Desk) -> None:
    desk.build(mbp_1=QUOTED)
    assert desk.rows("from options.chain_5s") == []


def test_options_in_the_money_imply_nothing(desk: Desk) -> None:
    """American ones would be inverted wrongly, and the side out of the money says the same."""
    deep = [option(PUT, "P", 5130), option(CALL, "C", 5070)]
    desk.build(
        definition=deep,
        mbp_1=[QUOTED[0], quote(PUT, BEFORE, 40, 40.5), quote(CALL, BEFORE, 40, 40.5)],
    )
    assert {row["quote_state"] for row in chain(desk, PUT).values()} == {"ok"}
    assert desk.rows("select count(*) as n, count(iv) as ivs from options.vols_5s") == [
        {"n": 48, "ivs": 0}
    ]


def test_of_two_series_with_one_expiry_the_narrower_quote_speaks(desk: Desk) -> None:
    other = option(103, "C", 5105, asset="EYC", underlying="ESM4", underlying_id=NEXT_FUTURE)
    quotes = [
        *QUOTED,
        quote(NEXT_FUTURE, BEFORE, 5100.5, 5100.75),
        quote(101, BEFORE, 18, 19),
        quote(103, BEFORE, 18, 18.25),
    ]
    desk.build(definition=[option(101, "C", 5105), other, PAIR[1]], mbp_1=quotes)
    found = desk.rows("select distinct strike, underlying_id, forward from options.vols_5s")
    assert sorted(found, key=lambda row: row["strike"]) == [
        {"strike": 5100.0, "underlying_id": FUTURE, "forward": 5100.125},
        {"strike": 5105.0, "underlying_id": NEXT_FUTURE, "forward": 5100.625},
    ]
    assert len(desk.rows("from options.vols_5s")) == 48


def test_without_a_quote_of_the_future_calls_and_puts_say_where_it_is(desk: Desk) -> None:
    """A call and a put that cost the same are struck at the forward."""
    desk.build(definition=PAIR, mbp_1=QUOTED[1:])
    found = chain(desk, CALL).values()
    assert {(row["forward"], row["forward_source"], row["basis"]) for row in found} == {
        (5100, "parity", 0)
    }
    (vols,) = desk.rows("select distinct forward_source, iv_source from options.vols_5s")
    assert vols == {"forward_source": "parity", "iv_source": "quote"}


def test_a_future_that_comes_to_be_quoted_is_the_forward_from_then_on(desk: Desk) -> None:
    first = quote(FUTURE, START + 7 * SECOND, 5100, 5100.25)
    found = chain(desk.build(definition=PAIR, mbp_1=[*QUOTED[1:], first]), PUT)
    assert [(found[n]["forward"], found[n]["forward_source"]) for n in (1, 2)] == [
        (5100, "parity"),
        (5100.125, "quote"),
    ]
    assert {row["quote_state"] for row in found.values()} == {"ok"}


@pytest.mark.parametrize("bid", [-37.75, -0.125], ids=["below 0", "at 0"])
def test_a_future_at_0_or_below_leaves_its_options_undefined(desk: Desk, bid: float) -> None:
    """As crude oil in April 2020: calls and puts imply a price too, which Black cannot use."""
    fallen = quote(FUTURE, START + 7 * SECOND, bid, bid + 0.25)
    desk.build(definition=PAIR, mbp_1=[*QUOTED, fallen])
    found = chain(desk, CALL)
    assert [found[n]["forward"] for n in (1, 2, 24)] == [5100.125, None, None]
    assert found[2]["forward_source"] is None
    vols = desk.rows("select bucket_end, iv, gamma from options.vols_5s order by bucket_end")
    assert [row["iv"] is None for row in vols] == [False] + [True] * 23


def test_calls_and_puts_that_imply_a_price_below_0_are_no_forward(desk: Desk) -> None:
    low = [option(CALL, "C", 5), option(PUT, "P", 5)]
    quotes = [quote(CALL, BEFORE, 1, 1.5), quote(PUT, BEFORE, 40, 41)]
    found = chain(desk.build(definition=low, mbp_1=quotes), CALL)[1]
    assert found["forward_parity"] < 0
    assert (found["forward"], found["forward_source"]) == (None, None)


@pytest.mark.parametrize(
    ("quoted", "said"),
    [
        ([QUOTED[0]], None),
        ([], "ESH4 of 2 options not quoted, calls and puts imply it"),
        (
            [quote(FUTURE, BEFORE, -1, -0.5)],
            "ESH4 of 2 options at or below 0, where there is no implied vol",
        ),
        (
            [quote(FUTURE, BEFORE, -0.25, 0.25)],
            "ESH4 of 2 options at or below 0, where there is no implied vol",
        ),
    ],
)
def test_a_future_without_a_price_is_named(quoted: list[Row], said: str | None) -> None:
    desk = Desk(ends=("options.option_gaps",))
    desk.build(definition=PAIR, mbp_1=QUOTED[1:] + quoted)
    assert desk.rows("from options.option_gaps") == [{"futures": said}]
