"""An options chain as plain values: what exposure and pressure of options are derived from.

Buckets have numbers, 1 for the first of the window; 0 stands for all that came before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import exp, log, pi, sqrt
from statistics import NormalDist
from typing import Any

BUCKET = timedelta(seconds=5)
YEAR = timedelta(days=365)
RATE = 0.04
SETS = {"0dte": 0, "5d": 5, "all": None}
"""Most days from the session to an expiry of each set, None for any."""
FUTURES = {1: "ESH4", 2: "ESM4"}
"""Venue symbols by instrument number."""
Key = tuple[int, datetime, float]
"""Bucket, expiry, strike."""


@dataclass(frozen=True)
class Contract:
    """A listed option."""

    expiry: datetime
    strike: float
    cp: int
    """1 call, -1 put."""
    underlying_id: int
    multiplier: float = 50.0


@dataclass(frozen=True)
class Vol:
    """Implied vol of a strike; iv_quote and iv_unc only where its own quote gave it."""

    iv: float
    iv_quote: float | None = None
    iv_unc: float | None = None


@dataclass(frozen=True)
class Trade:
    """A trade of an option in a bucket; mid is the middle of the best quote before it."""

    bucket: int
    instrument_id: int
    side: str
    price: float
    size: int
    mid: float | None = None

    @property
    def way(self) -> int:
        """1 where a buyer crossed the spread, -1 a seller, 0 where it is not known."""
        if self.side != "N":
            return 1 if self.side == "B" else -1
        return 0 if self.mid is None else (self.price > self.mid) - (self.price < self.mid)


@dataclass(frozen=True)
class Quote:
    """Best bid and ask of an option as a bucket ends."""

    bid: float | None
    ask: float | None
    bid_qty: int
    ask_qty: int


@dataclass
class Chain:
    """Everything that is given of one session."""

    session: date
    start: datetime
    front_id: int
    n_buckets: int
    contracts: dict[int, Contract]
    forwards: dict[tuple[int, int], float]
    """Price of each future, by bucket and instrument."""
    vols: dict[Key, Vol]
    oi: dict[tuple[int, int], int | None]
    quotes: dict[tuple[int, int], Quote]
    trades: list[Trade] = field(default_factory=list)
    touch: dict[int, int] = field(default_factory=dict)
    """Lots at the future's best bid and ask together, by bucket."""
    levels: dict[str, dict[int, float]] = field(default_factory=dict)
    """Price of each level by bucket, only those in which it is used."""
    exposed: dict[int, dict[Key, dict[str, Any]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Exposure by bucket, as soon as it was asked for; a chain does not change from then on."""

    def end(self, bucket: int) -> datetime:
        """Return the exclusive end of a bucket."""
        return self.start + bucket * BUCKET

    def years(self, bucket: int, expiry: datetime) -> float:
        """Return the time to an expiry, at least a minute."""
        return max(expiry - self.end(bucket), timedelta(minutes=1)) / YEAR

    def at(self, bucket: int, contract: Contract) -> Point | None:
        """Return what prices a strike, None where its vol is not known."""
        vol = self.vols.get((bucket, contract.expiry, contract.strike))
        forward = self.forwards.get((bucket, contract.underlying_id))
        if vol is None or forward is None:
            return None
        return Point(forward, contract.strike, self.years(bucket, contract.expiry), vol.iv)


@dataclass(frozen=True)
class Point:
    """Arguments of Black's model; the greeks are those of a call."""

    f: float
    k: float
    t: float
    vol: float

    @property
    def df(self) -> float:
        """Value now of a dollar at expiry."""
        return exp(-RATE * self.t)

    @property
    def _d1(self) -> float:
        spread = self.vol * sqrt(self.t)
        return log(self.f / self.k) / spread + spread / 2

    @property
    def _density(self) -> float:
        return self.df * exp(-(self._d1**2) / 2) / sqrt(2 * pi)

    @property
    def delta(self) -> float:
        """Change of value per point; a put's is df less."""
        return self.df * NormalDist().cdf(self._d1)

    @property
    def gamma(self) -> float:
        """Change of delta per point."""
        return self._density / (self.f * self.vol * sqrt(self.t))

    @property
    def vega(self) -> float:
        """Change of value per 1.00 of vol."""
        return self._density * self.f * sqrt(self.t)

    @property
    def vanna(self) -> float:
        """Change of delta per 1.00 of vol."""
        return -self._density * (self._d1 - self.vol * sqrt(self.t)) / self.vol

    @property
    def charm(self) -> float:
        """Change of a call's delta as a year passes; a put's is RATE x df less."""
        d2 = self._d1 - self.vol * sqrt(self.t)
        return self._density * d2 / (2 * self.t) + RATE * self.delta
