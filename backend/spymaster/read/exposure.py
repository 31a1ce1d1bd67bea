"""Gamma exposure by strike at one moment, as pictures and pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from spymaster.errors import UsageError
from spymaster.warehouse import duck

EXPIRY_SETS = {"0dte": 0, "5d": 5, "all": 2**31 - 1}
"""Days from the session to the last expiry of each."""
STEP = 5
"""Points: strikes of other futures fall between those of the session's contract."""
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
        round(front_strike / {step}) * {step} as place,
        sum(gex_call),
        sum(gex_put),
        sum(gex_net)
    from options.gex_5s({session})
    where bucket_end = {at} and days <= {days} and gex_gross is not null
    group by place
    order by place
"""
LATEST = "select max(session) from options.gex_profile_5s where gex_gross is not null"


@dataclass(frozen=True)
class Strike:
    """What is held at a strike, $ per 1 %."""

    price: float
    """Points of the session's contract, to the nearest ``STEP``."""
    calls: float
    puts: float
    net: float
    """Calls less puts."""


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
    query = STRIKES.format(
        step=STEP, session=literals["session"], at=duck.literal(at), days=EXPIRY_SETS[expiry_set]
    )
    strikes = tuple(Strike(*found) for found in connection.execute(query).fetchall())
    return Exposure(at, forward, net, gross, zero_gamma, call_wall, put_wall, strikes)
