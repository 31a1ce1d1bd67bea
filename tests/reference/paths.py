"""Where price is, from where it came, how fast and against which volatility, in plain Python.

A second derivation of what ``pressure.states_5s`` says of the path. Where the design is silent:

- Volatility is the root of the mean square of the mid's changes between bucket ends, of the last
  60 that are known of the last 60 buckets, at least 12 of them; none where the mid stood still.
- At the level price still comes from the side that it was on last.
- Speed is how much nearer the mid came to the level in a minute, from the side that it was on
  as the minute began, in volatilities of a minute.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from reference.buckets import Row
from reference.cells import Level, Moment, is_used
from reference.families import MINUTE
from reference.features import dist_ticks

FIVE_MINUTES = 5 * MINUTE
Run = list[tuple[Moment, Level]]
"""Buckets without a hole, and where the level stands in each."""


def runs(moments: Sequence[Moment], rows: Sequence[Level]) -> Iterator[Run]:
    """Yield the runs of buckets in which a level is used; ``rows`` are the ticks it stands at."""
    run: Run = []
    for moment in moments:
        used = [level for level in rows if is_used(level, moment)]
        if used:
            run.append((moment, used[0]))
        elif run:
            yield run
            run = []
    if run:
        yield run


def path(run: Run, sigmas: dict[int, float | None]) -> list[Row]:
    """Return the path of price around a level, in each bucket of a run.

    Parameters
    ----------
    sigmas
        Recent volatility by end of bucket, ticks.
    """
    rows: list[Row] = []
    came_from: list[int] = []
    for moment, level in run:
        dist, sigma = dist_ticks(moment, level), sigmas[moment.end_ns]
        side = (dist > 0) - (dist < 0) if dist is not None else 0
        came_from.append(side or (came_from[-1] if came_from else 0))
        rows.append({"bucket_end_ns": moment.end_ns, "dist_ticks": dist, "sigma_ticks": sigma})
        rows[-1]["approach"] = {-1: "from_below", 1: "from_above", 0: None}[came_from[-1]]
        rows[-1]["dist_sigma"] = dist / sigma if dist is not None and sigma else None
        rows[-1]["speed_sigma"] = _speed(rows, came_from)
    return rows


def volatility(moments: Sequence[Moment]) -> dict[int, float | None]:
    """Return the recent volatility of the mid at the end of each bucket, ticks."""
    mids = [dist_ticks(moment, Level("", 0)) for moment in moments]
    changes: list[float | None] = [None]
    for before, now in pairwise(mids):
        changes.append(None if before is None or now is None else now - before)
    found: dict[int, float | None] = {}
    for at, moment in enumerate(moments):
        recent = [c for c in changes[max(at + 1 - FIVE_MINUTES, 0) : at + 1] if c is not None]
        squares = sum(change * change for change in recent)
        enough = len(recent) >= MINUTE and squares > 0
        found[moment.end_ns] = math.sqrt(squares / len(recent)) if enough else None
    return found


def _speed(rows: Sequence[Row], came_from: Sequence[int]) -> float | None:
    """Of rows without holes, the speed at the last one."""
    if len(rows) <= MINUTE or not came_from[-1 - MINUTE]:
        return None
    then, now = rows[-1 - MINUTE]["dist_ticks"], rows[-1]["dist_ticks"]
    sigma = rows[-1]["sigma_ticks"]
    if then is None or now is None or sigma is None:
        return None
    return float(-came_from[-1 - MINUTE] * (now - then) / (sigma * math.sqrt(MINUTE)))
