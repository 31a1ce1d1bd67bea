"""Each number of a message is that of one column of one relation, asked of the catalog itself."""

import pytest

from spymaster.read.catalog import catalog

BUCKET = "strftime(bucket_end, '%Y-%m-%dT%H:%M:%SZ')"
SHARE = 1e-4 / 2 + 1e-9
"""Half of the last decimal."""
ORDERS = ("", "_d1", "_d2", "_d3")
SIDES = (
    *("ask_above_higher", "ask_above_drain", "bid_below_lower", "bid_below_drain"),
    *("p_above", "p_below", "net", "vacuum"),
)
MINUTE = ("net_60s", "vacuum_60s", "p_above_60s", "p_below_60s")
PLACE = (
    *("price", "approach", "dist_ticks", "dist_sigma", "speed_sigma", "sigma_ticks"),
    *("code", "code_touch"),
)
PHASE = ("phase", "touch_no", "seconds_in_phase", "cluster_id")
BOOK_LADDER = (
    *("bid_reach", "ask_reach", "bid_depth_share", "ask_depth_share", "depth_share_median"),
    *("bid_pull_add", "ask_pull_add", "bid_fill_intensity", "ask_fill_intensity", "lean_60s"),
)
OPTION_LADDER = (
    *("hedge_naive_0dte", "hedge_naive_all", "hedge_flow_0dte", "hedge_flow_all"),
    *("hedge_share_up", "hedge_share_down", "long_share_60s", "short_share_60s"),
)
PROFILE = (
    *("forward", "gex_total", "gex_gross", "gex_flow", "zero_gamma", "call_wall_gex"),
    *("put_wall_gex", "call_wall_oi", "put_wall_oi", "abs_gamma_strike", "atm_iv"),
    *("n_strikes", "n_known"),
)
HEDGE = ("hedge_call", "hedge_put", "hedge_call_sum", "hedge_put_sum")
PRESSURE = (
    *("gex_net_ratio", "gex_share", "long_short_pressure_60s", "vol_demand_60s"),
    "hedge_to_depth",
)
SETS = ("0dte", "5d", "all")


@pytest.fixture(scope="module")
def ask(simulated):
    """Return rows of a query by their first columns."""
    with catalog(simulated) as connection:

        def rows(query, keys=1):
            found = connection.execute(query).fetchall()
            return {row[:keys] if keys > 1 else row[0]: row[keys:] for row in found}

        yield rows


def agree(told, wanted):
    """Compare numbers one by one, and return how many are not null."""
    told, wanted = list(told), list(wanted)
    assert [value is None for value in told] == [value is None for value in wanted]
    known = [(one, other) for one, other in zip(told, wanted, strict=True) if other is not None]
    for one, other in known:
        # of exposure in dollars the last decimal is one of the last that a double has
        near = pytest.approx(other, abs=SHARE, rel=1e-12) if isinstance(other, float) else other
        assert one == near
    return len(known)


def test_numbers_of_the_market(ask, messages):
    quotes = ask(f"select {BUCKET}, mid, microprice from bbo_5s")
    tape = ask(f"select {BUCKET}, buy_sell from tape_5s")
    books = ask(f"select {BUCKET}, queue_imbalance, flow_imbalance from imbalance_5s")
    ticks = ask(f"select {BUCKET}, min(tick), max(tick) from trades_5s group by all")
    quality = ask(f"select {BUCKET}, book, n_gaps from quality_5s")
    names = ("mid", "microprice", "buy_sell", "queue_imbalance", "flow_imbalance")
    for bucket, *_ in messages.values():
        at, market = bucket["bucket_end"], bucket["market"]
        traded = ticks.get(at, (None, None))
        assert agree(
            (market[name] for name in (*names, "low_tick", "high_tick")),
            (*quotes[at], *tape.get(at, (None,)), *books[at], *traded),
        )
        assert (bucket["quality"]["book"], bucket["quality"]["n_gaps"]) == quality[at]


