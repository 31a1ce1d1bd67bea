"""Gamma exposure and signed flow, strike by strike, in plain Python and numpy.

A second derivation of ``options.gex_5s``, ``gex_by_strike_5s`` and ``flow_5s``, from the formulas
and never from the SQL: dealers are long calls and short puts of the open interest, and short of
what those who crossed the spread bought.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from reference.chain import RATE, SETS, Chain, Contract, Key, Point, Trade

Row = dict[str, Any]


def strikes(chain: Chain, bucket: int) -> Iterator[tuple[Key, dict[int, tuple[int, Contract]]]]:
    """Yield each strike that can trade, with the number and contract of its call and put."""
    found: dict[Key, dict[int, tuple[int, Contract]]] = {}
    for number, contract in chain.contracts.items():
        if contract.expiry > chain.end(bucket):
            key = (bucket, contract.expiry, contract.strike)
            found.setdefault(key, {})[contract.cp] = (number, contract)
    yield from found.items()


def exposures(chain: Chain, bucket: int) -> dict[Key, Row]:
    """Return the exposure of each strike at the end of a bucket, worked out once."""
    if bucket not in chain.exposed:
        pairs = strikes(chain, bucket)
        chain.exposed[bucket] = {key: _exposure(chain, bucket, pair) for key, pair in pairs}
    return chain.exposed[bucket]


def _exposure(chain: Chain, bucket: int, pair: dict[int, tuple[int, Contract]]) -> Row:
    contract = next(iter(pair.values()))[1]
    point = chain.at(bucket, contract)
    call, put = (chain.oi.get((bucket, pair[cp][0])) if cp in pair else 0 for cp in (1, -1))
    row: Row = {"oi_call": call, "oi_put": put, "front_strike": on_front(chain, bucket, contract)}
    bought = bought_so_far(chain, bucket, contract)
    row["bought_qty"] = bought
    unit = None if point is None else point.gamma * contract.multiplier * point.f**2 * 0.01
    row["gex_call"], row["gex_put"] = times(unit, call), times(unit, put)
    row["gex_flow"] = times(unit, None if bought is None else -bought)
    for name, cp in (("call", 1), ("put", -1)):
        crossed, traded = traded_so_far(chain, bucket, contract, cp)
        row[f"gex_flow_{name}"] = times(unit, times(-1, crossed))
        row[f"gex_volume_{name}"] = times(unit, traded)
    row |= dict.fromkeys(("gex_net", "gex_gross", "gex_net_per_point", "gex_net_futures"))
    row |= dict.fromkeys(("vanna_net", "charm_net", "delta_net", "gex_net_flow"))
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
        "delta_net": (point.delta * call - (point.delta - point.df) * put) * dollars,
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


def traded_so_far(
    chain: Chain, bucket: int, contract: Contract, cp: int
) -> tuple[int | None, int | None]:
    """Return contracts bought less sold and all that traded, of a strike's calls or puts."""
    if not is_flow_known(chain, bucket):
        return None, None
    of_type = [
        trade
        for trade, traded in trades_of(chain, contract.expiry, contract.strike)
        if traded.cp == cp and trade.bucket <= bucket
    ]
    return sum(trade.way * trade.size for trade in of_type), sum(trade.size for trade in of_type)


def is_member(chain: Chain, expiry: datetime, expiry_set: str) -> bool:
    """Return whether an expiry belongs to a set."""
    last = SETS[expiry_set]
    return last is None or (expiry.date() - chain.session).days <= last


def total(values: Iterable[float | None]) -> float | None:
    """Return the sum of what is known, None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


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
    sums += ("gex_flow_call", "gex_flow_put", "gex_volume_call", "gex_volume_put")
    sums += ("vanna_net", "charm_net", "delta_net")
    place = held[0]["front_strike"]
    return {name: total(row[name] for row in held) for name in sums} | {
        "front_strike": place,
        "near_strike": min(listed, key=lambda strike: (abs(strike - place), strike), default=place),
        "n_strikes": len(held),
        "n_known": sum(row["gex_net"] is not None for row in held),
    }


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
