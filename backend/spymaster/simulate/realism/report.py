"""How real a session looks: figures of its regular hours beside what ES shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from math import nan
from pathlib import Path

import numpy as np

from spymaster.land.dbn import DbnReader
from spymaster.simulate.realism.estimates import (
    autocorrelation,
    paired,
    r_squared,
    tail_exponent,
    variance_ratio,
)
from spymaster.simulate.realism.figures import Figure, Report
from spymaster.simulate.realism.replay import LEVELS, Bucket, Replay
from spymaster.simulate.realism.touches import arrivals
from spymaster.simulate.session import SimulatedSession
from spymaster.units import BUCKET_NS, HOUR_NS, NEW_YORK, NS_PER_SECOND, local_ns, utc_date

_OPEN = time(9, 30)
_SPIKES = (2, 5, 10)
_DEEP = 10
_TRADED = (1, 2, 5, 10, 20)
"""Trade sizes whose responses are compared, lots."""
_PER_MINUTE = 12
"""Buckets."""
_FIRST, _MIDDAY = (0.0, 0.5), (2.0, 3.0)
"""Hours after the open whose volumes are compared."""


def report(simulated: SimulatedSession | Path) -> Report:
    """Return how real a session's MBO file looks from 09:30 New York on, if it goes that far.

    Raises
    ------
    DataError
        If the file is not readable DBN.
    """
    path = simulated.mbo if isinstance(simulated, SimulatedSession) else simulated
    with path.open("rb") as handle:
        reader = DbnReader(handle, path.name)
        since = local_ns(utc_date(reader.header.start_ns), _OPEN, NEW_YORK)
        replay = Replay(since).follow(reader.batches())
    if not replay.actions:
        return Report(())
    series = [replay.buckets[at] for at in sorted(replay.buckets)]
    return Report(
        (
            *_flow(replay),
            *_orders(replay),
            *_prices(series),
            *_touches(series),
            *_impact(replay),
            *_volumes(replay, since),
        )
    )


def _flow(replay: Replay) -> Iterator[Figure]:
    counts, total = replay.actions, replay.actions.total()
    quoted = max(1, replay.spread_ns.total())
    levels = [lots / 2 / max(1, replay.n_samples) for lots in replay.depth]
    yield Figure("records a second", total / (quoted / NS_PER_SECOND))
    yield Figure("spread of one tick, share of time", replay.spread_ns[1] / quoted, 0.97)
    yield Figure(f"lots per level within {LEVELS}, mean", float(np.mean(levels)), 40, 150)
    yield Figure(f"lots per level within {LEVELS}, thinnest", min(levels), 25, 150)
    yield Figure("cancel records for each add", counts["C"] / counts["A"], 0.93, 1.07)
    yield Figure("orders pulled for each add", len(replay.lives) / counts["A"], 0.93, 0.97)
    yield Figure("modifies, share of records", counts["M"] / total, 0.1, 0.15)
    yield Figure("fills, share of records", counts["F"] / total, 0.01, 0.03)


def _orders(replay: Replay) -> Iterator[Figure]:
    n_added = replay.sizes.total()
    away, life = np.array(replay.lives, np.int64).T
    share = {size: count / n_added for size, count in replay.sizes.items()}
    spikes = [share[at] / max(share.get(at + 1, 0.0), 1e-9) for at in _SPIKES]
    deep, touch = life[away >= _DEEP], life[away <= 1]
    yield Figure(
        "orders gone within 1 s, share", float((life < NS_PER_SECOND).sum() / n_added), 0.5
    )
    yield Figure("lives over 1 s, tail exponent", tail_exponent(life / NS_PER_SECOND), 0.2, 1.5)
    yield Figure("median life deep / at the touch", float(np.median(deep) / np.median(touch)), 1.0)
    yield Figure("orders of 1 lot, share", share[1], 0.4, 0.75)
    yield Figure("spikes at 2, 5, 10 over their neighbour", min(spikes), 1.5)


def _prices(series: list[Bucket]) -> Iterator[Figure]:
    mid = np.array([bucket.mid for bucket in series])
    ofi = np.array([bucket.ofi for bucket in series], np.float64)
    moves = np.diff(mid)
    yield Figure("mid moves, RMS at 5 s, ticks", float(np.sqrt((moves**2).mean())), 2, 5)
    yield Figure("variance of 2 min over that of 5 s, a step", variance_ratio(mid, 24), 0.8, 1.25)
    yield Figure("variance of 10 min over that of 5 s, a step", variance_ratio(mid, 120), 0.5, 1.6)
    yield Figure("mid moves, lag-1 autocorrelation at 5 s", autocorrelation(moves, 1), -0.35, 0.05)
    yield Figure("size of mid moves, autocorrelation at 5 s", autocorrelation(abs(moves), 1), 0.02)
    minute = [autocorrelation(abs(moves), lag) for lag in range(_PER_MINUTE // 2, 2 * _PER_MINUTE)]
    yield Figure("size of mid moves, autocorrelation at 1 min", float(np.mean(minute)), 0.0)
    yield Figure("OFI against mid move, R2 at 5 s", r_squared(ofi[1:], moves), 0.4, 0.7)
    yield Figure(
        "OFI against mid move, R2 at 10 s", r_squared(*map(paired, (ofi[1:], moves))), 0.4, 0.75
    )


def _touches(series: list[Bucket]) -> Iterator[Figure]:
    mid = np.array([bucket.mid for bucket in series])
    found = arrivals(mid)
    hours = len(mid) * BUCKET_NS / HOUR_NS
    few = nan if hours < 1 else 1.0
    yield Figure("arrivals at a level nobody knows, an hour", few * found.n / hours / 8, 0.2, 8)
    # a walk has 0.31, 0.31 and 0.38; three hours bring some thirty arrivals, so that a share
    # differs by 0.08 from one such session to another
    for end, low, high in (("break", 0.1, 0.55), ("reject", 0.1, 0.55), ("chop", 0.15, 0.6)):
        yield Figure(f"of these {end} within 2 min, share", few * found.share(end), low, high)


def _impact(replay: Replay) -> Iterator[Figure]:
    """Slope, in logs, of the mean response to a trade over its size."""
    lots, moves = np.array(replay.responses, np.float64).reshape(-1, 2).T
    means = {int(size): moves[lots == size].mean() for size in _TRADED if (lots == size).sum() > 50}
    seen = {size: move for size, move in means.items() if move > 0}
    slope = (
        np.polyfit(np.log(list(seen)), np.log(list(seen.values())), 1)[0] if len(seen) > 2 else nan
    )
    yield Figure("response to a trade of v lots, power of v", float(slope), -0.1, 0.9)


def _volumes(replay: Replay, since: int) -> Iterator[Figure]:
    hours = {
        (at * BUCKET_NS - since) / HOUR_NS: bucket.volume for at, bucket in replay.buckets.items()
    }
    first, midday = (
        [lots for hour, lots in hours.items() if low <= hour < high]
        for low, high in (_FIRST, _MIDDAY)
    )
    ratio = float(np.mean(first) / np.mean(midday)) if first and midday else nan
    yield Figure("volume at the open / at midday", ratio, 1.2)
