"""Rows that are as they should be, and rows that are not, by audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]
SESSION, INSTRUMENT = date(2024, 3, 5), 1
FIRST = datetime(2024, 3, 5, 14, 30, 5)
"""End of the window's first bucket, UTC."""
SECOND = FIRST + timedelta(seconds=5)
EXPIRY = datetime(2024, 3, 5, 21)
KEYS: Row = {"session": SESSION, "instrument_id": INSTRUMENT, "bucket_end": FIRST}
FLOWS = (
    *("add_qty", "pull_qty", "fill_qty", "size_up_qty", "refill_qty", "in_up_qty", "in_down_qty"),
    *("out_up_qty", "out_down_qty", "hidden_fill_qty", "unknown_fill_qty", "snapshot_qty"),
    *("clear_qty", "unknown_cancel_qty", "pull_500ms_qty", "pull_5s_qty", "pull_60s_qty"),
    *("depth_start", "depth_end", "orders_end", "n_add", "n_pull", "n_fill", "n_unknown"),
)
GREEKS = ("delta_call", "gamma", "vega", "vanna", "charm")
CELLS = (*FLOWS, "in_away_qty", "in_toward_qty", "out_away_qty", "out_toward_qty")


def flow(**given: Any) -> Row:
    """A row of ``book.flow_5s`` in which nothing happened but what is given."""
    return KEYS | {"side": "bid", "tick": 20_000} | dict.fromkeys(FLOWS, 0) | given


def change(kind: str, qty: int, **given: Any) -> Row:
    """A row of ``book.changes``."""
    delta = {"add": qty, "pull": -qty, "fill": -qty}.get(kind, 0)
    said = {"kind": kind, "qty": qty, "delta": delta, "orders_delta": 0, "is_unknown": False}
    return KEYS | {"side": "bid", "tick": 20_000} | said | given


def cell(**given: Any) -> Row:
    """A row of ``pressure.cells_5s`` in which nothing happened but what is given."""
    place = {"level_id": "L", "side": "ask", "zone": "above", "band": 1}
    names = [name for name in CELLS if "_up_qty" not in name and "_down_qty" not in name]
    return KEYS | place | dict.fromkeys(names, 0) | {"size_up_qty": 0} | given


def quote(**given: Any) -> Row:
    return KEYS | {"bid_tick": 20_000, "ask_tick": 20_001} | given


def option(**given: Any) -> Row:
    """A row of ``options.chain_5s`` as it should be."""
    known = {"instrument_id": 101, "expiry": EXPIRY, "quote_ts": ns(FIRST) - 1}
    return KEYS | known | {"quote_state": "ok", "bid": 1.0, "ask": 1.5} | given


def vol(**given: Any) -> Row:
    """A row of ``options.vols_5s`` as it should be."""
    keys: Row = {"session": SESSION, "bucket_end": FIRST, "expiry": EXPIRY, "strike": 5000.0}
    quoted = {"iv": 0.2, "iv_source": "quote", "iv_quote": 0.2, "iv_unc": 0.004, "t_years": 0.001}
    greeks = {"delta_call": 0.5, "gamma": 0.002, "vega": 3.0, "vanna": -1.0, "charm": 9.0}
    return keys | quoted | {"df": 1.0} | greeks | given


def ns(at: datetime) -> int:
    return int((at - datetime(1970, 1, 1)) / timedelta(microseconds=1)) * 1_000


def neighbour(**given: Any) -> Row:
    """A row of ``analogs.neighbours``: a setup of the day before."""
    keys = {"session": SESSION, "cluster_id": "PM_HIGH", "touched_at": FIRST, "wait_s": 60}
    return keys | {"rank": 1, "neighbour_session": SESSION - timedelta(days=1)} | given


def forecast(**given: Any) -> Row:
    """A row of ``analogs.forecasts``, each of its odds in its interval."""
    keys = {"session": SESSION, "cluster_id": "PM_HIGH", "touched_at": FIRST, "wait_s": 60}
    odds = {"p_break": 0.5, "p_reject": 0.3, "p_chop": 0.2}
    lows = {"break_low": 0.4, "reject_low": 0.2, "chop_low": 0.1}
    highs = {"break_high": 0.6, "reject_high": 0.4, "chop_high": 0.3}
    return keys | {"horizon_s": 120} | odds | lows | highs | given


