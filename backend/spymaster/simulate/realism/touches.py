"""How price comes to levels that nobody knows, and what comes of it: what any flow must beat."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_SPACING, _LEVELS = 30, 8
"""Ticks between the levels, and how many there are around the open."""
_AT, _AWAY = 2, 8
"""Ticks at which price arrives, and from which on it was away."""
_FLOOR, _SCALE, _STEPS = 4, 0.96, 24
"""Least barrier in ticks, barrier in deviations of a walk, and buckets until it is judged."""
_RECENT = 60
"""Buckets over which volatility is measured."""


@dataclass
class Arrivals:
    """Touches of the levels and how they ended within two minutes."""

    n: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    """By break, reject and chop; those too late to be judged are in none."""

    def share(self, end: str) -> float:
        """Return how often touches ended so, nan where none was judged."""
        return self.ends[end] / self.ends.total() if self.ends else float("nan")


def arrivals(mids: NDArray[np.float64]) -> Arrivals:
    """Return how often price came to eight levels around its first value, and what followed.

    Parameters
    ----------
    mids : (n,) float64, ticks
        Mid at the end of each bucket.
    """
    found = Arrivals()
    middle = round(float(mids[0]))
    offsets = (np.arange(_LEVELS) - (_LEVELS - 1) / 2) * _SPACING
    for level in middle + offsets:
        side = 0
        for at, away in enumerate((mids - level).tolist()):
            if side and away * side <= _AT:
                found.n += 1
                found.ends.update(_end(mids, at, -side))
                side = 0
            if abs(away) >= _AWAY:
                side = 1 if away > 0 else -1
    return found


def _end(mids: NDArray[np.float64], at: int, way: int) -> list[str]:
    """Return how a touch ended, in a list; an empty one where that cannot be told."""
    recent = np.diff(mids[max(at - _RECENT, 0) : at + 1])
    path = (mids[at + 1 : at + 1 + _STEPS] - mids[at]) * way
    if len(path) < _STEPS or not recent.any():
        return []
    sigma = float(np.sqrt((recent**2).mean()))
    barrier = max(_FLOOR, round(_SCALE * sigma * _STEPS**0.5))
    hit = np.flatnonzero(abs(path) >= barrier)
    if not len(hit):
        return ["chop"]
    return ["break" if path[hit[0]] > 0 else "reject"]
