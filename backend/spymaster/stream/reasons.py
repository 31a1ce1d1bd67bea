"""Why a value of the book is null: a reason for each null, and none without.

The support of a ratio says why it is not there: where a side could not rest at all, where nothing
rested, where nothing came or went.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from spymaster.stream import fields

Values = Mapping[str, Any]
Reason = str
Whys = dict[str, Any]
REACHED = 0.2
"""Below this share of prices where it could rest a side has no ratios."""
ABOVE, BELOW = "above", "below"
STATES = {
    "ask_above_higher": (ABOVE, "no_depth"),
    "ask_above_drain": (ABOVE, "no_flow_above"),
    "bid_below_lower": (BELOW, "no_depth"),
    "bid_below_drain": (BELOW, "no_flow_below"),
}
"""Of which side each state is, and what it lacks where that side could rest."""
OUT = {ABOVE: "asks_above_out_of_reach", BELOW: "bids_below_out_of_reach"}
OF_A_SIDE = {
    ABOVE: (OUT[ABOVE], "no_flow_above"),
    BELOW: (OUT[BELOW], "no_flow_below"),
}
PARTS = {
    "p_above": ("ask_above_higher", "ask_above_drain"),
    "p_below": ("bid_below_lower", "bid_below_drain"),
    "net": ("p_above", "p_below"),
    "vacuum": ("p_above", "p_below"),
}
"""What each is the mean of."""


def of_market(market: Values) -> Whys:
    """Return why what is said of no level is null."""
    nothing = "no_quote" if market["mid"] is None else "no_flow"
    lacks = {"mid": "no_quote", "microprice": "no_quote", "queue_imbalance": "no_quote"}
    return {name: lacks.get(name, nothing) for name, value in market.items() if value is None}


def of_level(state: Values, seq: int) -> Whys:
    """Return why states, frames and minutes of a level are null in a bucket."""
    no_quote = state["dist_ticks"] is None
    whys = {
        name: "no_quote" if no_quote else "warming_up"
        for name in ("approach", "dist_ticks", "dist_sigma", "speed_sigma", "sigma_ticks")
        if state[name] is None
    }
    return whys | _frame(state, "", seq) | _frame(state, "_touch", seq) | _minute(state)


def _frame(state: Values, suffix: str, seq: int) -> Whys:
    found: dict[str, Reason] = {}
    for name in fields.FRAME:
        if state[name + suffix] is None:
            found[name] = _why(state, name, suffix, found, seq)
    late = [name for name in fields.FRAME if _lacks_past(state, name, suffix)]
    whys = dict.fromkeys(late, "warming_up") | found
    return {f"{name}{suffix}": why for name, why in whys.items()}


def _why(state: Values, name: str, suffix: str, found: Mapping[str, Reason], seq: int) -> Reason:
    if name in PARTS:
        if not suffix and name in ("net", "vacuum") and state["why"] is not None:
            said: Reason = state["why"]
            return said
        return next(found[part] for part in PARTS[name] if part in found)
    side, lacking = STATES[name]
    if state["dist_ticks"] is None:
        return "no_quote"
    if suffix:
        return "warming_up" if seq == 1 else lacking
    return OUT[side] if (state[f"reach_{side}"] or 0) < REACHED else lacking


def _lacks_past(state: Values, name: str, suffix: str) -> bool:
    return any(state[f"{name}{suffix}{order}"] is None for order in ("_d1", "_d2", "_d3"))


def _minute(state: Values) -> Whys:
    """``why_60s`` is the first that applies of net; each side has its own of them."""
    first = state["why_60s"]
    found = {}
    for name in fields.MINUTE:
        if state[name] is None:
            found[name] = _why_60s(state, name, first)
        elif state[f"{name}_c30s"] is None:
            found[name] = "warming_up"
    return found


def _why_60s(state: Values, name: str, first: Reason) -> Reason:
    side = {"p_above_60s": ABOVE, "p_below_60s": BELOW}.get(name)
    if side is None or first not in OF_A_SIDE[BELOW if side == ABOVE else ABOVE]:
        return first
    out, no_flow = OF_A_SIDE[side]
    return out if (state[f"reach_{side}"] or 0) < REACHED else no_flow


def of_steps(ladder: Mapping[str, Sequence[Any]]) -> Whys:
    """Return why values of the ladder are null: one reason, or one for each step."""
    return _by_step({name: _step_reason(ladder, name) for name in fields.BOOK_LADDER}, ladder)


def _step_reason(ladder: Mapping[str, Sequence[Any]], name: str) -> Callable[[int], Reason]:
    if name in ("bid_reach", "ask_reach"):
        return lambda step: "no_quote"
    if name == "lean_60s":
        is_early = all(value is None for value in ladder[name])
        return lambda step: "warming_up" if is_early else "no_depth"
    if name == "depth_share_median":
        return lambda step: "out_of_reach"
    lacking = "no_flow" if name.endswith("pull_add") else "no_depth"
    reach = ladder[f"{name[:3]}_reach"]
    return lambda step: "out_of_reach" if (reach[step] or 0) < REACHED else lacking


def of_option_steps(ladder: Mapping[str, Sequence[Any]]) -> Whys:
    """Return the same for what options do at the steps."""

    def absorbed(step: int) -> Reason:
        return "no_options" if ladder["hedge_naive_all"][step] is None else "no_hedge"

    def traded(step: int) -> Reason:
        return "no_strike" if ladder["option_qty"][step] is None else "no_flow"

    def reason(name: str) -> Callable[[int], Reason]:
        if name.startswith("hedge_share"):
            return absorbed
        if name.endswith("share_60s"):
            return traded
        return lambda step: "no_flow" if name.startswith("hedge_flow") else "no_options"

    has_none = all(value is None for name in fields.OPTION_LADDER for value in ladder[name])
    if has_none:
        return dict.fromkeys(fields.OPTION_LADDER, "no_options")
    return _by_step({name: reason(name) for name in fields.OPTION_LADDER}, ladder)


def _by_step(
    reasons: Mapping[str, Callable[[int], Reason]], ladder: Mapping[str, Sequence[Any]]
) -> Whys:
    found: Whys = {}
    for name, reason in reasons.items():
        values = ladder[name]
        if None in values:
            each = [reason(step) if value is None else None for step, value in enumerate(values)]
            found[name] = each[0] if _is_one(each) else each
    return found


def _is_one(reasons: Sequence[Reason | None]) -> bool:
    return len(set(reasons)) == 1


def absent(values: Iterable[tuple[str, Any]], reason: Reason) -> Whys:
    """Return a reason for each null among named values."""
    return {name: reason for name, value in values if value is None}
