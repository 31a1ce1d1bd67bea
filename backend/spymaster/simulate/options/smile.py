"""The smile behind the chain, and what options are worth under it (Black 1976)."""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, sqrt

import numpy as np
from numpy.typing import NDArray

RATE = 0.04
"""Continuously compounded, per year; what the settings assume by default."""
_FARTHEST = 10.0
_GRID = np.linspace(-_FARTHEST, _FARTHEST, 80_001)
_CDF = np.array([0.5 + 0.5 * erf(at / sqrt(2)) for at in _GRID.tolist()])
_SPREAD_OF_LEVELS = (0.11, 0.16)

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Smile:
    """Variance over its value at the money, as SVI in standardised log-moneyness.

    With z = ln(K/F) / (atm_vol sqrt(T)), implied variance is
    atm_vol^2 (1 + b (rho z + sqrt(z^2 + s^2) - s)).
    """

    atm_vol: float
    """Per square root of a year of 365 days; 0.2 is 20 %."""
    b: float
    rho: float
    s: float

    def vol(self, forward: Points, strike: Points, years: Points) -> Points:
        """Return implied vols; the arguments broadcast, ``years`` above 0."""
        z = np.log(strike / forward) / (self.atm_vol * np.sqrt(years))
        wings = self.rho * z + np.sqrt(z * z + self.s**2) - self.s
        vols: Points = self.atm_vol * np.sqrt(1 + self.b * wings)
        return vols


def draw_smiles(rng: np.random.Generator, days: list[float]) -> tuple[Smile, ...]:
    """Return a smile for each expiry that many days ahead: short ones are higher and steeper."""
    level = rng.uniform(*_SPREAD_OF_LEVELS)
    smiles = []
    for each in days:
        short = (1 + each) ** -0.5
        atm_vol = level * (1 + 0.15 * short + 0.02 * rng.normal())
        b, rho = 0.22 + 0.1 * short, -0.45 + 0.05 * rng.normal()
        smiles.append(Smile(round(atm_vol, 4), round(b, 3), round(rho, 3), 0.9))
    return tuple(smiles)


def call_price(forward: Points, strike: Points, years: Points, vol: Points) -> Points:
    """Return European calls on futures, points, discounted at ``RATE``; all broadcast.

    Exact to 1e-4 points at a forward of 7,000.
    """
    spread = vol * np.sqrt(years)
    d1 = np.log(forward / strike) / spread + spread / 2
    worth = forward * cdf(d1) - strike * cdf(d1 - spread)
    prices: Points = discount(years) * np.maximum(worth, 0.0)
    return prices


def put_price(call: Points, forward: Points, strike: Points, years: Points) -> Points:
    """Return the European put beside a call, by parity."""
    prices: Points = np.maximum(call - discount(years) * (forward - strike), 0.0)
    return prices


def discount(years: Points) -> Points:
    """Return what a point due then is worth now."""
    factors: Points = np.exp(-RATE * years)
    return factors


def cdf(x: Points) -> Points:
    """Return the normal distribution function, to 2e-9."""
    chances: Points = np.interp(x, _GRID, _CDF)
    return chances