def test_numbers_of_a_level(ask, messages):
    frames = [f"{name}{of}{order}" for of in ("", "_touch") for name in SIDES for order in ORDERS]
    minutes = [f"{name}{of}" for name in MINUTE for of in ("", "_c30s")]
    columns = ", ".join([*PLACE, "reach_above", "reach_below", *frames, *minutes])
    states = ask(f"select {BUCKET}, {columns} from states_5s")
    phases = ask(f"select {BUCKET}, {', '.join(PHASE)} from phases_5s")
    seen = 0
    for bucket, *_ in messages.values():
        (level,) = bucket["levels"]
        told = [*(level[name] for name in PLACE), level["reach"]["above"], level["reach"]["below"]]
        told += [value for of in ("level", "touch") for name in SIDES for value in level[of][name]]
        told += [value for name in MINUTE for value in level["minute"][name]]
        seen += agree(told, states[bucket["bucket_end"]])
        agree((level[name] for name in PHASE), phases[bucket["bucket_end"]])
    assert seen > 50 * len(messages)


def test_numbers_of_touches(ask, messages):
    names = ("level_id", "level_ids", "n_touch", "approach", "dist_ticks")
    wanted = ask(f"select {BUCKET}, {', '.join(names)} from touches")
    told = {
        bucket["bucket_end"]: tuple(touch[name] for name in names)
        for bucket, *_ in messages.values()
        for touch in bucket["touches"]
    }
    assert told == wanted != {}


def test_numbers_of_a_step_of_the_ladder(ask, messages):
    columns = ", ".join([*BOOK_LADDER, *OPTION_LADDER])
    rows = ask(f'select {BUCKET}, "offset", {columns} from ladder_5s', keys=2)
    seen = 0
    for bucket, options, _ in (sent[:3] for sent in messages.values()):
        ladders = bucket["levels"][0]["ladder"], options["levels"][0]["ladder"]
        for at, offset in enumerate(range(-5, 6)):
            told = [ladders[0][name][at] for name in BOOK_LADDER]
            told += [ladders[1][name][at] for name in OPTION_LADDER]
            seen += agree(told, rows[bucket["bucket_end"], offset])
    assert seen > 50 * len(messages)


def test_numbers_of_options(ask, messages):
    profiles = ask(f"select {BUCKET}, expiry_set, {', '.join(PROFILE)} from gex_profile_5s", 2)
    hedges = ask(f"select {BUCKET}, expiry_set, {', '.join(HEDGE)} from hedge_5s", 2)
    names = ", ".join(PRESSURE)
    pressure = ask(
        f'select {BUCKET}, expiry_set, "offset", price, {names} from options.pressure_5s', 3
    )
    seen = 0
    for _, options, _ in (sent[:3] for sent in messages.values()):
        at, (level,) = options["bucket_end"], options["levels"]
        for name in SETS:
            told = options["gex_profile"][name], options["hedge"][name]
            seen += agree((told[0][column] for column in PROFILE), profiles[at, name])
            seen += agree((told[1][column] for column in HEDGE), hedges[at, name])
            for n, offset in enumerate(range(-2, 3)):
                own = [level["price"][n], *(level["pressure"][name][one][n] for one in PRESSURE)]
                seen += agree(own, pressure[at, name, offset])
    assert seen > 50 * len(messages)


def test_strikes_near_the_price_in_millions(ask, messages):
    """Those of the day's expiry within 60 points of the mid, from below."""
    columns = ("front_strike", "gex_call", "gex_put", "gex_flow")
    rows = ask(
        f"""
        select {BUCKET}, list([{", ".join(columns)}] order by front_strike)
        from gex_by_strike_5s inner join bbo_5s using (session, bucket_end)
        where expiry_set = '0dte' and front_strike between mid - 60 and mid + 60
        group by all
        """
    )
    seen = 0
    for _, _, strikes in (sent[:3] for sent in messages.values()):
        (wanted,) = rows.get(strikes["bucket_end"], ([],))
        for name, *values in zip(columns, *wanted, strict=True):
            scale = 1 if name == "front_strike" else 1e6
            seen += agree(strikes[name], [None if one is None else one / scale for one in values])
    assert seen > 50 * len(messages)
