"""Days alike and unlike: how wild a session is, its calm and wild hours, and a piece of news."""

from __future__ import annotations

from math import exp

import numpy as np

from spymaster.simulate.market.path import STEP_NS, Weather
from spymaster.units import NS_PER_SECOND

_DAY = 0.3
"""Standard deviation of a day's own volatility, in logs."""
_REGIMES = (0.65, 1.0, 1.6)
"""What calm, usual and wild hours multiply it by."""
_STAYS_S = 1_500
"""How long one lasts on average, seconds."""
_NEWS_ODDS = 0.7
_NEWS = 12.0
"""Size of a jump, in volatilities of a second: some 18 ticks on a usual day."""
_AFTER, _FADES_S = 1.5, 240
"""How much wilder it is after the news, and how long that takes to fade, seconds."""
_STEPS_PER_SECOND = NS_PER_SECOND // STEP_NS


class Changing(Weather):
    """Volatility by day, by hour and after news.

    Parameters
    ----------
    n_steps : int
        Length of the session in steps of the path.
    """

    def __init__(self, rng: np.random.Generator, n_steps: int) -> None:
        self.day = exp(_DAY * rng.normal() - _DAY**2 / 2)
        self._factors = self.day * self._regimes(rng, n_steps)
        self._news_at = -1
        self._jump = 0.0
        if rng.random() < _NEWS_ODDS:
            self._news_at = int(rng.uniform(0.1, 0.9) * n_steps)
            self._jump = _NEWS * self.day * float(rng.choice([-1, 1]))
            since = np.arange(n_steps) - self._news_at
            fading = np.exp(-since / (_FADES_S * _STEPS_PER_SECOND)) * (since >= 0)
            self._factors = self._factors * (1 + _AFTER * fading)

    def factor(self, step: int) -> float:
        """Return what volatility is multiplied by at a step."""
        return float(self._factors[min(step, len(self._factors) - 1)])

    def jump(self, step: int) -> float:
        """Return the ticks that news moves the price by at a step, in volatilities of a second."""
        return self._jump if step == self._news_at else 0.0

    def _regimes(self, rng: np.random.Generator, n_steps: int) -> np.ndarray:
        """Return the factor of each step; a regime is followed by another one."""
        found: list[np.ndarray] = []
        regime, left = int(rng.integers(len(_REGIMES))), n_steps
        while left > 0:
            lasts = min(left, 1 + int(rng.exponential(_STAYS_S * _STEPS_PER_SECOND)))
            found.append(np.full(lasts, _REGIMES[regime]))
            regime, left = (regime + int(rng.integers(1, 3))) % len(_REGIMES), left - lasts
        return np.concatenate(found)
