"""Where the price is heading: the level that quotes chase, in ticks, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Protocol

import numpy as np

STEP_NS = 100_000_000
"""How often the destination, the time of day and the Hawkes multiplier are brought up to date."""
_STEP_S = 0.1
_FAST_S, _SLOW_S = 150.0, 2_400.0
"""Memories of the two volatility factors, seconds."""
_FAST_KICK, _SLOW_KICK = (2 * _STEP_S / _FAST_S) ** 0.5, (2 * _STEP_S / _SLOW_S) ** 0.5
_FAST, _SLOW = 0.4, 0.15
"""Their standard deviations, in logs."""
_SWING_S = 3.0
"""Memory, seconds, of what the walk takes back."""
SWING = 0.8
"""How large that is against the walk, where price is led to levels."""


class Heading(Protocol):
    """Where the price is heading, as an engine sees it."""

    @property
    def tick(self) -> float:
        """The level that quotes chase."""

    @property
    def volatility(self) -> float:
        """How wild the session is now, mean about 1."""

    def step(self, activity: float) -> None:
        """Move on by ``STEP_NS``."""


@dataclass
class Pull:
    """A force on the destination; the free walk has none."""

    target: float | None = None
    """Tick it is drawn to, none for no force."""
    speed: float = 0.0
    """Fastest drift, ticks a second."""
    hold: float = 0.0
    """Strength of mean reversion around the target, per second."""
    noise: float = 1.0
    """What the walk's own moves are multiplied by."""
    edge: float = 0.0
    """Drift, in variances of the walk a tick: 2 x edge x distance is the log odds of going up."""


class Weather:
    """Makes some times wilder than others, and brings news; this one never does."""

    def factor(self, step: int) -> float:
        """Return what volatility is multiplied by at a step."""
        return 1.0

    def jump(self, step: int) -> float:
        """Return the ticks that news moves the price by at a step, in volatilities of a second."""
        return 0.0


class Path:
    """A martingale with slowly changing volatility, a swing around it, and a world's force."""

    def __init__(
        self,
        seeds: np.random.SeedSequence,
        tick: float,
        sigma: float,
        swing: float = SWING,
        weather: Weather | None = None,
    ) -> None:
        self.rng = np.random.Generator(np.random.PCG64(seeds))
        self._course = self.tick = tick
        self._swing = 0.0
        self.sigma = sigma
        self.pull = Pull()
        self._swing_size, self._weather = swing, weather or Weather()
        self._n = 0
        self.calm, self.mood = self.rng.normal(size=2).tolist()
        self._normals: list[float] = []

    @property
    def volatility(self) -> float:
        """How wild the session is now, mean about 1."""
        log = _FAST * self.calm + _SLOW * self.mood
        return exp(log - (_FAST**2 + _SLOW**2) / 2) * self._weather.factor(self._n)

    def step(self, activity: float) -> None:
        """Move on by ``STEP_NS``."""
        if not self._normals:
            self._normals = self.rng.normal(size=4 * 4_096).tolist()
        draw = self._normals.pop
        walk, swing, calm, mood = draw(), draw(), draw(), draw()
        self.calm += -self.calm * _STEP_S / _FAST_S + _FAST_KICK * calm
        self.mood += -self.mood * _STEP_S / _SLOW_S + _SLOW_KICK * mood
        scale = self.sigma * self.pull.noise * self.volatility * (activity * _STEP_S) ** 0.5
        self._course += scale * walk + self._drift() + self.pull.edge * scale * scale
        self._course += self._weather.jump(self._n) * self.sigma
        self._swing += -self._swing * _STEP_S / _SWING_S + self._swing_size * scale * swing
        self._n += 1
        self.tick = self._course + self._swing

    def _drift(self) -> float:
        pull = self.pull
        if pull.target is None:
            return 0.0
        away = pull.target - self._course
        if pull.hold:
            return away * pull.hold * _STEP_S
        return max(-pull.speed * _STEP_S, min(pull.speed * _STEP_S, away))
