"""Quotes and trades of a chain as the vendor's records."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spymaster.land.dbn import Records, new_records
from spymaster.simulate.contract import Contract, basis
from spymaster.simulate.market.tape import F_LAST, F_PUBLISHER, TICK_E9
from spymaster.simulate.options.flow import Trades
from spymaster.simulate.options.listing import Listing
from spymaster.simulate.options.quotes import MISSING, NICKEL_E9, Quotes
from spymaster.simulate.options.worth import Course
from spymaster.units import NS_PER_SECOND, UNDEF_PRICE, UNDEF_TIME

_SIZES = (1, 2, 5, 8, 10, 15, 20, 30, 50, 75, 120)
_DELAY_NS = 90_000
"""Between the venue's clock and the vendor's."""


@dataclass(frozen=True)
class Changes:
    """The seconds in which an option's quote changed or it traded; arrays are (changes,)."""

    second: NDArray[np.int64]
    option: NDArray[np.int64]
    bid_size: NDArray[np.int64]
    ask_size: NDArray[np.int64]
    """Lots, also where there is no quote."""


def changes(rng: np.random.Generator, quotes: Quotes, trades: Trades, course: Course) -> Changes:
    """Find what a file of bbo-1s says: an option has a record only where something is new."""
    bids, asks = quotes.bids, quotes.asks
    fresh = np.ones(bids.shape, np.bool_)
    fresh[1:] = (bids[1:] != bids[:-1]) | (asks[1:] != asks[:-1])
    printed = -(-(trades.ts_event - course.start_ns) // NS_PER_SECOND)
    fresh[printed, trades.option] = True
    fresh &= quotes.alive
    second, option = np.nonzero(fresh)
    sizes = rng.choice(_SIZES, (2, len(second)))
    return Changes(second, option, sizes[0], sizes[1])


def quote_records(
    listing: Listing, course: Course, quotes: Quotes, trades: Trades, found: Changes
) -> Records:
    """Return the bbo-1s records, in the order of time."""
    records = new_records("bbo-1s", len(found.second))
    records["instrument_id"] = listing.number[found.option]
    records["ts_recv"] = course.times[found.second]
    _fill_quote(records, quotes, found, found.second, found.option, np.arange(len(records)))
    _fill_last(records, course, trades, found)
    records["flags"] = F_LAST | F_PUBLISHER
    records["sequence"] = np.arange(1, len(records) + 1)
    return records


def trade_records(
    listing: Listing, course: Course, quotes: Quotes, trades: Trades, found: Changes
) -> Records:
    """Return the tbbo records, each with the quote that it met."""
    records = new_records("tbbo", len(trades.size))
    records["instrument_id"] = listing.number[trades.option]
    records["ts_event"] = trades.ts_event
    records["ts_recv"] = trades.ts_event + _DELAY_NS
    records["ts_in_delta"] = 14_000
    records["price"] = trades.nickels * NICKEL_E9
    records["size"] = trades.size
    records["action"], records["side"] = b"T", trades.side
    records["flags"] = F_LAST
    before = (trades.ts_event - course.start_ns) // NS_PER_SECOND
    shown = _latest(found, before, trades.option, len(course.bids))
    _fill_quote(records, quotes, found, before, trades.option, shown)
    return records


def future_records(course: Course, future: Contract) -> Records:
    """Return the bbo-1s records of another quarterly contract, which moves with the front one."""
    away = basis(course.contract, future)
    moved = np.ones(len(course.bids), np.bool_)
    moved[1:] = (np.diff(course.bids) != 0) | (np.diff(course.asks) != 0)
    records = new_records("bbo-1s", int(moved.sum()))
    records["instrument_id"] = future.instrument_id
    records["ts_recv"] = course.times[moved]
    records["ts_event"] = UNDEF_TIME
    records["price"], records["side"] = UNDEF_PRICE, b"N"
    records["flags"] = F_LAST | F_PUBLISHER
    records["bid_px_00"] = (course.bids[moved] + away) * TICK_E9
    records["ask_px_00"] = (course.asks[moved] + away) * TICK_E9
    for field in ("bid_sz_00", "ask_sz_00", "bid_ct_00", "ask_ct_00"):
        records[field] = 12
    return records


def _fill_quote(
    records: Records,
    quotes: Quotes,
    found: Changes,
    second: NDArray[np.int64],
    option: NDArray[np.int64],
    shown: NDArray[np.int64],
) -> None:
    """Write prices of a second, with the sizes of the change that showed them."""
    for field, prices, sizes in (
        ("bid", quotes.bids, found.bid_size),
        ("ask", quotes.asks, found.ask_size),
    ):
        nickels = prices[second, option].astype(np.int64)
        there = nickels != MISSING
        records[f"{field}_px_00"] = np.where(there, nickels * NICKEL_E9, UNDEF_PRICE)
        records[f"{field}_sz_00"] = np.where(there, sizes[shown], 0)
        records[f"{field}_ct_00"] = np.where(there, 1 + sizes[shown] // 20, 0)


def _fill_last(records: Records, course: Course, trades: Trades, found: Changes) -> None:
    """Write each option's last trade up to then."""
    order = np.lexsort((trades.ts_event, trades.option))
    keys = trades.option[order] * _span(course) + trades.ts_event[order] - course.start_ns
    wanted = found.option * _span(course) + found.second * NS_PER_SECOND
    last = np.searchsorted(keys, wanted, side="right") - 1
    known = last >= 0
    at = order[np.maximum(last, 0)] if len(order) else np.zeros(len(last), np.int64)
    known &= trades.option[at] == found.option if len(order) else False
    for field, values, absent in (
        ("ts_event", trades.ts_event.astype(np.uint64), UNDEF_TIME),
        ("price", trades.nickels * NICKEL_E9, UNDEF_PRICE),
        ("size", trades.size, 0),
        ("side", trades.side, b"N"),
    ):
        records[field] = absent
        records[field][known] = values[at[known]]


def _latest(
    found: Changes, second: NDArray[np.int64], option: NDArray[np.int64], n_seconds: int
) -> NDArray[np.int64]:
    """Return the last change of each option at or before a second."""
    order = np.lexsort((found.second, found.option))
    keys = found.option[order] * n_seconds + found.second[order]
    return order[np.searchsorted(keys, option * n_seconds + second, side="right") - 1]


def _span(course: Course) -> int:
    return len(course.bids) * NS_PER_SECOND
