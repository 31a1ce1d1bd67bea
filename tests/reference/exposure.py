"""Gamma exposure, its profile and signed flow, strike by strike, in plain Python and numpy.

A second derivation of ``options.gex_5s``, ``gex_profile_5s`` and ``flow_5s``, from the formulas and
never from the SQL: dealers are long calls and short puts of the open interest, and short of what
those who crossed the spread bought.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from math import pi, sqrt
from typing import Any

import numpy as np

from reference.chain import RATE, SETS, Chain, Contract, Key, Point, Trade

Row = dict[str, Any]
GRID = np.arange(-100, 101)
"""Prices that gamma is repriced at, thousandths of the forward from it."""


def strikes(chain: Chain, bucket: int) -> Iterator[tuple[Key, dict[int, tuple[int, Contract]]]]:
    """Yield each strike that can trade, with the number and contract of its call and put."""
    found: dict[Key, dict[int, tuple[int, Contract]]] = {}
    for number, contract in chain.contracts.items():
        if contract.expiry > chain.end(bucket):
            key = (bucket, contract.expiry, contract.strike)
            found.setdefault(key, {})[contract.cp] = (number, contract)
    yield from found.items()


def exposures(chain: Chain, bucket: int) -> dict[Key, Row]:
    """Return the exposure of each strike at the end of a bucket."""
    return {key: _exposure(chain, bucket, pair) for key, pair in strikes(chain, bucket)}


def _exposure(chain: Chain, bucket: int, pair: dict[int, tuple[int, Contract]]) -> Row:
    contract = next(iter(pair.values()))[1]
    point = chain.at(bucket, contract)
    call, put = (chain.oi.get((bucket, pair[cp][0])) if cp in pair else 0 for cp in (1, -1))
    row: Row = {"oi_call": call, "oi_put": put, "front_strike": on_front(chain, bucket, contract)}
    bought = bought_so_far(chain, bucket, contract)
    unit = None if point is None else point.gamma * contract.multiplier * point.f**2 * 0.01
    row["gex_call"], row["gex_put"] = times(unit, call), times(unit, put)
    row["gex_flow"] = times(unit, None if bought is None else -bought)
    row |= dict.fromkeys(("gex_net", "gex_gross", "gex_net_per_point", "gex_net_futures"))
    row |= dict.fromkeys(("vanna_net", "charm_net", "gex_net_flow"))
    if point is None or call is None or put is None:
        return row
    dollars = contract.multiplier * point.f
    charm_put = point.charm - RATE * point.df
    row |= {
        "gex_net": row["gex_call"] - row["gex_put"],
        "gex_gross": row["gex_call"] + row["gex_put"],
        "gex_net_per_point": (row["gex_call"] - row["gex_put"]) / point.f * 100,
        "gex_net_futures": (row["gex_call"] - row["gex_put"]) / point.f * 100 / dollars,
        "vanna_net": point.vanna * dollars * 0.01 * (call - put),
        "charm_net": (point.charm * call - charm_put * put) * dollars / 365,
    }
    if row["gex_flow"] is not None:
        row["gex_net_flow"] = row["gex_net"] + row["gex_flow"]
    return row


def times(a: float | None, b: float | None) -> float | None:
    """Return a product, None where either is not known."""
    return None if a is None or b is None else a * b


def on_front(chain: Chain, bucket: int, contract: Contract) -> float:
    """Return a strike in points of the session's contract."""
    if contract.underlying_id == chain.front_id:
        return contract.strike
    front = chain.forwards[bucket, chain.front_id]
    return contract.strike * front / chain.forwards[bucket, contract.underlying_id]


def is_flow_known(chain: Chain, bucket: int) -> bool:
    """Return whether any option has traded since the overnight open."""
    return any(trade.bucket <= bucket for trade in chain.trades)


def trades_of(chain: Chain, expiry: datetime, strike: float) -> list[tuple[Trade, Contract]]:
    """Return the trades of a strike's call and put."""
    return [
        (trade, contract)
        for trade in chain.trades
        if (contract := chain.contracts[trade.instrument_id]).expiry == expiry
        and contract.strike == strike
    ]


def bought_so_far(chain: Chain, bucket: int, contract: Contract) -> int | None:
    """Return what those who crossed the spread are left with, None before the first trade."""
    if not is_flow_known(chain, bucket):
        return None
    of_strike = trades_of(chain, contract.expiry, contract.strike)
    return sum(trade.way * trade.size for trade, _ in of_strike if trade.bucket <= bucket)


