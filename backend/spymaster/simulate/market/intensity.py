"""How often each kind of event comes, given the state of the best quotes.

Queue-reactive: intensities are looked up by spread, size at both best quotes, and how far the
mid lags behind the price that the session is heading for.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spymaster.simulate.market.laws import Scale, add_odds
from spymaster.units import NS_PER_SECOND

ADD, JOIN, IMPROVE, TAKE, WITHDRAW = range(5)
"""Kinds: behind the best, at it, inside the spread, aggressive, cancel at the best; each for
the bid or the buyer, then for the ask or the seller."""
QUEUE_EDGES = (8, 24, 60)
"""Lots at a best quote where its behaviour changes."""
LAG_EDGES = (-1.3, -0.9, -0.65, -0.45, -0.15, 0.15, 0.45, 0.65, 0.9, 1.3)
"""Ticks between the mid and where it is heading."""
NO_LAG = len(LAG_EDGES) // 2
"""Class of a mid that is where it is heading."""
_LAGS = np.array((-1.6, -1.1, -0.77, -0.55, -0.3, 0.0, 0.3, 0.55, 0.77, 1.1, 1.6))
_QUEUES = len(QUEUE_EDGES) + 1
_QUEUE_CLASS = tuple(bisect_right(QUEUE_EDGES, lots) for lots in range(QUEUE_EDGES[-1]))

_JOIN_BY_QUEUE = np.array((1.5, 1.25, 1.0, 0.75))
_RACE_BY_QUEUE = np.array((1.0, 0.7, 0.12, 0.0))
_TAKE_BY_QUEUE = np.array((1.5, 1.2, 1.0, 0.9))


@dataclass(frozen=True)
class Table:
    """Intensities of all ten events in every state."""

    gaps: list[float]
    """Mean ns to the next event, by state."""
    ladders: list[tuple[float, ...]]
    """Cumulative odds of the ten events, by state."""
    adds: list[tuple[float, float]]
    """New orders a second on the bid and the ask before a plant, by state."""


def state_index(spread: int, bid_lots: int, ask_lots: int, lag: int) -> int:
    """Return the row of a state: spread in ticks, lots at the best quotes, lag class."""
    bids = _QUEUE_CLASS[bid_lots] if bid_lots < QUEUE_EDGES[-1] else _QUEUES - 1
    asks = _QUEUE_CLASS[ask_lots] if ask_lots < QUEUE_EDGES[-1] else _QUEUES - 1
    return ((_QUEUES * (spread > 1) + bids) * _QUEUES + asks) * len(_LAGS) + lag


def build_table(scale: Scale, planted: tuple[float, float] = (1.0, 1.0)) -> Table:
    """Return the intensities of a session.

    Parameters
    ----------
    planted : pair of float
        What new bids and new asks are multiplied by.
    """
    shape = (2, _QUEUES, _QUEUES, len(_LAGS), 10)
    base = np.stack(np.broadcast_arrays(*_events(scale)), axis=-1).reshape(shape)
    rates = base.copy()
    for side, factor in enumerate(planted):
        rates[..., [2 * ADD + side, 2 * JOIN + side]] *= factor
    flat, unplanted = rates.reshape(-1, 10), base.reshape(-1, 10)
    total = flat.sum(axis=1)
    odds = np.cumsum(flat / total[:, None], axis=1)
    return Table(
        gaps=(NS_PER_SECOND / total).tolist(),
        ladders=[tuple(row[:-1]) for row in odds.tolist()],
        adds=[(row[0] + row[2], row[1] + row[3]) for row in unplanted.tolist()],
    )


def _events(scale: Scale) -> list[NDArray[np.float64]]:
    spread, bids, asks, lags = np.meshgrid(
        (0, 1), np.arange(_QUEUES), np.arange(_QUEUES), _LAGS, indexing="ij"
    )
    kinds = []
    for kind in (_add, _join, _improve, _take, _withdraw):
        kinds += [kind(scale, spread, bids, asks, lags), kind(scale, spread, asks, bids, -lags)]
    return kinds


Grid = NDArray[np.float64]


def _add(scale: Scale, spread: Grid, own: Grid, other: Grid, lag: Grid) -> Grid:
    return np.full(lag.shape, scale.adds * (1 - add_odds()[0]))


def _join(scale: Scale, spread: Grid, own: Grid, other: Grid, lag: Grid) -> Grid:
    """A short queue is raced for: priority in it is cheap."""
    usual = scale.adds * add_odds()[0] * _JOIN_BY_QUEUE[own.astype(int)]
    race = 16 * scale.haste * _RACE_BY_QUEUE[own.astype(int)]
    rates: Grid = (usual + race) * np.exp(0.9 * np.clip(lag, -1.0, 1.0))
    return rates


def _improve(scale: Scale, spread: Grid, own: Grid, other: Grid, lag: Grid) -> Grid:
    rates: Grid = 40 * scale.haste**0.5 / (1 + np.exp(-6 * lag)) * spread
    return rates


def _take(scale: Scale, spread: Grid, own: Grid, other: Grid, lag: Grid) -> Grid:
    usual = 0.019 * scale.adds * np.exp(1.6 * np.clip(lag, -1.2, 1.2))
    chase = 4.0 * scale.haste * np.clip(lag - 0.6, 0, 1)
    rates: Grid = (usual + chase) * _TAKE_BY_QUEUE[other.astype(int)] * (1 - 0.8 * spread)
    return rates


def _withdraw(scale: Scale, spread: Grid, own: Grid, other: Grid, lag: Grid) -> Grid:
    """Makers leave the side that is about to be run over; here a falling price takes the bid."""
    exposed = (lag < 0) * (1 - spread) * (not scale.mechanical)
    rates: Grid = 11 * scale.haste * np.exp(2.5 * np.clip(-lag - 0.6, -9, 0.6)) * exposed
    return rates
