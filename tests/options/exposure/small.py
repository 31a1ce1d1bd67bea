"""Chains of a few strikes, written by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from options.exposure.harness import FRONT, SESSION, START
from reference.chain import Chain, Contract, Quote, Trade, Vol

EXPIRY = datetime(2024, 3, 5, 21)
QUOTE = Quote(1.0, 1.5, 10, 10)


def chain(
    oi: Mapping[float, tuple[int | None, int | None]],
    *,
    forward: float = 6800.0,
    iv: float = 0.16,
    expiry: datetime = EXPIRY,
    n_buckets: int = 2,
    trades: Sequence[Trade] = (),
    levels: Mapping[str, float] | None = None,
) -> Chain:
    """Return a chain of one expiry with open interest of calls and puts by strike.

    The call of strike number n has the number 100 + 2 n, its put one more.
    """
    buckets = range(1, n_buckets + 1)
    contracts = {
        100 + 2 * n + (cp < 0): Contract(expiry, strike, cp, FRONT)
        for n, strike in enumerate(oi)
        for cp in (1, -1)
    }
    return Chain(
        session=SESSION,
        start=START,
        front_id=FRONT,
        n_buckets=n_buckets,
        contracts=contracts,
        forwards={(n, FRONT): forward for n in buckets},
        vols={(n, expiry, strike): Vol(iv, iv, 0.005) for n in buckets for strike in oi},
        oi={
            (n, number): oi[contract.strike][0 if contract.cp == 1 else 1]
            for n in buckets
            for number, contract in contracts.items()
        },
        quotes={(n, number): QUOTE for n in buckets for number in contracts},
        trades=list(trades),
        touch=dict.fromkeys(buckets, 100),
        levels={name: dict.fromkeys(buckets, price) for name, price in (levels or {}).items()},
    )