def is_member(chain: Chain, expiry: datetime, expiry_set: str) -> bool:
    """Return whether an expiry belongs to a set."""
    last = SETS[expiry_set]
    return last is None or (expiry.date() - chain.session).days <= last


def profile(chain: Chain, bucket: int, expiry_set: str) -> Row | None:
    """Return the exposure of a set of expiries, None where none is left."""
    rows = {
        key: row
        for key, row in exposures(chain, bucket).items()
        if is_member(chain, key[1], expiry_set)
    }
    if not rows:
        return None
    forward = chain.forwards[bucket, chain.front_id]
    call, put, gross = (by_strike(rows.values(), n) for n in ("gex_call", "gex_put", "gex_gross"))
    return {
        "gex_total": total(row["gex_net"] for row in rows.values()),
        "gex_gross": total(row["gex_gross"] for row in rows.values()),
        "gex_flow": total(row["gex_flow"] for row in rows.values()),
        "zero_gamma": zero_gamma(chain, bucket, rows),
        "call_wall_gex": wall(call, forward, 1),
        "put_wall_gex": wall(put, forward, -1),
        "call_wall_above": wall({k: x for k, x in call.items() if k >= forward}, forward, 1),
        "put_wall_below": wall({k: x for k, x in put.items() if k <= forward}, forward, -1),
        "call_wall_oi": wall(by_strike(rows.values(), "oi_call"), forward, 1),
        "put_wall_oi": wall(by_strike(rows.values(), "oi_put"), forward, -1),
        "abs_gamma_strike": wall(gross, forward, 1),
        "sigma_rem": sigma_rem(chain, bucket, {key[1] for key in rows}),
        "n_strikes": len(rows),
        "n_known": sum(row["gex_net"] is not None for row in rows.values()),
    }