def state(**given: Any) -> Row:
    """A row of ``pressure.states_5s`` whose net pressures are defined."""
    defined = {"net": 0.1, "why": None, "net_60s": -0.1, "why_60s": None}
    return KEYS | {"level_id": "L"} | defined | given


LATER: Row = {"bucket_end": SECOND}
LEFT = flow(bucket_end=SECOND + timedelta(seconds=5), depth_start=3, pull_qty=3)
DEEP = KEYS | {"side": "bid", "tick": 20_000, "depth_qty": 3, "n_orders": 1}
"""Of ``book.depth_5s``, what ``ADDED`` leaves there."""
CONTRACTS = {"options.contracts": [KEYS | {"instrument_id": 101, "known_at": FIRST}]}
ADDED = flow(add_qty=3, depth_end=3, orders_end=1)
RIGHT: dict[str, list[Tables]] = {
    "conservation": [
        {"book.flow_5s": [ADDED]},
        {"book.flow_5s": [flow(depth_start=9, fill_qty=2, hidden_fill_qty=5, depth_end=7)]},
    ],
    "continuity": [
        {
            "book.flow_5s": [
                ADDED,
                flow(bucket_end=SECOND, depth_start=3, pull_qty=3),
                flow(side="ask", depth_start=4, depth_end=4, orders_end=1),
            ],
            "book.opening_depth": [KEYS | {"side": "ask", "tick": 20_000, "depth_qty": 4}],
        }
    ],
    "changes_agree": [
        {
            "book.flow_5s": [
                flow(depth_start=9, add_qty=3, fill_qty=2, depth_end=10, orders_end=2)
                | {"n_add": 2, "n_fill": 1}
            ],
            "book.changes": [
                change("add", 9, orders_delta=1, bucket_end=FIRST - timedelta(seconds=5)),
                *[change("add", n, orders_delta=1) for n in (1, 2)],
                change("fill", 2, orders_delta=-1),
            ],
        },
        {
            "book.flow_5s": [
                flow(pull_qty=9, pull_500ms_qty=7, pull_5s_qty=4, depth_start=9) | {"n_pull": 3},
                flow(side="ask", unknown_cancel_qty=2) | {"n_unknown": 1},
            ],
            "book.changes": [
                *[
                    change("pull", qty, age_ns=age_ns)
                    for qty, age_ns in ((2, 499_999_999), (3, 500_000_000), (4, 5_000_000_000))
                ],
                change("unknown_cancel", 2, side="ask", is_unknown=True),
            ],
        },
    ],
    "depth_agrees": [
        {"book.flow_5s": [ADDED, flow(tick=1), LEFT], "book.depth_5s": [DEEP, DEEP | LATER]},
        {
            "book.flow_5s": [flow(depth_start=3, pull_qty=3)],
            "book.opening_depth": [DEEP],
        },
    ],
    "moves_balance": [
        {"book.flow_5s": [flow(out_up_qty=3), flow(tick=20_004, in_up_qty=3)]},
    ],
    "ranges": [
        {"book.flow_5s": [flow(pull_qty=4, pull_500ms_qty=3, pull_5s_qty=2, pull_60s_qty=1)]},
        {"book.flow_5s": [flow(pull_qty=4, pull_500ms_qty=4, pull_5s_qty=4, pull_60s_qty=4)]},
    ],
    "uncrossed": [
        {"market.bbo_5s": [quote()]},
        # the hour before 18:00 New York, and the first bucket after it
        {
            "market.bbo_5s": [
                quote(bucket_end=at, ask_tick=20_000)
                for at in (datetime(2024, 3, 5, 22, 0, 5), datetime(2024, 3, 5, 23, 0, 5))
            ]
        },
        {
            "market.fronts": [{"instrument_id": INSTRUMENT}],
            "market.bbo_5s": [quote(ask_tick=20_000)],
            "staging.status": [
                {"instrument_id": INSTRUMENT, "ts_recv": ns(FIRST) - 1, "is_trading": "N"}
            ],
        },
    ],
    "cells_conserve": [
        {"pressure.cells_5s": [cell(depth_start=9, out_toward_qty=2, pull_qty=3, depth_end=4)]},
    ],
    "orders_agree": [
        {
            "pressure.cells_5s": [cell(orders_end=2, depth_end=7)],
            "pressure.orders_5s": [cell() | {"n_orders": 2, "rest_qty": 7}],
        }
    ],
    "feature_ranges": [
        {"pressure.ratios_5s": [cell() | {"pull_add": -1.0, "add_intensity": 0.0}]},
    ],
    "options_known": [
        {"options.chain_5s": [option(), option(quote_state="zero_bid", bid=0.0)]} | CONTRACTS,
    ],
    "analogs_look_back": [{"analogs.neighbours": [neighbour()]}],
    "nulls_say_why": [
        {
            "pressure.states_5s": [
                state(),
                state(net=None, why="thin", net_60s=None, why_60s="thin"),
                state(net=None, why="thin"),
            ]
        }
    ],
    "odds_add_up": [
        {
            "analogs.forecasts": [
                forecast(),
                forecast(p_break=1.0, p_reject=0.0, p_chop=0.0, break_high=1.0)
                | {"reject_low": 0.0, "chop_low": 0.0},
            ]
        }
    ],
    "vol_ranges": [
        {
            "options.vols_5s": [
                vol(),
                vol(delta_call=1.0, gamma=0.0, vega=0.0),
                vol(iv_source="interpolated", iv_unc=0.01),
                vol(iv=None, iv_source=None, iv_unc=None) | dict.fromkeys(GREEKS),
            ]
        }
    ],
}
"""By audit what is as it should be."""
WRONG: dict[str, list[Tables]] = {
    "conservation": [
        {"book.flow_5s": [flow(add_qty=3, depth_end=2)]},
        {"book.flow_5s": [flow(depth_start=9, fill_qty=2, hidden_fill_qty=5, depth_end=2)]},
        *[{"book.flow_5s": [flow(**{name: 1})]} for name in FLOWS if "_qty" in name][:3],
    ],
    "continuity": [
        {"book.flow_5s": [ADDED, flow(bucket_end=SECOND, depth_start=4, pull_qty=4)]},
        {"book.flow_5s": [flow(depth_start=4, pull_qty=4)]},
        {"book.flow_5s": [flow(pull_qty=4, depth_end=-4, orders_end=1)]},
        {"book.flow_5s": [flow(add_qty=4, depth_end=4, orders_end=-1)]},
        {"book.flow_5s": [flow(add_qty=4, depth_end=4)]},
    ],
    "changes_agree": [
        {"book.flow_5s": [ADDED]},
        {"book.changes": [change("add", 1)]},
        {"book.flow_5s": [ADDED], "book.changes": [change("add", 3), change("pull", 1)]},
        {"book.flow_5s": [ADDED], "book.changes": [change("add", 3), change("hidden_fill", 1)]},
        {"book.flow_5s": [ADDED], "book.changes": [change("add", 3, tick=20_001)]},
        *[
            {
                "book.flow_5s": [ADDED | {"n_add": 1} | flow_off],
                "book.changes": [change("add", 3, orders_delta=1) | change_off],
            }
            for flow_off, change_off in (
                ({"orders_end": 2}, {}),
                ({}, {"orders_delta": 0}),
                ({"n_add": 2}, {}),
                ({}, {"is_unknown": True}),
            )
        ],
        *[
            {
                "book.flow_5s": [
                    flow(depth_start=3, pull_qty=3, pull_500ms_qty=3) | {"n_pull": 1} | off
                ],
                "book.changes": [change("pull", 3, age_ns=500_000_000)],
            }
            for off in ({"n_pull": 2}, {"pull_500ms_qty": 0}, {"pull_5s_qty": 3})
        ],
    ],
    "depth_agrees": [
        *[
            {"book.flow_5s": [ADDED, LEFT], "book.depth_5s": depth}
            for depth in (
                [DEEP | LATER],
                [DEEP | {"depth_qty": 4}, DEEP | LATER],
                [DEEP | {"n_orders": 2}, DEEP | LATER],
                # in the bucket after, too, in which nothing happened there
                [DEEP],
                [DEEP, DEEP | LATER | {"depth_qty": 4}],
            )
        ],
        {"book.opening_depth": [DEEP]},
    ],
    "moves_balance": [
        {"book.flow_5s": [flow(out_up_qty=3), flow(tick=20_004, in_up_qty=2)]},
        {"book.flow_5s": [flow(out_down_qty=3), flow(tick=20_004, in_up_qty=3, out_up_qty=3)]},
    ],
    "ranges": [
        *[{"book.flow_5s": [flow(**{name: -1})]} for name in FLOWS[:14] if name != "pull_qty"],
        {"book.flow_5s": [flow(pull_qty=3, pull_500ms_qty=4)]},
        {"book.flow_5s": [flow(pull_qty=9, pull_500ms_qty=4, pull_5s_qty=5)]},
        {"book.flow_5s": [flow(pull_qty=9, pull_500ms_qty=4, pull_5s_qty=4, pull_60s_qty=5)]},
    ],
    "uncrossed": [
        {"market.bbo_5s": [quote(ask_tick=20_000)]},
        {"market.bbo_5s": [quote(ask_tick=20_000, bucket_end=datetime(2024, 3, 5, 23, 0, 10))]},
        {
            "market.fronts": [{"instrument_id": INSTRUMENT}],
            "market.bbo_5s": [quote(ask_tick=19_999)],
            "staging.status": [{"instrument_id": 2, "ts_recv": 1, "is_trading": "N"}],
        },
    ],
    "cells_conserve": [
        {"pressure.cells_5s": [cell(depth_start=9, out_toward_qty=2, depth_end=9)]},
        {"pressure.cells_5s": [cell(in_away_qty=2)]},
    ],
    "orders_agree": [
        {
            "pressure.cells_5s": [cell(orders_end=2, depth_end=7)],
            "pressure.orders_5s": [cell() | {"n_orders": 2, "rest_qty": 7} | off],
        }
        for off in ({"n_orders": 3}, {"rest_qty": 8})
    ],
    "feature_ranges": [
        {"pressure.ratios_5s": [cell() | {"pull_add": -1.1}]},
        {"pressure.ratios_5s": [cell() | {"add_intensity": 1.1}]},
    ],
    "options_known": [
        {"options.chain_5s": [wrong]} | CONTRACTS
        for wrong in (
            option(quote_ts=ns(FIRST)),
            option(expiry=FIRST),
            option(instrument_id=102),
            option(bucket_end=FIRST - timedelta(seconds=5), quote_ts=1),
            option(bid=0.0),
            option(bid=1.5),
        )
    ],
    "analogs_look_back": [
        {"analogs.neighbours": [neighbour(neighbour_session=SESSION + timedelta(days=days))]}
        for days in (0, 1)
    ],
    "nulls_say_why": [
        {"pressure.states_5s": [state(**wrong)]}
        for wrong in (
            {"net": None},
            {"net_60s": None},
            {"why": "thin"},
            {"why_60s": "thin"},
        )
    ],
    "odds_add_up": [
        {"analogs.forecasts": [forecast(**wrong)]}
        for wrong in (
            {"p_break": 0.51},
            {"p_break": -0.1, "p_reject": 0.9, "break_low": -0.2, "reject_high": 1.0},
            {"break_low": 0.51},
            {"break_high": 0.49},
            {"reject_low": 0.31},
            {"reject_high": 0.29},
            {"chop_low": 0.21},
            {"chop_high": 0.19},
        )
    ],
    "vol_ranges": [
        {"options.vols_5s": [vol(**wrong)]}
        for wrong in (
            {"iv_source": None},
            *[{name: None} for name in GREEKS],
            *[{name: bad} for name in GREEKS for bad in (float("nan"), float("inf"))],
            {"iv": None, "iv_source": None} | dict.fromkeys(GREEKS) | {"vanna": 1.0},
            {"iv": 0.0},
            {"iv": float("inf")},
            {"delta_call": 1.01},
            {"delta_call": -0.01},
            {"gamma": -1.0},
            {"vega": -1.0},
            {"t_years": 0.0},
            {"iv_unc": 0.02},
            {"iv_source": "extrapolated"},
        )
    ],
}
"""By audit what it has to find, each by itself."""
