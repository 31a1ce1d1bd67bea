"""How depth is spread over distance, from a level and from the own best quote.

A second derivation of ``pressure.profiles_5s`` and of the features of ``pressure.touch_5s``. A
profile is five bands of depth by distance, 1 nearest. Where the families leave a choice:

- The gap is the distance by which a tenth of the profile's depth rests, counted from the near end.
- Near are bands 1 and 2, far the other three. At a level rests what has its price; at a quote what
  has distance 1, which then is no part of near.
- Convexity is positive where bands 1 and 5 hold more than twice band 3.
- What comes at a better price than a quote is part of the flow behind it, for that is how a quote
  moves; a snapshot and a clear are no flow.
- Dispersion is the entropy over the five bands.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from reference.buckets import GAINS, LOSSES
from reference.cells import Level, Moment, reach, ticks_of
from reference.families import Ratio, balance
from reference.features import (
    LEAST_REACH,
    STATE_BANDS,
    TOUCH_TICKS,
    centre,
    displacement,
    drain,
    touch_places,
)

Depths = dict[int, int]
"""Lots by distance."""


@dataclass(frozen=True)
class Profile:
    """Depth by distance at both ends of a bucket."""

    start: Depths
    end: Depths
    at: int
    """Lots at the point that distance is measured from."""
    near: int
    band_ticks: int


def level_profile(
    moment: Moment, level: Level, side: str, zone: str, band_ticks: int = 4
) -> dict[str, Ratio]:
    """Return the features of a quarter of the book around a level."""
    bands = [ticks_of(zone, band, level.tick, band_ticks) for band in STATE_BANDS]
    distances = {tick: abs(tick - level.tick) for ticks in bands for tick in ticks}
    start, end = (
        {d: depth.get((side, tick), 0) for tick, d in distances.items()}
        for depth in (moment.depth_start, moment.depth_end)
    )
    at = moment.depth_end.get((side, level.tick), 0)
    near = sum(lots for d, lots in end.items() if d <= 2 * band_ticks)
    found = features(Profile(start, end, at, near, band_ticks))
    if sum(reach(moment, side, ticks) for ticks in bands) / len(bands) < LEAST_REACH:
        return {name: (None, support) for name, (_, support) in found.items()}
    return found


def touch_profile(moment: Moment, side: str) -> dict[str, Ratio]:
    """Return the features of a side, by distance from its own best quote at each end."""
    at_start = touch_places(moment.best_start[side], side)
    at_end = touch_places(moment.best_end[side], side)
    start = {j: moment.depth_start.get(place, 0) for place, j in at_start.items()}
    end = {j: moment.depth_end.get(place, 0) for place, j in at_end.items()}
    band_ticks = TOUCH_TICKS // 5
    near = sum(lots for j, lots in end.items() if 1 < j <= 2 * band_ticks)
    found = features(Profile(start, end, end.get(1, 0), near, band_ticks))
    flow = [moment.flow[place] for place in at_start if place in moment.flow]
    lots = sum(row["pull_qty"] + row["add_qty"] for row in flow)
    return found | {"pull_add": (drain(moment, at_start), float(lots))}


def quotes(moment: Moment) -> dict[str, Ratio]:
    """Return the best quotes against each other, and the flow behind them."""
    queue = {
        side: 0 if tick is None else moment.depth_end[side, tick]
        for side, tick in moment.best_end.items()
    }
    found = {"queue_imbalance": balance(queue["bid"], queue["ask"])}
    for name, ticks in (("flow_imbalance", 4), ("flow_imbalance_deep", TOUCH_TICKS)):
        up = down = 0
        for (side, tick), row in moment.flow.items():
            quote = moment.best_start[side]
            if quote is None or (tick - quote) * (1 if side == "ask" else -1) >= ticks:
                continue
            came = sum(row[f"{kind}_qty"] for kind in GAINS if kind != "snapshot")
            went = sum(row[f"{kind}_qty"] for kind in LOSSES if kind != "clear")
            up += came if side == "bid" else went
            down += went if side == "bid" else came
        found[name] = balance(up, down)
    return found


def features(profile: Profile) -> dict[str, Ratio]:
    """Return every feature of a profile and what it is over."""
    start, end = sum(profile.start.values()), sum(profile.end.values())
    both = float(start + end) if start and end else 0.0
    bands = [_band(profile, band) for band in STATE_BANDS]
    gaps = gap(profile.start), gap(profile.end)
    return {
        "centre_move": (displacement(_centre(profile.start), _centre(profile.end)), both),
        "gap_move": (displacement(*gaps), both),
        "slope": balance(profile.near, sum(bands[2:])),
        "at_near": balance(profile.at, profile.near),
        "convexity": balance(bands[0] + bands[4], 2 * bands[2]),
        "entropy": (entropy(bands), float(end)),
    }


def gap(depths: Depths) -> int | None:
    """Return the distance by which a tenth of the depth rests, None where nothing does.

    >>> gap({1: 0, 2: 1, 3: 9}), gap({1: 0})
    (2, None)
    """
    whole, nearer = sum(depths.values()), 0
    for distance in sorted(depths):
        nearer += depths[distance]
        if whole and 10 * nearer >= whole:
            return distance
    return None


def entropy(bands: list[int]) -> float | None:
    """Return the entropy of depth over bands, 1 where it is even, None where there is none.

    Rounding may carry an even profile a hair above 1, which is cut off.

    >>> entropy([2, 2, 2, 2, 2]), entropy([0, 7, 0, 0, 0]), entropy([0, 0, 0, 0, 0])
    (1.0, 0.0, None)
    """
    whole = sum(bands)
    if not whole:
        return None
    shares = [lots / whole for lots in bands if lots]
    found = sum(-part * math.log(part) for part in shares) / math.log(len(bands)) + 0.0
    return min(found, 1.0)


def _centre(depths: Depths):  # type: ignore[no-untyped-def]
    return centre({("", d): lots for d, lots in depths.items()}, {("", d): d for d in depths})


def _band(profile: Profile, band: int) -> int:
    low, high = (band - 1) * profile.band_ticks, band * profile.band_ticks
    return sum(lots for d, lots in profile.end.items() if low < d <= high)