def total(values: Iterable[float | None]) -> float | None:
    """Return the sum of what is known, None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def by_strike(rows: Iterable[Row], name: str) -> dict[float, float]:
    """Return what the expiries of each strike hold together."""
    found: dict[float, float] = {}
    for row in rows:
        if row[name] is not None:
            found[row["front_strike"]] = found.get(row["front_strike"], 0) + row[name]
    return found


def added(
    chain: Chain, bucket: int, rows: dict[Key, Row], expiry_set: str
) -> dict[tuple[int, float], Row]:
    """Return what the expiries of a set hold at each strike of each future."""
    futures = {(c.expiry, c.strike): c.underlying_id for c in chain.contracts.values()}
    found: dict[tuple[int, float], list[Row]] = {}
    for key, row in rows.items():
        if is_member(chain, key[1], expiry_set):
            found.setdefault((futures[key[1:]], key[2]), []).append(row)
    listed = sorted(_of_front(chain, rows))
    return {key: _added(held, listed) for key, held in found.items()}


def _of_front(chain: Chain, rows: dict[Key, Row]) -> set[float]:
    expiries = {c.expiry for c in chain.contracts.values() if c.underlying_id == chain.front_id}
    return {key[2] for key in rows if key[1] in expiries}


def _added(held: list[Row], listed: list[float]) -> Row:
    sums = ("gex_call", "gex_put", "gex_net", "gex_gross", "gex_flow", "oi_call", "oi_put")
    place = held[0]["front_strike"]
    return {name: total(row[name] for row in held) for name in sums} | {
        "front_strike": place,
        "near_strike": min(listed, key=lambda strike: (abs(strike - place), strike), default=place),
        "n_strikes": len(held),
        "n_known": sum(row["gex_net"] is not None for row in held),
    }


def wall(held: dict[float, float], forward: float, way: int) -> float | None:
    """Return the strike that holds most, the nearest of equals, then the farther that way."""
    known = {strike: value for strike, value in held.items() if value > 0}
    return max(
        known,
        key=lambda strike: (known[strike], -abs(strike - forward), way * strike),
        default=None,
    )


def zero_gamma(chain: Chain, bucket: int, rows: dict[Key, Row]) -> float | None:
    """Reprice every strike with its vol held and return the nearest change of sign."""
    whole = np.zeros(len(GRID))
    contracts = {(c.expiry, c.strike): c for c in chain.contracts.values()}
    for key, row in rows.items():
        if row["gex_net"] is not None:
            contract = contracts[key[1:]]
            here = chain.at(bucket, contract)
            assert here is not None
            net = contract.multiplier * (row["oi_call"] - row["oi_put"])
            f, spread = here.f * (1 + GRID / 1000), here.vol * sqrt(here.t)
            d1 = np.log(f / here.k) / spread + spread / 2
            gamma = here.df * np.exp(-d1 * d1 / 2) / sqrt(2 * pi) / (f * spread)
            whole += net * gamma * f**2 * 0.01
    node = nearest_root(GRID[whole != 0], whole[whole != 0])
    return None if node is None else chain.forwards[bucket, chain.front_id] * (1 + node / 1000)


def nearest_root(nodes: Sequence[float], values: Sequence[float]) -> float | None:
    """Return where values change their sign, linear between nodes a step apart, nearest to 0.

    >>> nearest_root([-2, -1, 0, 1], [1.0, -1.0, -1.0, 3.0])
    0.25
    """
    roots = []
    for a, b, x, y in zip(nodes[:-1], nodes[1:], values[:-1], values[1:], strict=True):
        if (x > 0) != (y > 0):
            roots.append(a + x / (x - y) if b - a == 1 else (a + b) / 2)
    return float(min(roots, key=lambda root: (abs(root), -root))) if roots else None


def at_the_money(chain: Chain, bucket: int, expiry: datetime) -> tuple[float, float] | None:
    """Return vol at the forward and years to an expiry, None where a side has no strike."""
    known = {
        key[2]: vol.iv for key, vol in chain.vols.items() if key[0] == bucket and key[1] == expiry
    }
    future = next(c.underlying_id for c in chain.contracts.values() if c.expiry == expiry)
    forward = chain.forwards.get((bucket, future))
    if forward is None or expiry <= chain.end(bucket):
        return None
    below = max((k for k in known if k <= forward), default=None)
    above = min((k for k in known if k > forward), default=None)
    if below is None or above is None:
        return None
    iv = np.interp(forward, [below, above], [known[below], known[above]])
    return float(iv), chain.years(bucket, expiry)


def sigma_rem(chain: Chain, bucket: int, expiries: Iterable[datetime]) -> float | None:
    """Return the standard deviation that is left to the nearest expiry with a vol at the money."""
    for expiry in sorted(expiries):
        found = at_the_money(chain, bucket, expiry)
        if found is not None:
            return found[0] * sqrt(found[1])
    return None


def flow(chain: Chain, bucket: int) -> dict[Key, Row]:
    """Return what traded of each strike in a bucket, and what it makes dealers do."""
    found: dict[Key, Row] = {}
    for key, pair in strikes(chain, bucket - 1):
        contract = next(iter(pair.values()))[1]
        here = [(t, c) for t, c in trades_of(chain, *key[1:]) if t.bucket == bucket]
        if here:
            found[bucket, *key[1:]] = _flow(chain.at(bucket - 1, contract), here)
    return found


def _flow(point: Point | None, trades: list[tuple[Trade, Contract]]) -> Row:
    row: Row = {"n_trades": len(trades), "unsided_premium": 0.0}
    for kind in ("call", "put"):
        row |= {f"{kind}_{side}_qty": 0 for side in ("buy", "sell", "unsided")}
        row |= {f"{kind}_{side}_premium": 0.0 for side in ("buy", "sell")}
    hedge = {"call": 0.0, "put": 0.0}
    directed = {1: 0.0, -1: 0.0}
    gamma = 0.0
    for trade, contract in trades:
        kind = "call" if contract.cp == 1 else "put"
        side = {1: "buy", -1: "sell", 0: "unsided"}[trade.way]
        premium = trade.size * trade.price * contract.multiplier
        row[f"{kind}_{side}_qty"] += trade.size
        row[f"{kind}_{side}_premium" if trade.way else "unsided_premium"] += premium
        if point is not None:
            delta = point.delta if contract.cp == 1 else point.delta - point.df
            hedge[kind] += trade.way * trade.size * delta
            way = trade.way * contract.cp
            if way:
                directed[way] += trade.size * abs(delta)
            unit = contract.multiplier * point.gamma * point.f**2 * 0.01
            gamma -= trade.way * trade.size * unit
    known = point is not None
    both = hedge["call"] + hedge["put"]
    row |= {
        "hedge_call": hedge["call"] if known else None,
        "hedge_put": hedge["put"] if known else None,
        "hedge_futures": both if known else None,
        "long_delta": directed[1] if known else None,
        "short_delta": directed[-1] if known else None,
        "hedge_usd": both * 50.0 * point.f if point is not None else None,
    }
    row["gamma_change"] = gamma if known else None
    return row
