"""The statistical laws of a session: when orders come, how large, where, and for how long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spymaster.units import NS_PER_SECOND

RECORDS_PER_SECOND = 380.0
"""Records a second from 09:30 to 12:30 at rate 1, on top of those that price moves cause."""
RECORDS_PER_ADD = 2.6
"""An order's add, its end, and its share of modifies and trades."""
DEEPEST = 60
"""Ticks behind the own best quote where orders still arrive."""
MODIFIED = 0.25
"""Share of orders whose lifetime ends in a modify instead of a cancel."""
REPLACED = 0.06
"""Share of orders that end in a cancel and a similar new order."""
TAIL = 1.5
"""Exponent of the lifetime's power-law tail."""
BLOCK = 1 << 14
"""Random numbers drawn at once."""

_CLOCK = (0, 4, 7, 8.5, 9.4, 9.5, 10, 10.5, 11.5, 12.5, 15, 15.5, 16, 16.2, 17, 24)
_ACTIVITY = (0.04, 0.05, 0.1, 0.2, 0.25, 1.75, 1.3, 1.0, 0.85, 0.75, 0.85, 1.1, 1.5, 0.3, 0.1, 0.05)
_SIZES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 50)
_SIZE_ODDS = (60, 14, 5, 3, 6, 1.2, 0.8, 0.8, 5, 0.8, 0.6, 1.2, 0.5, 0.3, 0.3)
_DEPTH_AT = (0, 1, 2, 5, 10, 15, 25, 40, 60)
_DEPTH = (70, 88, 98, 102, 95, 80, 52, 29, 14)

_TRADE_ODDS = (52, 15, 6, 4, 6, 1.5, 1, 1, 6, 1, 1, 2.5, 1, 1, 1)


def activity(hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how busy each time of day is (hours of New York), 1 being the mean of 09:30-12:30."""
    return np.interp(hours, _CLOCK, _ACTIVITY)


def depth_profile() -> NDArray[np.float64]:
    """Return the mean resting size per tick, lots, by distance from the own best quote."""
    return np.interp(np.arange(DEEPEST + 1), _DEPTH_AT, _DEPTH)


def add_odds() -> NDArray[np.float64]:
    """Return how new orders spread over distances from the own best quote, summing to 1."""
    odds = (1.0 + np.arange(DEEPEST + 1)) ** -1.35
    share: NDArray[np.float64] = odds / odds.sum()
    return share


def flicker_share() -> NDArray[np.float64]:
    """Return the share of orders withdrawn within about a second, by distance from the best."""
    return np.interp(np.arange(DEEPEST + 1), (0, 5, 20, DEEPEST), (0.66, 0.62, 0.45, 0.2))


def mean_size() -> float:
    """Return the mean size of a new order, lots."""
    return float(np.average(_SIZES, weights=_SIZE_ODDS))


@dataclass(frozen=True)
class Scale:
    """How a session's intensity is set."""

    rate: float = 1.0
    """Records against a full day's."""
    mechanical: bool = False
    """Whether nobody stays but makers who move a fixed ladder along with the price."""

    @property
    def adds(self) -> float:
        """New orders a second and side."""
        return self.rate * RECORDS_PER_SECOND / RECORDS_PER_ADD / 2

    @property
    def haste(self) -> float:
        """Speed of reactions that thin out less than the flow does, 1 at rate 1."""
        return float(self.rate**0.4)

    def lifetimes(self) -> NDArray[np.float64]:
        """Return the mean life of orders that stay, ns, by distance, that keeps the profile."""
        arrivals = self.adds * add_odds() * (1 - flicker_share()) * mean_size()
        return depth_profile() / arrivals * (1 - MODIFIED) * NS_PER_SECOND


class Draws:
    """Endless streams of random numbers, drawn in blocks, each a function of the seed alone."""

    def __init__(self, seeds: np.random.SeedSequence, scale: Scale) -> None:
        steps, orders, joins, trades, spare = (
            np.random.Generator(np.random.PCG64(child)) for child in seeds.spawn(5)
        )
        self.steps = _steps(steps)
        """(waiting time in means, uniform)"""
        self.behind = _orders(orders, scale, behind=True)
        """(distance in ticks, size, ns if it flickers else 0, life in means) behind the best"""
        self.joins = _orders(joins, scale, behind=False)
        """the same at the best quote"""
        self.trades = _trades(trades)
        """(size, uniform, uniform)"""
        self.uniform = _uniforms(spare)


def lives(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Return lifetimes with a power-law tail and a mean near 1, (count,)."""
    return np.minimum((rng.random(count) ** (-1 / TAIL) - 1) * (TAIL - 1), 2000.0)


def residual_lives(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Return what is left of the lives of orders found resting, (count,)."""
    return np.minimum((rng.random(count) ** (-1 / (TAIL - 1)) - 1) * (TAIL - 1), 2000.0)


def sizes(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Return order sizes, lots, (count,): mostly 1, with spikes at 2, 5 and 10."""
    return _drawn(rng, count, _SIZE_ODDS)


def _drawn(rng: np.random.Generator, count: int, odds: Sequence[float]) -> NDArray[np.int64]:
    return rng.choice(np.asarray(_SIZES, np.int64), count, p=np.asarray(odds) / sum(odds))


def _steps(rng: np.random.Generator) -> Iterator[tuple[float, float]]:
    while True:
        yield from _rows(rng.exponential(size=BLOCK), rng.random(BLOCK))


def _uniforms(rng: np.random.Generator) -> Iterator[float]:
    while True:
        yield from rng.random(BLOCK).tolist()


def _orders(
    rng: np.random.Generator, scale: Scale, *, behind: bool
) -> Iterator[tuple[int, int, int, float]]:
    odds, flickers = add_odds(), np.maximum(flicker_share(), scale.mechanical)
    while True:
        where = np.zeros(BLOCK, np.int64)
        if behind:
            where = rng.choice(np.arange(1, len(odds)), BLOCK, p=odds[1:] / odds[1:].sum())
        brief = rng.random(BLOCK) < flickers[where]
        flicker_ns = np.exp(rng.normal(np.log(0.06), 1.3, BLOCK)) * NS_PER_SECOND
        life = np.where(brief, flicker_ns, 0).astype(np.int64)
        rows = (where, sizes(rng, BLOCK), life, lives(rng, BLOCK))
        yield from _rows(*rows)


def _trades(rng: np.random.Generator) -> Iterator[tuple[int, float, float]]:
    while True:
        sized = _drawn(rng, BLOCK, _TRADE_ODDS)
        yield from _rows(sized, rng.random(BLOCK), rng.random(BLOCK))


def _rows(*columns: NDArray[Any]) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.tolist() for column in columns), strict=True)
