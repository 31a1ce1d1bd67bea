"""Which columns a message carries, and from which relation: for its schema and its bytes alike."""

from __future__ import annotations

STATES = "pressure.states_5s"
LADDER = "pressure.ladder_5s"
PHASES = "pressure.phases_5s"
TOUCHES = "pressure.touches"
QUALITY = "market.quality_5s"
PROFILE = "options.gex_profile_5s"
STRIKES = "options.gex_by_strike_5s"
PRESSURE = "options.pressure_5s"
HEDGE = "options.hedge_5s"
LEVELS = "levels.levels"
FORECASTS = "analogs.forecasts"
CARDS = "analogs.cards"

OFFSETS = tuple(range(-5, 6))
"""Steps of the ladder, in bands from the level."""
PRICES = tuple(range(-2, 3))
"""Prices around a level at which options press, in gaps between strikes."""
EXPIRY_SETS = ("0dte", "5d", "all")
SNAPSHOT_BUCKETS = 240
"""How much of the past a new client is sent: twenty minutes."""

FRAME = (
    "ask_above_higher",
    "ask_above_drain",
    "bid_below_lower",
    "bid_below_drain",
    "p_above",
    "p_below",
    "net",
    "vacuum",
)
"""What a frame of a level says, each as value, d1, d2 and d3; _touch is the other frame."""
MINUTE = ("net_60s", "vacuum_60s", "p_above_60s", "p_below_60s")
"""Pooled over a minute, each with its change over 30 seconds."""

MARKET = {
    "market.bbo_5s": ("mid", "microprice"),
    "pressure.tape_5s": ("buy_sell",),
    "pressure.imbalance_5s": ("queue_imbalance", "flow_imbalance"),
}
PLACE = (
    "price",
    "approach",
    "dist_ticks",
    "dist_sigma",
    "speed_sigma",
    "sigma_ticks",
    "code",
    "code_touch",
)
"""Where price is, from the level, and which states hold."""
REACH = {"above": "reach_above", "below": "reach_below"}
PHASE = ("phase", "touch_no", "seconds_in_phase", "cluster_id")
BOOK_LADDER = (
    "bid_reach",
    "ask_reach",
    "bid_depth_share",
    "ask_depth_share",
    "depth_share_median",
    "bid_pull_add",
    "ask_pull_add",
    "bid_fill_intensity",
    "ask_fill_intensity",
    "lean_60s",
)
OPTION_LADDER = (
    "hedge_naive_0dte",
    "hedge_naive_all",
    "hedge_flow_0dte",
    "hedge_flow_all",
    "hedge_share_up",
    "hedge_share_down",
    "long_share_60s",
    "short_share_60s",
)
QUALITY_NOW = ("book", "n_gaps")
TOUCH = ("level_id", "level_ids", "n_touch", "approach", "dist_ticks")
PROFILE_OF_SET = (
    "forward",
    "gex_total",
    "gex_gross",
    "gex_flow",
    "zero_gamma",
    "call_wall_gex",
    "put_wall_gex",
    "call_wall_oi",
    "put_wall_oi",
    "abs_gamma_strike",
    "atm_iv",
    "n_strikes",
    "n_known",
)
HEDGE_OF_SET = ("hedge_call", "hedge_put", "hedge_call_sum", "hedge_put_sum")
PRESSURE_OF_SET = (
    "gex_net_ratio",
    "gex_share",
    "long_short_pressure_60s",
    "vol_demand_60s",
    "hedge_to_depth",
)
FORECAST = ("horizon_s", "barrier_ticks", "n_eff", "n_sessions", "coverage")
OUTCOMES = ("break", "reject", "chop")
CHANCE = {"p": "p_{}", "lo": "{}_low", "hi": "{}_high", "base": "base_{}", "null": "null_{}"}
"""What is said of an outcome, and the columns that say it."""
CARDS_SHOWN = 5
STRIKE = ("front_strike", "gex_call", "gex_put", "gex_flow")
NEARBY_POINTS = 60
"""How far from the price strikes are sent."""

WHY = {
    "asks_above_out_of_reach": "price is so far above the level that no ask can rest there",
    "bids_below_out_of_reach": "price is so far below the level that no bid can rest there",
    "out_of_reach": "this side of the step lies beyond the opposite quote",
    "no_flow_above": "no ask above was added or pulled",
    "no_flow_below": "no bid below was added or pulled",
    "no_flow": "nothing was added, pulled or traded",
    "no_depth": "nothing rests there",
    "no_hedge": "dealers trade with this move, so that nothing has to be absorbed",
    "warming_up": "what it is compared with, in the buckets before, is not there",
    "level_new": "the level became known in this bucket",
    "no_quote": "one side of the book has no order",
    "no_options": "no options landed, or none is known yet",
    "no_history": "no past session to compare with",
    "too_few_sessions": "fewer past sessions than a forecast needs",
    "no_close_analogs": "nothing in the past was close to this",
    "no_level": "no level is in use, and this is told with levels only",
    "no_orders": "no record of orders has come yet",
    "no_strike": "no strike is listed at the step",
    "no_crossing": "the exposure keeps its sign at all prices that were looked at",
    "stale": "the feed is silent",
}
"""The reasons why something is null; a null without one is a fault."""
