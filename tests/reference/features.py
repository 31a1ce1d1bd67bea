"""Ratios of a cell, their differences in time, and the four states of a level.

A second derivation of ``pressure.ratios_5s`` and ``pressure.states_5s``. Where the design is
silent:

- A ratio that is not defined is None; so is a centre of mass without depth.
- The reach of the level states is the mean of the five cells of the side and zone.
- A touch state looks at its whole side within 20 ticks of the best quote, wherever the level is,
  and has no reach; where there is no best quote it is None. Flows better than the best quote at
  the start are outside of j = 1-20.
- ``dist_ticks`` is mid minus level at the end of the bucket, in ticks: above the level positive.
- A lag is the same level's row of the bucket before; no row, or an older one, is a null lag.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from reference.buckets import BUCKET_NS, Place, Row
from reference.cells import Level, Moment, is_used, reach, ticks_of

LEAST_REACH = Fraction(1, 5)
STATE_BANDS = range(1, 6)
TOUCH_TICKS = 20
BALANCES = {
    "pull_add": (("pull_qty",), ("add_qty",)),
    "pull_add_gross": (
        ("pull_qty", "out_away_qty", "out_toward_qty"),
        ("add_qty", "in_away_qty", "in_toward_qty"),
    ),
    "pull_add_count": (("n_pull",), ("n_add",)),
    "fill_pull": (("fill_qty",), ("pull_qty",)),
    "build": (
        ("add_qty", "in_away_qty", "in_toward_qty", "refill_qty"),
        ("pull_qty", "out_away_qty", "out_toward_qty", "fill_qty"),
    ),
    "out_direction": (("out_away_qty",), ("out_toward_qty",)),
}
"""beta of what is summed on the left and on the right."""
INTENSITIES = {
    "add_intensity": ("add_qty",),
    "pull_intensity": ("pull_qty",),
    "fill_intensity": ("fill_qty",),
    "in_intensity": ("in_away_qty", "in_toward_qty"),
    "out_intensity": ("out_away_qty", "out_toward_qty"),
}
"""Flow against flow and time-weighted depth."""
STATES = ("ask_above_higher", "ask_above_drain", "bid_below_lower", "bid_below_drain")
"""States 1 to 4, each in the level frame and, with the suffix ``_touch``, in the touch frame."""
Number = int | float | Fraction


def beta(a: Number, b: Number) -> float | None:
    """Return (a - b) / (a + b), None where both are 0.

    >>> beta(3, 1), beta(0, 2), beta(0, 0)
    (0.5, -1.0, None)
    """
    return float((a - b) / (a + b)) if a + b else None


def intensity(flow: Number, depth_twa: Number) -> float | None:
    """Return flow / (flow + time-weighted depth), None where both are 0.

    >>> intensity(1, 3), intensity(0, 3), intensity(0, 0)
    (0.25, 0.0, None)
    """
    return float(flow / (flow + depth_twa)) if flow + depth_twa else None


def ratios(cell: Row) -> dict[str, float | None]:
    """Return every ratio of one cell; all are None where its reach is below 0.2."""
    found: dict[str, float | None] = {}
    for name, (left, right) in BALANCES.items():
        found[name] = beta(_sum(cell, left), _sum(cell, right))
    for name, columns in INTENSITIES.items():
        found[name] = intensity(_sum(cell, columns), Fraction(cell["depth_twa_ns"], BUCKET_NS))
    return found if cell["reach"] >= float(LEAST_REACH) else dict.fromkeys(found)


def differences(values: Sequence[float | None]) -> list[dict[str, float | None]]:
    """Return d1, d2 and d3 of each value in a series without holes, newest last.

    >>> differences([1.0, None, 2.0, 5.0])[-1]
    {'d1': 3.0, 'd2': None, 'd3': None}
    >>> differences([1.0, 2.0, 5.0, 11.0])[-1]
    {'d1': 6.0, 'd2': 3.0, 'd3': 1.0}
    """
    weights = {"d1": (1, -1), "d2": (1, -2, 1), "d3": (1, -3, 3, -1)}
    found = []
    for at in range(len(values)):
        lags = [values[at - back] if back <= at else None for back in range(4)]
        found.append({name: _weighted(lags, w) for name, w in weights.items()})
    return found


def _weighted(lags: list[float | None], weights: tuple[int, ...]) -> float | None:
    used = lags[: len(weights)]
    known = [lag for lag in used if lag is not None]
    if len(known) < len(used):
        return None
    return sum(weight * lag for weight, lag in zip(weights, known, strict=True))


def with_differences(
    rows: Sequence[Row], names: Iterable[str], ends_ns: Sequence[int]
) -> list[Row]:
    """Return rows of one series with ``<name>_d1`` to ``_d3``; ``ends_ns`` are all its buckets."""
    by_end = {row["bucket_end_ns"]: dict(row) for row in rows}
    for name in names:
        values = [by_end.get(end, {}).get(name) for end in ends_ns]
        for end, found in zip(ends_ns, differences(values), strict=True):
            if end in by_end:
                by_end[end] |= {f"{name}_{order}": value for order, value in found.items()}
    return [by_end[end] for end in ends_ns if end in by_end]


def states_5s(moments: Iterable[Moment], level: Level, band_ticks: int = 4) -> list[Row]:
    """Return the states of a level in every bucket in which it is used, without differences."""
    return [_states(m, level, band_ticks) for m in moments if is_used(level, m)]


def _states(moment: Moment, level: Level, band_ticks: int) -> Row:
    above = level_side(moment, level, "ask", band_ticks)
    below = level_side(moment, level, "bid", band_ticks)
    row: Row = {"level_id": level.level_id, "bucket_end_ns": moment.end_ns}
    row |= pressure([*above, *below], "")
    row |= pressure([*touch_side(moment, "ask"), *touch_side(moment, "bid")], "_touch")
    row["dist_ticks"] = dist_ticks(moment, level)
    return row


def level_side(
    moment: Moment, level: Level, side: str, band_ticks: int
) -> tuple[float | None, float | None]:
    """Return displacement and drain of asks above, or of bids below, the level."""
    zone = "above" if side == "ask" else "below"
    bands = [ticks_of(zone, band, level.tick, band_ticks) for band in STATE_BANDS]
    if sum(reach(moment, side, ticks) for ticks in bands) / len(bands) < LEAST_REACH:
        return None, None
    places = {(side, tick): abs(tick - level.tick) for ticks in bands for tick in ticks}
    start, end = centre(moment.depth_start, places), centre(moment.depth_end, places)
    return displacement(start, end), drain(moment, places)


def touch_side(moment: Moment, side: str) -> tuple[float | None, float | None]:
    """Return displacement and drain of a side, by distance from its own best quote."""
    at_start = touch_places(moment.best_start[side], side)
    at_end = touch_places(moment.best_end[side], side)
    start, end = centre(moment.depth_start, at_start), centre(moment.depth_end, at_end)
    return displacement(start, end), drain(moment, at_start)


def touch_places(touch: int | None, side: str) -> dict[Place, int]:
    """Return j = 1-20 of the places from a side's best quote on; none where it has none."""
    if touch is None:
        return {}
    away = 1 if side == "ask" else -1
    return {(side, touch + away * (j - 1)): j for j in range(1, TOUCH_TICKS + 1)}


