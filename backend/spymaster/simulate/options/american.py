"""What the right to exercise early adds to an option on a future (Barone-Adesi and Whaley 1987)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spymaster.simulate.options.smile import RATE, Points, call_price, cdf, discount

_STEPS = 8
"""Of Newton's method; it starts close and converges quadratically."""


def early_exercise(
    moneyness: Points, years: Points, vol: Points
) -> tuple[Points, NDArray[np.bool_]]:
    """Return what early exercise adds to a European option over its scale, and where it is now due.

    Right to 0.2 points deep in the money with a month to go, to 0.03 out of the money.
    A call on F struck at K has the moneyness F/K and the scale K; by symmetry a put has K/F and F.

    Parameters
    ----------
    moneyness : (seconds, options)
    years, vol : (options,)
        Taken once for all seconds: the boundary of exercise moves slowly.
    """
    power = (1 + np.sqrt(1 + 8 * RATE / (vol**2 * (1 - discount(years))))) / 2
    boundary = _boundary(years, vol, power)
    gained = boundary / power * (1 - _d1(boundary, years, vol)[0])
    return gained * (moneyness / boundary) ** power, moneyness >= boundary


def _boundary(years: Points, vol: Points, power: Points) -> Points:
    """The moneyness at which exercise is worth as much as waiting, by Newton's method."""
    one: Points = np.ones_like(vol)
    at = 1 + 2 * vol * np.sqrt(years)
    for _ in range(_STEPS):
        chance, density = _d1(at, years, vol)
        waiting = call_price(at, one, years, vol) + (1 - chance) * at / power
        slope = chance * (1 - 1 / power) + (1 - density) / power
        at = (waiting - slope * at + 1) / (1 - slope)
    return at


def _d1(moneyness: Points, years: Points, vol: Points) -> tuple[Points, Points]:
    """The discounted chance of d1, and its density over the spread of log-moneyness."""
    spread = vol * np.sqrt(years)
    d1 = np.log(moneyness) / spread + spread / 2
    density = np.exp(-d1 * d1 / 2) / (np.sqrt(2 * np.pi) * spread)
    return discount(years) * cdf(d1), discount(years) * density
