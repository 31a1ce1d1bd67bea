"""What every option of a chain is worth, second by second."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spymaster.simulate.contract import Contract
from spymaster.simulate.market.tape import TICK_E9
from spymaster.simulate.options.american import early_exercise
from spymaster.simulate.options.classes import YEAR_NS
from spymaster.simulate.options.listing import CALL, Listing
from spymaster.simulate.options.smile import Smile, call_price, put_price
from spymaster.units import E9, NS_PER_SECOND

_BLOCK = 512
"""Seconds priced at once."""

Grid = NDArray[np.float64]
"""(seconds, options)"""


@dataclass(frozen=True)
class Course:
    """The simulated future's best quotes at whole seconds."""

    contract: Contract
    start_ns: int
    """Of the first second, ns since 1970 UTC."""
    bids: NDArray[np.int64]
    asks: NDArray[np.int64]
    """Ticks, (seconds,)."""

    @property
    def times(self) -> NDArray[np.int64]:
        """Ns since 1970 UTC, (seconds,)."""
        steps: NDArray[np.int64] = np.arange(len(self.bids)) * NS_PER_SECOND
        return self.start_ns + steps

    @property
    def mids(self) -> NDArray[np.float64]:
        """Points, (seconds,)."""
        mids = (self.bids + self.asks).astype(np.float64) * (TICK_E9 / E9 / 2)
        return np.asarray(mids, np.float64)

    def since(self, start_ns: int) -> Course:
        """Return the part from a whole second on."""
        skipped = (start_ns - self.start_ns) // NS_PER_SECOND
        return Course(self.contract, start_ns, self.bids[skipped:], self.asks[skipped:])


def worths(listing: Listing, course: Course) -> Iterator[tuple[Grid, Grid]]:
    """Yield what options are worth, and their time value, points, in blocks of seconds.

    From its expiry on an option is worth nothing.
    """
    times, mids = course.times, course.mids
    for first in range(0, len(times), _BLOCK):
        block = slice(first, first + _BLOCK)
        parts = [
            _class(listing, at, times[block, None], mids[block, None])
            for at in range(len(listing.smiles))
        ]
        yield (
            np.concatenate([worth for worth, _ in parts], axis=1),
            np.concatenate([extra for _, extra in parts], axis=1),
        )


def _class(listing: Listing, at: int, times: NDArray[np.int64], mids: Grid) -> tuple[Grid, Grid]:
    expiry, smile = listing.smiles[at]
    chosen = listing.expiry == at
    strike, right = listing.strike[chosen], listing.right[chosen]
    forward = mids + listing.basis[at]
    years = (expiry.expires_ns - times) / YEAR_NS
    worth = price(smile, forward, strike, right, years, is_american=expiry.is_american)
    intrinsic = np.maximum(right * (forward - strike), 0.0)
    return worth, np.maximum(worth - intrinsic, 0.0) * (years > 0)


def price(
    smile: Smile,
    forward: Grid,
    strike: NDArray[np.float64],
    right: NDArray[np.int64],
    years: Grid,
    *,
    is_american: bool,
) -> Grid:
    """Return what options are worth, points; calls and puts of a strike stand side by side."""
    alive = years > 0
    left = np.where(alive, years, 1.0)
    calls = right == CALL
    listed = strike[calls]
    vol = smile.vol(forward, listed, left)
    call = call_price(forward, listed, left, vol)
    put = put_price(call, forward, listed, left)
    if is_american:
        extra, is_due = early_exercise(forward / listed, left[0], vol[0])
        call = np.where(is_due, forward - listed, call + listed * extra)
        extra, is_due = early_exercise(listed / forward, left[0], vol[0])
        put = np.where(is_due, listed - forward, put + forward * extra)
    worth = np.empty((len(forward), len(strike)))
    worth[:, calls], worth[:, ~calls] = call, put
    return worth * alive
