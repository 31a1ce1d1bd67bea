"""Open interest, with walls at known strikes, and yesterday's settlements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import numpy as np
from numpy.typing import NDArray

from spymaster.land.dbn import Records, new_records
from spymaster.simulate.contract import CLEARED_VOLUME, OPEN_INTEREST, SETTLEMENT, weekday_before
from spymaster.simulate.options.classes import YEAR_NS
from spymaster.simulate.options.listing import CALL, PUT, Listing
from spymaster.simulate.options.quotes import COARSE, FINE, NICKEL_E9
from spymaster.simulate.options.worth import price
from spymaster.units import (
    HOUR_NS,
    NEW_YORK,
    NS_PER_SECOND,
    UNDEF_PRICE,
    UNDEF_STAT_QUANTITY,
    local_ns,
    to_ns,
)

WALL_STEP, WALL_DISTANCE = 25, 15
"""Walls stand at the first multiple of so many points that is so far from the settlement."""
_WALL = 20
"""Open interest at a wall over that of an ordinary strike at the money."""
_LOTS = {0: 600, 1: 500, 2: 900}
"""Ordinary open interest at the money by class, soonest first, and of all later ones."""
_LATER = 2_000
_ROUND = ((100, 2.0), (50, 1.6), (25, 1.3), (10, 1.0), (5, 0.8))
"""How much more is held at strikes that are multiples of so many points."""
_FINAL_NS = (4 * 3_600 + 600) * NS_PER_SECOND
"""When final open interest is published, ns after midnight UTC; a first count comes before."""
_FIRST_COUNT = 0.97
_FINAL_SETTLEMENT = 3
_UNUSED = 255


@dataclass(frozen=True)
class Wall:
    """A strike of which far more is held than of its neighbours."""

    option: int
    """Place in the listing."""
    open_interest: int


def draw_interest(
    rng: np.random.Generator, listing: Listing
) -> tuple[NDArray[np.int64], list[Wall]]:
    """Return open interest by option, (options,), and the walls in it: calls above, puts below."""
    scale = np.array([_LOTS.get(at, _LATER) for at in range(len(listing.smiles))])[listing.expiry]
    years = np.maximum(listing.expires_ns - listing.midnight_ns, 0) / YEAR_NS
    vols = np.array([smile.atm_vol for _, smile in listing.smiles])[listing.expiry]
    z = np.log(listing.strike / listing.forwards[listing.expiry]) / (vols * np.sqrt(years))
    tilt = 1 + 0.5 * np.tanh(listing.right * z)  # out of the money more is held
    held = scale * np.exp(-z * z / 10) * _roundness(listing.strike) * tilt
    lots = np.floor(held * np.exp(rng.normal(0, 0.25, len(held)))).astype(np.int64)
    walls = []
    for option in _wall_options(listing):
        lots[option] = int(_WALL * scale[option] * rng.uniform(0.9, 1.1))
        walls.append(Wall(option, int(lots[option])))
    return lots, walls


def _roundness(strike: NDArray[np.float64]) -> NDArray[np.float64]:
    steps, weights = zip(*_ROUND, strict=True)
    return np.select([strike % step == 0 for step in steps], weights, default=0.5)


def _wall_options(listing: Listing) -> Iterator[int]:
    for (expiry, _), forward in zip(listing.smiles, listing.forwards.tolist(), strict=True):
        above = int(-(-(forward + WALL_DISTANCE) // WALL_STEP) * WALL_STEP)
        below = int((forward - WALL_DISTANCE) // WALL_STEP * WALL_STEP)
        yield listing.find(expiry, above, CALL)
        yield listing.find(expiry, below, PUT)


def settlements(listing: Listing, session: date) -> NDArray[np.int64]:
    """Return yesterday's settlement of every option, nickels on the grid, (options,)."""
    closed = local_ns(weekday_before(session), time(16), NEW_YORK)
    worth = np.zeros(len(listing.options))
    for at, (expiry, smile) in enumerate(listing.smiles):
        chosen = listing.expiry == at
        years = np.full((1, 1), (expiry.expires_ns - closed) / YEAR_NS)
        strike, right = listing.strike[chosen], listing.right[chosen]
        forward = np.full((1, 1), listing.forwards[at])
        american = expiry.is_american
        worth[chosen] = price(smile, forward, strike, right, years, is_american=american)[0]
    nickels = np.maximum(np.round(worth * 20), 1)
    return np.where(nickels > FINE, np.round(nickels / COARSE) * COARSE, nickels).astype(np.int64)


def statistics(
    listing: Listing,
    session: date,
    interest: NDArray[np.int64],
    volume: NDArray[np.int64],
) -> Records:
    """Return settlements, cleared volume and open interest of the trading date before.

    Settlements, volume and a first count of open interest are replayed at midnight UTC; the final
    count comes at 04:10.
    """
    midnight = listing.midnight_ns
    settled = settlements(listing, session)
    early = (interest * _FIRST_COUNT).astype(np.int64)
    parts = [
        _statistic(listing, SETTLEMENT, midnight, settled * NICKEL_E9, None),
        _statistic(listing, CLEARED_VOLUME, midnight, None, volume),
        _statistic(listing, OPEN_INTEREST, midnight, None, early),
        _statistic(listing, OPEN_INTEREST, midnight + _FINAL_NS, None, interest),
    ]
    records = np.concatenate(parts)
    records["ts_ref"] = to_ns(datetime.combine(weekday_before(session), time(0), UTC))
    records["sequence"] = np.arange(1, len(records) + 1)
    return records


def _statistic(
    listing: Listing,
    kind: int,
    at_ns: int,
    prices: NDArray[np.int64] | None,
    quantities: NDArray[np.int64] | None,
) -> Records:
    records = new_records("statistics", len(listing.options))
    records["instrument_id"] = listing.number
    records["ts_recv"] = at_ns
    records["ts_event"] = at_ns - 2 * HOUR_NS if prices is not None else at_ns - 1
    records["stat_type"] = kind
    records["price"] = UNDEF_PRICE if prices is None else prices
    records["quantity"] = UNDEF_STAT_QUANTITY if quantities is None else quantities
    records["update_action"] = 1
    records["stat_flags"] = _FINAL_SETTLEMENT if kind == SETTLEMENT else _UNUSED
    return records
