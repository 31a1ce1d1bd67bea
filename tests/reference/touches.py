"""When price comes to levels, alone or several at once, in plain Python.

A second derivation of ``pressure.touches``. Where the contract leaves a choice:

- Price arrives where the mid is within half a band of the level or past it, or a trade prints at
  the level or past it, the first time since it was away. It is away again from the same bucket on,
  if its mid ends there.
- Without a volatility, away is two bands.
- Two levels are one touch where the second is another level, at most 4 ticks from the first,
  reached at most 120 s later, from the same side, and since price was last away from the second. Of
  levels reached in one bucket the one nearest to where price came from is first, then by name. What
  is part of a touch begins none, so no third level is part of it for being near the second.
- A touch shows the levels that stand within 4 ticks of it in its bucket, reached or not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reference.buckets import Row
from reference.cells import Level, Moment, is_used
from reference.families import MINUTE
from reference.features import dist_ticks
from reference.paths import Run, runs, volatility

NS_PER_SECOND = 1_000_000_000
CLUSTER_TICKS = 4
TOGETHER_NS = 120 * NS_PER_SECOND
Levels = Mapping[str, Sequence[Level]]
"""The rows of each level, by its id."""


@dataclass(frozen=True)
class Arrival:
    """Price at a level, for the first time since it was away."""

    level_id: str
    end_ns: int
    side: int
    """Of the level, on which price was away: -1 below."""
    away_ns: int
    """When it was last away."""
    tick: int
    dist_ticks: float
    through: int | None
    """Ticks beyond the level of the farthest trade in the bucket, None where none got there."""
    number: int
    before_ns: int | None
    """The arrival before at this level."""

    @property
    def place(self) -> tuple[int, int, str]:
        """What comes first: the earlier, the nearer to where price came from, the name."""
        return self.end_ns, -self.side * self.tick, self.level_id


def touches(
    moments: Sequence[Moment], levels: Levels, trades: Iterable[Row], band_ticks: int = 4
) -> list[Row]:
    """Return the touches of all levels, in order of time and name."""
    prints: dict[int, list[int]] = {}
    for trade in trades:
        prints.setdefault(trade["bucket_end_ns"], []).append(trade["tick"])
    sigmas = volatility(moments)
    arrived = [
        one
        for level_id, rows in levels.items()
        for one in _counted(level_id, runs(moments, rows), sigmas, prints, band_ticks)
    ]
    firsts: list[Arrival] = []
    for one in sorted(arrived, key=lambda arrival: arrival.place):
        if not any(_is_part(one, first) for first in firsts):
            firsts.append(one)
    by_end = {moment.end_ns: moment for moment in moments}
    found = [_row(one, by_end[one.end_ns], levels) for one in firsts]
    return sorted(found, key=lambda row: (row["bucket_end_ns"], row["level_id"]))


def _counted(
    level_id: str,
    runs: Iterable[Run],
    sigmas: Mapping[int, float | None],
    prints: Mapping[int, list[int]],
    band_ticks: int,
) -> Iterator[Arrival]:
    number, before = 0, None
    for run in runs:
        side = away_ns = 0
        for moment, level in run:
            dist, end = dist_ticks(moment, level), moment.end_ns
            if dist is None:
                continue
            through = _through(prints.get(end, []), level.tick, side)
            if side and (dist * side <= band_ticks / 2 or through is not None):
                number += 1
                yield Arrival(
                    level_id, end, side, away_ns, level.tick, dist, through, number, before
                )
                before, side = end, 0
            sigma = sigmas[end]
            away = 2 * band_ticks
            if abs(dist) >= (max(away, 1.5 * sigma * math.sqrt(MINUTE)) if sigma else away):
                side, away_ns = (1 if dist > 0 else -1), end


def _through(ticks: Sequence[int], level: int, side: int) -> int | None:
    beyond = [(level - tick) * side for tick in ticks]
    return max(beyond) if beyond and max(beyond) >= 0 else None


def _is_part(one: Arrival, first: Arrival) -> bool:
    """Return whether an arrival belongs to the touch that one before it began."""
    return (
        one.level_id != first.level_id
        and one.side == first.side
        and abs(one.tick - first.tick) <= CLUSTER_TICKS
        and one.away_ns < first.end_ns
        and one.end_ns - first.end_ns <= TOGETHER_NS
    )


def _row(one: Arrival, moment: Moment, levels: Levels) -> Row:
    near = [
        level_id
        for level_id, rows in levels.items()
        for level in rows
        if is_used(level, moment) and abs(level.tick - one.tick) <= CLUSTER_TICKS
    ]
    since = None if one.before_ns is None else (one.end_ns - one.before_ns) // NS_PER_SECOND
    return {
        "bucket_end_ns": one.end_ns,
        "level_id": one.level_id,
        "cluster_id": one.level_id,
        "level_ids": sorted(near, key=lambda level_id: (level_id != one.level_id, level_id)),
        "n_touch": one.number,
        "approach": "from_below" if one.side < 0 else "from_above",
        "tick": one.tick,
        "dist_ticks": one.dist_ticks,
        "is_traded": one.through is not None,
        "through_ticks": one.through,
        "approach_s": (one.end_ns - one.away_ns) // NS_PER_SECOND,
        "since_touch_s": since,
    }
