"""Spreads that participants defined: instruments of their own, whose trades are no option's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from spymaster.land.dbn import Records, new_records
from spymaster.simulate.market.tape import F_LAST
from spymaster.simulate.options.listing import Listing
from spymaster.simulate.options.quotes import NICKEL_E9
from spymaster.simulate.options.worth import Course
from spymaster.units import NS_PER_SECOND, UNDEF_PRICE

FIRST_NUMBER = 43_000_000
OPTION_SPREAD, MIXED = "T", "M"
_COUNT, _MIXED_EVERY = 12, 4
"""Spreads, of which every fourth has a leg in the future."""
_TRADES_A_MINUTE = 2.0


@dataclass(frozen=True)
class Leg:
    """One side of a spread; every ratio is 1."""

    instrument_id: int
    symbol: str
    instrument_class: str
    is_bought: bool


@dataclass(frozen=True)
class Spread:
    """A user-defined spread of two legs."""

    symbol: str
    instrument_id: int
    instrument_class: str
    """T of options only, M with a future."""
    legs: tuple[Leg, Leg]
    place: int
    """Of the first leg, in the listing."""


def define_spreads(rng: np.random.Generator, listing: Listing, session: date) -> tuple[Spread, ...]:
    """Return the session's spreads: verticals, and options against the future."""
    places = rng.integers(0, len(listing.options) - 2, _COUNT).tolist()
    return tuple(_spread(listing, session, at, place) for at, place in enumerate(places))


def _spread(listing: Listing, session: date, at: int, place: int) -> Spread:
    """An option bought against the one two places on, a strike higher, or the future."""
    option, other = listing.options[place], listing.options[place + 2]
    future = option.expiry.future
    is_mixed = at % _MIXED_EVERY == 0 or other.expiry != option.expiry
    bought = Leg(option.instrument_id, option.symbol, option.letter, is_bought=True)
    sold = Leg(other.instrument_id, other.symbol, other.letter, is_bought=False)
    if is_mixed:
        sold = Leg(future.instrument_id, future.symbol, "F", is_bought=False)
    return Spread(
        symbol=f"UD:1V: {'12' if is_mixed else 'VT'} {session:%m%d}{800_000 + at}",
        instrument_id=FIRST_NUMBER + at,
        instrument_class=MIXED if is_mixed else OPTION_SPREAD,
        legs=(bought, sold),
        place=place,
    )


def spread_fields(listing: Listing, spread: Spread, leg: int) -> dict[str, object]:
    """Return what the definition of a spread says of itself and one leg."""
    expiry, one = listing.options[spread.place].expiry, spread.legs[leg]
    return {
        "raw_symbol": spread.symbol.encode(),
        "asset": expiry.asset.encode(),
        "group": b"EW",
        "cfi": b"OMXXXN",
        "instrument_class": spread.instrument_class.encode(),
        "security_type": b"OOF",
        "secsubtype": spread.symbol.split()[1].encode(),
        "min_price_increment": NICKEL_E9,
        "user_defined_instrument": b"Y",
        "underlying": expiry.future.symbol.encode(),
        "underlying_id": expiry.future.instrument_id,
        "expiration": expiry.expires_ns,
        "activation": listing.midnight_ns,
        "leg_count": len(spread.legs),
        "leg_index": leg,
        "leg_instrument_id": one.instrument_id,
        "leg_raw_symbol": one.symbol.encode(),
        "leg_instrument_class": one.instrument_class.encode(),
        "leg_side": b"B" if one.is_bought else b"A",
        "leg_ratio_qty_numerator": 1,
        "leg_ratio_qty_denominator": 1,
    }


def spread_trades(rng: np.random.Generator, spreads: tuple[Spread, ...], course: Course) -> Records:
    """Return the spreads' trades as tbbo records without quotes, in the order of time."""
    seconds = len(course.bids)
    count = int(rng.poisson(_TRADES_A_MINUTE * seconds / 60))
    records = new_records("tbbo", count)
    which = rng.integers(0, len(spreads), count)
    at = np.sort(rng.uniform(0, seconds - 1, count)) * NS_PER_SECOND
    records["instrument_id"] = np.array([each.instrument_id for each in spreads])[which]
    records["ts_event"] = course.start_ns + at.astype(np.int64)
    records["ts_recv"] = records["ts_event"] + 90_000
    records["price"] = rng.integers(20, 100, count) * NICKEL_E9
    records["size"] = rng.integers(1, 50, count)
    records["action"] = b"T"
    records["side"] = rng.choice(np.array([b"B", b"A", b"N"]), count, p=[0.45, 0.45, 0.1])
    records["flags"] = F_LAST
    records["bid_px_00"] = records["ask_px_00"] = UNDEF_PRICE
    return records
