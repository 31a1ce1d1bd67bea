"""Where levels are in the life of a touch, in plain Python.

A second derivation of ``pressure.phases_5s``. Where the contract leaves a choice:

- A level is in a touch from the arrival on, until the mid was away in a later bucket.
- It has left for 2 minutes from the first bucket in which it was away again, as long as it is away.
- It is approached while price is nearer than away and not in a touch, once it was away at all.
- Without a quote a phase goes on; before there is any it is idle.
- A cluster is of levels that price was last away from on the same side: the nearest to where price
  came from, of several the first by name, and all at most 4 ticks behind it. The next begins
  another.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reference.buckets import Row
from reference.cells import Moment
from reference.families import MINUTE
from reference.features import dist_ticks
from reference.paths import Run, runs, volatility
from reference.touches import CLUSTER_TICKS, NS_PER_SECOND, Levels

LEFT_NS = 120 * NS_PER_SECOND


def phases(
    moments: Sequence[Moment], levels: Levels, trades: Iterable[Row], band_ticks: int = 4
) -> list[Row]:
    """Return the phase of every level in every bucket in which it is used."""
    prints: dict[int, list[int]] = {}
    for trade in trades:
        prints.setdefault(trade["bucket_end_ns"], []).append(trade["tick"])
    sigmas = volatility(moments)
    found: list[Row] = []
    for level_id, rows in levels.items():
        number = 0
        for run in runs(moments, rows):
            for row in _life(run, sigmas, prints, band_ticks):
                number += row.pop("is_arrival")
                found.append(row | {"level_id": level_id, "touch_no": number})
    for end_ns in {row["bucket_end_ns"] for row in found}:
        _cluster([row for row in found if row["bucket_end_ns"] == end_ns])
    return found


@dataclass
class _Life:
    """What is known of a level so far."""

    side: int = 0
    """On which price was last away."""
    is_open: bool = False
    """Whether it has not arrived since then."""
    in_touch: bool = False
    left_ns: int | None = None
    phases: list[str] = field(default_factory=list)


def _life(
    run: Run, sigmas: Mapping[int, float | None], prints: Mapping[int, list[int]], band_ticks: int
) -> Iterator[Row]:
    life, begun_ns = _Life(), 0
    for moment, level in run:
        end, dist = moment.end_ns, dist_ticks(moment, level)
        side, arrived = life.side, False
        if dist is not None:
            beyond = [(level.tick - tick) * side for tick in prints.get(end, [])]
            near = dist * side <= band_ticks / 2 or any(ticks >= 0 for ticks in beyond)
            arrived = life.is_open and near
            away = max(2 * band_ticks, 1.5 * (sigmas[end] or 0) * math.sqrt(MINUTE))
            phase = _phase(life, end, arrived=arrived, is_away=abs(dist) >= away)
            if abs(dist) >= away:
                life.side, life.is_open = (1 if dist > 0 else -1), True
        else:
            phase = life.phases[-1] if life.phases else "idle"
        if not life.phases or life.phases[-1] != phase:
            begun_ns = end
        life.phases.append(phase)
        yield {
            "bucket_end_ns": end,
            "phase": phase,
            "seconds_in_phase": (end - begun_ns) // NS_PER_SECOND,
            "is_arrival": arrived,
            "_side": side,
            "_tick": level.tick,
        }


def _phase(life: _Life, end: int, *, arrived: bool, is_away: bool) -> str:
    if arrived:
        life.is_open, life.in_touch, life.left_ns = False, True, None
        return "touch"
    if life.in_touch and is_away:
        life.in_touch, life.left_ns = False, end
    if life.in_touch:
        return "touch"
    if is_away:
        is_fresh = life.left_ns is not None and end - life.left_ns < LEFT_NS
        return "left" if is_fresh else "idle"
    return "approach" if life.side else "idle"


def _cluster(rows: Sequence[Row]) -> None:
    """Name the cluster of each level of one bucket."""
    sides = [row.pop("_side") for row in rows]
    ticks = [row.pop("_tick") for row in rows]
    for side in set(sides):
        own = sorted(
            (-tick if side > 0 else tick, row["level_id"], at)
            for at, (row, tick) in enumerate(zip(rows, ticks, strict=True))
            if sides[at] == side
        )
        name, first = "", None
        for ahead, level_id, at in own:
            if first is None or ahead - first > CLUSTER_TICKS:
                name, first = level_id, ahead
            rows[at]["cluster_id"] = name
