"""The smile of each expiry, in plain Python: a second derivation of ``options.skew_5s``."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from math import log, sqrt
from statistics import NormalDist

from reference.chain import Chain
from reference.exposure import Row
from reference.profile import at_the_money

Node = tuple[float, float | None]
"""Delta of a call, not discounted, and vol where quotes tell it."""


def smiles(chain: Chain, bucket: int) -> dict[datetime, Row]:
    """Return the smile of each expiry that has vols."""
    expiries = sorted({key[1] for key in chain.vols if key[0] == bucket})
    found = {expiry: _smile(chain, bucket, expiry) for expiry in expiries}
    for expiry in expiries:
        found[expiry]["atm_slope"] = None
    for near, far in pairwise(expiries):
        ends = found[near]["atm_iv"], found[far]["atm_iv"]
        days = (chain.years(bucket, far) - chain.years(bucket, near)) * 365
        if None not in ends and days:
            found[near]["atm_slope"] = (ends[1] - ends[0]) / days
    return found


def _smile(chain: Chain, bucket: int, expiry: datetime) -> Row:
    future = next(c.underlying_id for c in chain.contracts.values() if c.expiry == expiry)
    forward, years = chain.forwards[bucket, future], chain.years(bucket, expiry)
    nodes = []
    for (n, when, strike), vol in sorted(chain.vols.items()):
        if (n, when) == (bucket, expiry):
            spread = vol.iv * sqrt(years)
            delta = NormalDist().cdf(log(forward / strike) / spread + spread / 2)
            nodes.append((delta, None if vol.iv_quote is None else vol.iv))
    money = at_the_money(chain, bucket, expiry)
    atm = None if money is None else money[0]
    call, put = _at(nodes, 0.25), _at(nodes, 0.75)
    both = None not in (call, put)
    return {
        "atm_iv": atm,
        "iv_call_25": call,
        "iv_put_25": put,
        "risk_reversal_25": call - put if both else None,
        "butterfly_25": (call + put) / 2 - atm if both and atm is not None else None,
        "expected_move": None if atm is None else forward * atm * sqrt(years),
    }


def _at(nodes: list[Node], delta: float) -> float | None:
    """Return the vol at a delta, linear between the last strike not below it and the next."""
    above = [n for n, node in enumerate(nodes) if node[0] >= delta]
    if not above or above[-1] + 1 == len(nodes):
        return None
    (high, iv_high), (low, iv_low) = nodes[above[-1]], nodes[above[-1] + 1]
    if iv_high is None or iv_low is None:
        return None
    return iv_high + (iv_low - iv_high) * (high - delta) / (high - low)
