"""Gamma exposure by strike at one moment, as pictures and pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from spymaster.errors import UsageError
from spymaster.warehouse import duck

EXPIRY_SETS = ("0dte", "5d", "all")
PROFILE = """
    select
        bucket_end, forward, gex_total, gex_gross, zero_gamma, call_wall_gex, put_wall_gex
    from options.gex_profile_5s({session})
    where expiry_set = {expiry_set} and bucket_end <= {until} and gex_gross is not null
    order by bucket_end desc
    limit 1
"""
STRIKES = """
    select
        near_strike,
        sum(gex_call),
        sum(gex_put),
        sum(gex_net)
    from options.gex_by_strike_5s({session})
    where bucket_end = {at} and expiry_set = {expiry_set} and gex_gross is not null
    group by near_strike
    order by near_strike
"""
FUTURES = """
    select
        contracts.underlying, median(chain_5s.forward), bool_and(forward_source = 'quote'),
        min(oi_ref), max(oi_ref)
    from options.chain_5s({session}) as chain_5s
    inner join options.contracts({session}) as contracts using (session, instrument_id)
    where bucket_end = {at} and chain_5s.forward is not null
    group by contracts.underlying
    order by min(chain_5s.expiry), contracts.underlying
"""
LATEST = "select max(session) from options.gex_profile_5s where gex_gross is not null"


@dataclass(frozen=True)
class Strike:
    """What is held at a strike, $ per 1 %."""

    price: float
    """A strike of the session's contract, points; strikes of other futures count at the nearest."""
    calls: float
    puts: float
    net: float
    """Calls less puts."""


@dataclass(frozen=True)
class Future:
    """A future that options of the chain deliver."""

    symbol: str
    forward: float
    """Points."""
    is_quoted: bool
    """False where calls and puts imply the price, since the future has no quote."""
    interest_from: date | None
    interest_to: date | None
    """Trade dates that the open interest of its options describes."""


@dataclass(frozen=True)
class Exposure:
    """The chain at the end of a bucket; prices in points, exposure in $ per 1 %."""

    at: datetime
    """UTC."""
    forward: float
    net: float
    gross: float
    zero_gamma: float | None
    """None where it lies nowhere near."""
    call_wall: float
    put_wall: float
    strikes: tuple[Strike, ...]
    """By price."""
    futures: tuple[Future, ...]
    """Those of the chain, the one whose options expire first before others."""

    @property
    def step(self) -> float:
        """Least gap between strikes, points; 1 where there is one strike."""
        prices = [strike.price for strike in self.strikes]
        return min((b - a for a, b in pairwise(prices)), default=1.0)

    def nearest(self, price: float) -> float:
        """Return the strike nearest to a price, of two as near the lower."""
        return min((abs(each.price - price), each.price) for each in self.strikes)[1]

    @property
    def marks(self) -> dict[str, float]:
        """Prices that stand out, by name; those that are known."""
        named = {
            "call wall": self.call_wall,
            "put wall": self.put_wall,
            "zero gamma": self.zero_gamma,
            "forward": self.forward,
        }
        return {name: price for name, price in named.items() if price is not None}


def latest_exposure(connection: duck.Connection) -> date:
    """Return the latest session that has gamma exposure.

    Raises
    ------
    UsageError
        If none has.
    """
    ((latest,),) = connection.execute(LATEST).fetchall()
    if latest is None:
        raise UsageError("no gamma exposure; land an option chain with its statistics, then run")
    found: date = latest
    return found


def exposure(
    connection: duck.Connection, session: date, until: datetime, expiry_set: str = "all"
) -> Exposure | None:
    """Return the last bucket with gamma exposure that ended by then, None without one.

    Parameters
    ----------
    until : datetime
        UTC, naive.
    expiry_set : str
        ``0dte``, ``5d`` or ``all``.

    Raises
    ------
    UsageError
        For an unknown set.
    """
    if expiry_set not in EXPIRY_SETS:
        raise UsageError(f"expiry set {expiry_set!r}: allowed are {', '.join(EXPIRY_SETS)}")
    literals = {
        "session": duck.literal(session),
        "expiry_set": duck.literal(expiry_set),
        "until": duck.literal(until),
    }
    row = connection.execute(PROFILE.format(**literals)).fetchone()
    if row is None:
        return None
    at, forward, net, gross, zero_gamma, call_wall, put_wall = row
    query = STRIKES.format(**literals, at=duck.literal(at))
    strikes = tuple(Strike(*found) for found in connection.execute(query).fetchall())
    listed = connection.execute(FUTURES.format(**literals, at=duck.literal(at))).fetchall()
    futures = tuple(Future(*found) for found in listed)
    return Exposure(at, forward, net, gross, zero_gamma, call_wall, put_wall, strikes, futures)
