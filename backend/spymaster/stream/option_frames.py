"""The messages of a bucket's options: exposure, hedging and pressure by level, gamma by strike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from spymaster.stream import fields, reasons
from spymaster.stream.frames import NULL_STEPS, Frames, Message

NULL_PRICES = [None] * len(fields.PRICES)
Reasoning = Callable[[Message, str], reasons.Reason]
MILLION = 1e6
"""Exposure of a strike travels in $M."""


def options(frames: Frames, seq: int) -> Message:
    """Return what the options of a bucket say."""
    profiles = {name: frames.tables["profiles"].row(seq, name) for name in fields.EXPIRY_SETS}
    hedges = {name: frames.tables["hedges"].row(seq, name) for name in fields.EXPIRY_SETS}
    nothing = "no_flow" if frames.tables["hedges"].has(seq, "all") else "no_options"
    return {
        **frames.envelope("options", seq),
        "gex_profile": profiles,
        "hedge": hedges,
        "levels": [_level(frames, seq, level_id) for level_id in frames.level_ids(seq)],
        "why": _of_sets(profiles, _profile_reason) | _of_sets(hedges, lambda hedge, name: nothing),
    }


def strikes(frames: Frames, seq: int) -> Message:
    """Return the gamma of the day's expiry at strikes near the price."""
    table = frames.tables["strikes"]
    mid = next(iter(frames.tables["quotes"].column("mid", seq)), None)
    columns = {name: table.column(name, seq) for name in fields.STRIKE}
    near = [
        at
        for at, strike in enumerate(columns["front_strike"])
        if mid is not None and abs(strike - mid) <= fields.NEARBY_POINTS
    ]
    sent = {name: [_millions(name, columns[name][at]) for at in near] for name in fields.STRIKE}
    why = {name: "no_options" for name, values in sent.items() if None in values}
    nothing = "no_quote" if mid is None and table.has(seq) else "no_options"
    return {
        **frames.envelope("strikes", seq),
        **sent,
        "why": why if near else {"front_strike": nothing},
    }


def _millions(name: str, value: float | None) -> float | None:
    if value is None or name == "front_strike":
        return value
    return round(value / MILLION, 4) + 0.0


def _level(frames: Frames, seq: int, level_id: str) -> Message:
    pressure, ladder = frames.tables["pressure"], frames.tables["option_ladder"]
    sets = {
        name: {
            column: pressure.column(column, seq, level_id, name) or NULL_PRICES
            for column in fields.PRESSURE_OF_SET
        }
        for name in fields.EXPIRY_SETS
    }
    steps = {
        name: ladder.column(name, seq, level_id) or NULL_STEPS
        for name in (*fields.OPTION_LADDER, "option_qty")
    }
    price = pressure.column("price", seq, level_id, fields.EXPIRY_SETS[0]) or NULL_PRICES
    why = {} if None not in price else {"price": "no_options"}
    return {
        "level_id": level_id,
        "price": price,
        "pressure": sets,
        "ladder": {name: steps[name] for name in fields.OPTION_LADDER},
        "why": why | _of_pressure(sets) | reasons.of_option_steps(steps),
    }


def _of_pressure(sets: Mapping[str, Mapping[str, list[Any]]]) -> reasons.Whys:
    """A flow that did not trade is told from exposure that is not known."""
    return {
        column: "no_flow" if column.endswith("_60s") and _has_gamma(sets) else "no_options"
        for column in fields.PRESSURE_OF_SET
        if any(None in one[column] for one in sets.values())
    }


def _has_gamma(sets: Mapping[str, Mapping[str, list[Any]]]) -> bool:
    return any(value is not None for one in sets.values() for value in one["gex_share"])


def _of_sets(sets: Mapping[str, Message], reason: Reasoning) -> reasons.Whys:
    """Return why a column is null in a set, in the narrowest of those where it is."""
    return {
        name: reason(one, name)
        for one in reversed([*sets.values()])
        for name, value in one.items()
        if value is None
    }


def _profile_reason(profile: Message, name: str) -> reasons.Reason:
    if profile["gex_gross"] is None:
        return "no_options"
    return {"gex_flow": "no_flow", "zero_gamma": "no_crossing"}.get(name, "no_options")
