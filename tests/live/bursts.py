"""A session in which for a while many times as much comes: time squeezed, records as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from live.tape import Part
from spymaster.units import NS_PER_SECOND, UNDEF_TIME

Move = Callable[[NDArray[np.uint64]], NDArray[np.uint64]]


def squeezed(parts: Iterable[Part], first_ns: int, seconds: float, times: int) -> list[Part]:
    """Return parts of a session whose records come so many times as fast for some seconds.

    What came later comes sooner by what was squeezed out.
    """
    lasts_ns = int(seconds * NS_PER_SECOND)

    def moved(at: NDArray[np.uint64]) -> NDArray[np.uint64]:
        since = np.where(at == UNDEF_TIME, 0, at).astype(np.int64) - first_ns
        inside = np.clip(since, 0, lasts_ns * times)
        found = since - inside + inside // times + first_ns
        return np.where(at == UNDEF_TIME, at, found.astype(np.uint64))

    return [_moved(part, moved) for part in parts]


def _moved(part: Part, moved: Move) -> Part:
    records = part.records.copy()
    for name in ("ts_recv", "ts_event"):
        records[name] = moved(records[name].astype(np.uint64))
    return replace(part, records=records)
