"""What is wrong with a chain's quotes, where and for how long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NO_ASK, NONE, STALE, CROSSED = "no_ask", "none", "stale", "crossed"
_PLAN = {
    NO_ASK: (0.45, 25.0),
    NONE: (0.3, 20.0),
    STALE: (0.6, 75.0),
    CROSSED: (0.25, 1.5),
}
"""Episodes an hour and option, and their mean length, seconds."""


@dataclass(frozen=True)
class Gap:
    """An episode of one option."""

    option: int
    """Place in the listing."""
    kind: str
    """``no_ask``, ``none`` (neither side), ``stale`` (frozen while the future moves) or
    ``crossed``."""
    first: int
    end: int
    """Seconds since the chain's start, end exclusive."""


def draw_gaps(rng: np.random.Generator, n_options: int, n_seconds: int) -> list[Gap]:
    """Return the episodes of a session; a later one of an option goes over an earlier one."""
    gaps: list[Gap] = []
    for kind, (hourly, length) in _PLAN.items():
        count = int(rng.poisson(hourly * n_options * n_seconds / 3_600))
        options = rng.integers(0, n_options, count).tolist()
        starts = rng.integers(1, max(n_seconds, 2), count).tolist()
        lengths = np.ceil(rng.exponential(length, count)).astype(int).tolist()
        gaps.extend(
            Gap(option, kind, first, min(first + seconds, n_seconds))
            for option, first, seconds in zip(options, starts, lengths, strict=True)
        )
    return sorted(gaps, key=lambda gap: (gap.first, gap.option, gap.kind))


def mask(gaps: list[Gap], kind: str, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return where a kind of episode lasts, (seconds, options)."""
    during = np.zeros(shape, np.bool_)
    for gap in gaps:
        if gap.kind == kind:
            during[gap.first : gap.end, gap.option] = True
    return during
