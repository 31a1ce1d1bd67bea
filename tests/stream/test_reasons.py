"""Which reason a null has, each where it is the only one that holds."""

import pytest

from spymaster.stream import fields, reasons
from spymaster.stream.sources import FRAMES, MINUTES

WHOLE = dict.fromkeys((*fields.PLACE, *FRAMES, *MINUTES), 0.5) | {
    "reach_above": 1.0,
    "reach_below": 1.0,
    "why": None,
    "why_60s": None,
}
QUADS = ("", "_d1", "_d2", "_d3")


def without(*names, **given):
    return WHOLE | {f"{name}{order}": None for name in names for order in QUADS} | given


def test_where_nothing_is_null_nothing_is_explained():
    assert reasons.of_level(WHOLE, 100) == {}


@pytest.mark.parametrize(
    ("name", "given", "reason"),
    [
        ("ask_above_higher", {"reach_above": 0.19}, "asks_above_out_of_reach"),
        ("ask_above_higher", {"reach_above": 0.2}, "no_depth"),
        ("ask_above_drain", {}, "no_flow_above"),
        ("bid_below_lower", {"reach_below": 0.0}, "bids_below_out_of_reach"),
        ("bid_below_drain", {}, "no_flow_below"),
        ("bid_below_drain", {"dist_ticks": None}, "no_quote"),
        ("bid_below_drain_touch", {"reach_below": 0.0}, "no_flow_below"),
        ("ask_above_higher_touch", {}, "no_depth"),
    ],
)
def test_a_state_lacks_what_its_own_side_lacks(name, given, reason):
    assert reasons.of_level(without(name, **given), 100)[name] == reason


def test_a_mean_has_the_reason_of_the_part_that_it_lacks():
    state = without("bid_below_drain", "p_below")
    assert reasons.of_level(state, 100)["p_below"] == "no_flow_below"
    touch = without("ask_above_drain_touch", "p_above_touch", "net_touch", "vacuum_touch")
    assert reasons.of_level(touch, 100)["net_touch"] == "no_flow_above"


def test_net_has_the_reason_that_its_model_says():
    state = without("ask_above_drain", "p_above", "net", "vacuum", why="level_new")
    found = reasons.of_level(state, 100)
    assert (found["net"], found["vacuum"], found["p_above"]) == (
        "level_new",
        "level_new",
        "no_flow_above",
    )


def test_in_the_first_bucket_there_is_no_quote_to_start_from():
    state = without("ask_above_higher_touch")
    assert reasons.of_level(state, 1)["ask_above_higher_touch"] == "warming_up"


def test_a_difference_alone_is_warming_up():
    assert reasons.of_level(WHOLE | {"net_d3": None}, 100) == {"net": "warming_up"}
    assert reasons.of_level(WHOLE | {"net_60s_c30s": None}, 100) == {"net_60s": "warming_up"}


@pytest.mark.parametrize(
    ("first", "reach_below", "above", "below"),
    [
        ("warming_up", 1.0, "warming_up", "warming_up"),
        ("asks_above_out_of_reach", 0.1, "asks_above_out_of_reach", "bids_below_out_of_reach"),
        ("no_flow_above", 1.0, "no_flow_above", "no_flow_below"),
        ("bids_below_out_of_reach", 0.1, "no_flow_above", "bids_below_out_of_reach"),
    ],
)
def test_each_side_of_the_minute_has_a_reason_of_its_own(first, reach_below, above, below):
    nulls = dict.fromkeys(MINUTES)
    state = WHOLE | nulls | {"why_60s": first, "reach_below": reach_below}
    found = reasons.of_level(state, 100)
    assert found["net_60s"] == found["vacuum_60s"] == first
    assert (found["p_above_60s"], found["p_below_60s"]) == (above, below)


def ladder(**given):
    steps = len(fields.OFFSETS)
    names = (*fields.BOOK_LADDER, *fields.OPTION_LADDER, "option_qty")
    return {name: [0.5] * steps for name in names} | given


def test_a_step_says_for_itself_what_it_lacks():
    steps = ladder(
        bid_reach=[0.0] * 5 + [1.0] * 6,
        bid_pull_add=[None] * 6 + [0.5] * 5,
        ask_fill_intensity=[None] * 11,
        lean_60s=[None] + [0.5] * 10,
    )
    assert reasons.of_steps(steps) == {
        "bid_pull_add": ["out_of_reach"] * 5 + ["no_flow"] + [None] * 5,
        "ask_fill_intensity": "no_depth",
        "lean_60s": ["no_depth"] + [None] * 10,
    }
    assert reasons.of_steps(ladder(lean_60s=[None] * 11)) == {"lean_60s": "warming_up"}


def test_options_say_whether_there_is_a_strike_a_trade_or_a_hedge():
    steps = ladder(
        long_share_60s=[None, None] + [0.1] * 9,
        option_qty=[None] + [3.0] * 10,
        hedge_share_up=[None] * 11,
    )
    assert reasons.of_option_steps(steps) == {
        "long_share_60s": ["no_strike", "no_flow"] + [None] * 9,
        "hedge_share_up": "no_hedge",
    }
    nothing = {name: [None] * 11 for name in ladder()}
    assert set(reasons.of_option_steps(nothing).values()) == {"no_options"}
