"""Estimates from series of prices and lives; nan where a series is too short to tell."""

from __future__ import annotations

from math import nan

import numpy as np
from numpy.typing import NDArray


def tail_exponent(seconds: NDArray[np.float64]) -> float:
    """Return Hill's estimate of the tail's exponent, over the lives longer than a second."""
    longer = seconds[seconds > 1]
    return float(len(longer) / np.log(longer).sum())


def variance_ratio(mid: NDArray[np.float64], steps: int) -> float:
    """Return the variance of moves over so many steps, a step, over that of one; 1 for a walk."""
    if len(mid) < 4 * steps:
        return nan
    long, short = mid[steps:] - mid[:-steps], np.diff(mid)
    return float((long**2).mean() / steps / (short**2).mean())


def paired(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sums of two values after each other, each value once; an odd last one is left."""
    pairs: NDArray[np.float64] = values[: len(values) // 2 * 2].reshape(-1, 2).sum(axis=1)
    return pairs


def autocorrelation(values: NDArray[np.float64], lag: int) -> float:
    """Return how values go with those ``lag`` before, nan where they are few or all the same."""
    if len(values) < 4 * lag + 8 or not values.std():
        return nan
    return float(np.corrcoef(values[lag:], values[:-lag])[0, 1])


def r_squared(cause: NDArray[np.float64], effect: NDArray[np.float64]) -> float:
    """Return the share of an effect's variance that a line explains, nan for few values."""
    return float(np.corrcoef(cause, effect)[0, 1] ** 2) if len(cause) > 8 else nan
