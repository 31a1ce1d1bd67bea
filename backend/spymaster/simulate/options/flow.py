"""Who trades options: a crowd without a view, and a few strikes where one side dominates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spymaster.simulate.market.laws import activity
from spymaster.simulate.options.gaps import Gap
from spymaster.simulate.options.listing import CALL, PUT, Listing
from spymaster.simulate.options.quotes import COARSE, FINE, MISSING, Quotes
from spymaster.simulate.options.worth import Course
from spymaster.units import NEW_YORK, NS_PER_SECOND, from_ns

_TRADES = 1.2
"""Trades a second of the whole chain at an activity of 1."""
_SHARES = (0.5, 0.18, 0.14)
"""Of trades by class, soonest first; the later ones share the rest."""
_UNSIDED = 0.03
"""Share of trades without an aggressor."""
_SIZES = (1, 2, 3, 4, 5, 10, 20, 25, 50, 100)
_SIZE_ODDS = (45, 16, 7, 4, 10, 9, 4, 2, 2, 1)
_FLOW_TRADES, _PURITY = 0.6, 0.92
"""Trades a second of a planted flow, and the share of them on its own side."""
_PLAN = (
    (0, CALL, 10, "B", 0.10, 0.30),
    (0, PUT, -10, "B", 0.40, 0.60),
    (1, CALL, 15, "A", 0.70, 0.90),
)
"""Class, right, points from the money, aggressor, and the part of the session."""

BUY, SELL, UNSIDED = b"B", b"A", b"N"


@dataclass(frozen=True)
class Flow:
    """A strike and an interval in which one kind of aggressor dominates."""

    option: int
    """Place in the listing."""
    aggressor: str
    """``B`` buys, ``A`` sells."""
    first: int
    end: int
    """Seconds since the chain's start, end exclusive."""

    def is_kept_by(self, gap: Gap) -> bool:
        """Whether a gap would keep it from trading; makers stay where flow is directed."""
        return gap.option == self.option and gap.first < self.end and self.first < gap.end


@dataclass(frozen=True)
class Trades:
    """Trades in the order of time; arrays are (trades,)."""

    ts_event: NDArray[np.int64]
    """Ns since 1970 UTC."""
    option: NDArray[np.int64]
    """Place in the listing."""
    side: NDArray[np.bytes_]
    """``B``, ``A`` or ``N``."""
    nickels: NDArray[np.int64]
    size: NDArray[np.int64]


def plan_flows(listing: Listing, course: Course) -> list[Flow]:
    """Return where and when flow is directed, at strikes next to the money of that time."""
    count, flows = len(course.bids), []
    for at, right, away, aggressor, opened, closed in _PLAN:
        expiry = listing.smiles[min(at, len(listing.smiles) - 1)][0]
        first, end = int(opened * count), int(closed * count)
        strike = round((course.mids[first] + away) / 5) * 5
        nearest = min(
            (one for one in listing.options if one.expiry == expiry and one.right == right),
            key=lambda one: abs(one.strike - strike),
        )
        flows.append(Flow(listing.find(expiry, nearest.strike, right), aggressor, first, end))
    return flows


def trade(
    rng: np.random.Generator, listing: Listing, course: Course, quotes: Quotes, flows: list[Flow]
) -> Trades:
    """Return everything that trades, at the quotes of the whole second before."""
    seconds, option, side = (
        np.concatenate(parts)
        for parts in zip(
            _crowd(rng, listing, course),
            *(_directed(rng, flow) for flow in flows),
            strict=True,
        )
    )
    order = np.argsort(seconds, kind="stable")
    seconds, option, side = seconds[order], option[order], side[order]
    before = seconds.astype(np.int64)
    bid = quotes.bids[before, option].astype(np.int64)
    ask = quotes.asks[before, option].astype(np.int64)
    possible = quotes.alive[before, option] & (bid < ask) & (bid != MISSING)
    possible &= course.times[before] + NS_PER_SECOND <= listing.expires_ns[option]
    nickels = np.select([side == BUY, side == SELL], [ask, bid], default=_middle(bid, ask))
    odds = np.array(_SIZE_ODDS) / sum(_SIZE_ODDS)
    return Trades(
        ts_event=(course.start_ns + (seconds[possible] * NS_PER_SECOND)).astype(np.int64),
        option=option[possible],
        side=side[possible],
        nickels=nickels[possible],
        size=rng.choice(_SIZES, len(order), p=odds)[possible],
    )


def _middle(bid: NDArray[np.int64], ask: NDArray[np.int64]) -> NDArray[np.int64]:
    """The price on the grid at or below the middle of the quotes."""
    middle = (bid + ask) // 2
    return np.where(middle > FINE, middle // COARSE * COARSE, middle)


Draws = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.bytes_]]
"""Seconds since the chain's start, places in the listing, aggressors."""


def _crowd(rng: np.random.Generator, listing: Listing, course: Course) -> Draws:
    opening = from_ns(course.start_ns).astimezone(NEW_YORK)
    opened = opening.hour + opening.minute / 60 + opening.second / 3_600
    busy = activity(opened + np.arange(len(course.bids)) / 3_600) * _TRADES
    counts = rng.poisson(busy)
    counts[-1] = 0  # a trade needs the end of its second
    seconds = np.repeat(np.arange(len(counts)), counts) + rng.random(counts.sum())
    odds = _odds(listing, float(course.mids[0]))
    option = rng.choice(len(odds), len(seconds), p=odds)
    draw = rng.random(len(seconds))
    side = np.select([draw < _UNSIDED, draw < (1 + _UNSIDED) / 2], [UNSIDED, BUY], default=SELL)
    return seconds, option, side


def _odds(listing: Listing, forward: float) -> NDArray[np.float64]:
    """How trades spread over options: near and out of the money, soon to expire."""
    rest = (1 - sum(_SHARES)) / max(1, len(listing.smiles) - len(_SHARES))
    share = np.array([*_SHARES, *[rest] * len(listing.smiles)])[listing.expiry]
    away = listing.right * (listing.strike - forward)
    scale = 25.0 * (1 + listing.expiry)
    near = np.exp(-np.abs(away) / scale) * np.where(away < 0, np.exp(away / 15), 1.0)
    within = np.bincount(listing.expiry, near)
    odds: NDArray[np.float64] = share * near / within[listing.expiry]
    odds /= odds.sum()
    return odds


def _directed(rng: np.random.Generator, flow: Flow) -> Draws:
    count = int(rng.poisson(_FLOW_TRADES * (flow.end - flow.first)))
    seconds = np.sort(rng.uniform(flow.first, flow.end, count))
    own, other = (BUY, SELL) if flow.aggressor == "B" else (SELL, BUY)
    side = np.where(rng.random(count) < _PURITY, own, other)
    return seconds, np.full(count, flow.option), side
