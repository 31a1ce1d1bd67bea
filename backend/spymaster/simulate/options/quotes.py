"""What makers quote: a bid and an ask around each option's worth, on the venue's grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spymaster.simulate.options.gaps import CROSSED, NO_ASK, NONE, STALE, Gap, mask
from spymaster.simulate.options.listing import Listing
from spymaster.simulate.options.worth import Course, Grid, worths

NICKEL_E9 = 50_000_000
"""Premiums are counted in units of 0.05 points; the tick is 1 up to ``FINE``, else ``COARSE``."""
FINE, COARSE = 100, 5
MISSING = -1
"""In place of a bid or ask that is not there."""
_PER_POINT = 20
_LEAST, _OF_TIME, _OF_INTRINSIC = 0.02, 0.01, 0.0015
"""Half the spread that makers want: points, and shares of time value and of the rest."""
_EDGE = 0.1
"""Share of the spread next to its ends; a worth that gets there makes makers requote."""

Nickels = NDArray[np.int16]
"""(seconds, options)"""


@dataclass(frozen=True)
class Quotes:
    """The best quotes of a chain at whole seconds."""

    bids: Nickels
    asks: Nickels
    alive: NDArray[np.bool_]
    """Whether the option has not expired, (seconds, options)."""


def quote(listing: Listing, course: Course, gaps: list[Gap]) -> Quotes:
    """Return what makers show, given what goes wrong."""
    shape = (len(course.bids), len(listing.options))
    frozen = mask(gaps, STALE, shape)
    bids, asks = np.empty(shape, np.int16), np.empty(shape, np.int16)
    for at, (bid, ask) in enumerate(_ladder(listing, course, frozen)):
        bids[at], asks[at] = bid, ask
    alive = course.times[:, None] < listing.expires_ns
    _spoil(bids, asks, gaps)
    return Quotes(bids, asks, alive)


def _ladder(
    listing: Listing, course: Course, frozen: NDArray[np.bool_]
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Yield the makers' quotes of each second: kept while the worth stays well inside."""
    at = 0
    bid = ask = np.zeros(len(listing.options))
    for worth, extra in worths(listing, course):
        lows, highs = around(worth, extra)
        worth = worth * _PER_POINT
        for row in range(len(worth)):
            edge = (ask - bid) * _EDGE
            moved = (worth[row] < bid + edge) | (worth[row] > ask - edge)
            if at:
                moved &= ~frozen[at]
            bid, ask = np.where(moved, lows[row], bid), np.where(moved, highs[row], ask)
            at += 1
            yield bid, ask


def around(worth: Grid, extra: Grid) -> tuple[Grid, Grid]:
    """Return the quotes that makers want, nickels on the grid: outward of the spread they want."""
    half = _LEAST + _OF_TIME * extra + _OF_INTRINSIC * (worth - extra)
    low, high = np.floor((worth - half) * _PER_POINT), np.ceil((worth + half) * _PER_POINT)
    low = np.where(low > FINE, np.floor(low / COARSE) * COARSE, low)
    high = np.where(high > FINE, np.ceil(high / COARSE) * COARSE, high)
    return np.maximum(low, 0), high


def _spoil(bids: Nickels, asks: Nickels, gaps: list[Gap]) -> None:
    """Leave out what is not there; a bid of nothing is no bid."""
    crossed = mask(gaps, CROSSED, bids.shape) & (bids > 0)
    low = asks[crossed]
    bids[crossed] = low + np.where(low >= FINE, COARSE, 1)
    bids[(bids <= 0) | mask(gaps, NONE, bids.shape)] = MISSING
    asks[mask(gaps, NO_ASK, asks.shape) | mask(gaps, NONE, asks.shape)] = MISSING