def centre(depth: dict[Place, int], places: dict[Place, int]) -> Fraction | None:
    """Return the mean distance of resting lots, None where nothing rests."""
    lots = sum(depth.get(place, 0) for place in places)
    moment = sum(distance * depth.get(place, 0) for place, distance in places.items())
    return Fraction(moment, lots) if lots else None


def displacement(start: Fraction | None, end: Fraction | None) -> float | None:
    """Return beta of the later over the earlier centre of mass: + is farther away."""
    return None if start is None or end is None else beta(end, start)


def drain(moment: Moment, places: Iterable[Place]) -> float | None:
    """Return beta of lots pulled over lots added."""
    flow = [moment.flow[place] for place in places if place in moment.flow]
    return beta(sum(row["pull_qty"] for row in flow), sum(row["add_qty"] for row in flow))


def pressure(states: Sequence[float | None], suffix: str) -> dict[str, Any]:
    """Return states 1-4, their code, net and vacuum.

    >>> pressure([0.5, 0.5, -1.0, 0.0], "")["code"]
    3
    """
    s1, s2, s3, s4 = states
    p_above, p_below = _mean(s1, s2), _mean(s3, s4)
    p_below = None if p_below is None else -p_below
    named = dict(zip(STATES, states, strict=True))
    code = sum(2**bit for bit, state in enumerate(states) if state is not None and state > 0)
    named |= {"p_above": p_above, "p_below": p_below, "code": code}
    named["net"] = _mean(p_above, p_below)
    named["vacuum"] = _mean(p_above, None if p_below is None else -p_below)
    return {f"{name}{suffix}": value for name, value in named.items()}


def dist_ticks(moment: Moment, level: Level) -> float | None:
    """Return mid minus level at the bucket's end, in ticks; None where a side is empty."""
    bid, ask = moment.best_end["bid"], moment.best_end["ask"]
    return None if bid is None or ask is None else (bid + ask) / 2 - level.tick


def _mean(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else (a + b) / 2


def _sum(cell: Row, columns: Iterable[str]) -> int:
    return sum(cell[name] for name in columns)
