"""The profile of gamma exposure: totals, walls and zero gamma, in plain Python and numpy.

A second derivation of ``options.gex_profile_5s`` and ``walls_5s``, from their descriptions and
never from the SQL. Zero gamma is bracketed on the same grid and then halved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from math import pi, sqrt
from typing import Any

import numpy as np

from reference.chain import FUTURES, Chain, Key
from reference.exposure import Row, exposures, is_member, total

GRID = np.arange(-100, 101)
"""Prices that gamma is repriced at, thousandths of the forward from it."""
HALVINGS = 11
Array = Any
Strike = tuple[float, float, int]
"""Price on the session's contract, listed strike, future."""


def profile(chain: Chain, bucket: int, expiry_set: str) -> Row | None:
    """Return the exposure of a set of expiries, None where none is left."""
    rows = members(chain, bucket, expiry_set)
    if not rows:
        return None
    sums = {name: total(row[name] for row in rows.values()) for name in next(iter(rows.values()))}
    traded = sums["gex_volume_call"], sums["gex_volume_put"]
    of_day = members(chain, bucket, "0dte")
    found = {
        "gex_total": sums["gex_net"],
        "gex_gross": sums["gex_gross"],
        "gex_flow": sums["gex_flow"],
        "gex_volume": None if None in traded else traded[0] - traded[1],
        "gex_volume_gross": None if None in traded else traded[0] + traded[1],
        "gex_share_0dte": _share(of_day, sums["gex_gross"]),
        "vanna_total": sums["vanna_net"],
        "charm_total": sums["charm_net"],
        "delta_total": sums["delta_net"],
        "zero_gamma": zero_gamma(chain, bucket, rows, "naive"),
        "zero_gamma_net_flow": zero_gamma(chain, bucket, rows, "net_flow"),
        "sigma_rem": sigma_rem(chain, bucket, {key[1] for key in rows}),
        "n_strikes": len(rows),
        "n_known": sum(row["gex_net"] is not None for row in rows.values()),
    }
    return found | _named(dict(walls(chain, bucket, expiry_set)))


def members(chain: Chain, bucket: int, expiry_set: str) -> dict[Key, Row]:
    """Return the strikes of a set of expiries."""
    rows = exposures(chain, bucket)
    return {key: row for key, row in rows.items() if is_member(chain, key[1], expiry_set)}


def _share(of_day: dict[Key, Row], gross: float | None) -> float | None:
    """Return what part of a set's gamma the day's expiries hold."""
    part = total(row["gex_gross"] for row in of_day.values()) if of_day else 0.0
    return None if part is None or not gross else part / gross


def walls(
    chain: Chain, bucket: int, expiry_set: str
) -> Iterator[tuple[str, list[tuple[Strike, float]]]]:
    """Yield the three strikes that hold most of each kind, with what they hold."""
    rows = members(chain, bucket, expiry_set)
    forward = chain.forwards[bucket, chain.front_id]
    kinds: dict[str, tuple[Callable[[Row], float | None], int, Callable[[float], bool]]] = {
        "call_gex": (lambda row: row["gex_call"], 1, lambda _: True),
        "put_gex": (lambda row: row["gex_put"], -1, lambda _: True),
        "call_above": (lambda row: row["gex_call"], 1, lambda price: price >= forward),
        "put_below": (lambda row: row["gex_put"], -1, lambda price: price <= forward),
        "call_oi": (lambda row: row["oi_call"], 1, lambda _: True),
        "put_oi": (lambda row: row["oi_put"], -1, lambda _: True),
        "call_net_flow": (calls_held, 1, lambda _: True),
        "put_net_flow": (puts_owed, -1, lambda _: True),
        "abs_gamma": (lambda row: row["gex_gross"], 1, lambda _: True),
    }
    strikes = by_strike(chain, rows)
    for wall, (value, way, is_there) in kinds.items():
        held = {place: x for place, row in strikes.items() if (x := value(row)) is not None}
        known = {place: x for place, x in held.items() if x > 0 and is_there(place[0])}
        yield wall, _highest(known, forward, way)


def calls_held(row: Row) -> float | None:
    """Return gamma of the calls that dealers are long after the flow."""
    known = (row["gex_call"], row["gex_flow_call"])
    return None if None in known else row["gex_call"] + row["gex_flow_call"]


def puts_owed(row: Row) -> float | None:
    """Return gamma of the puts that dealers are short after the flow."""
    known = (row["gex_put"], row["gex_flow_put"])
    return None if None in known else row["gex_put"] - row["gex_flow_put"]


def by_strike(chain: Chain, rows: dict[Key, Row]) -> dict[Strike, Row]:
    """Return what the expiries of each strike of a future hold together."""
    futures = {(c.expiry, c.strike): c.underlying_id for c in chain.contracts.values()}
    found: dict[Strike, list[Row]] = {}
    for key, row in rows.items():
        place = (row["front_strike"], key[2], futures[key[1:]])
        found.setdefault(place, []).append(row)
    return {
        place: {name: total(row[name] for row in held) for name in held[0]}
        for place, held in found.items()
    }


def _highest(held: dict[Strike, float], forward: float, way: int) -> list[tuple[Strike, float]]:
    """Return three strikes, the most first; the nearest of equals, then the farther that way."""

    def rank(place: Strike) -> tuple[float, ...]:
        return held[place], -abs(place[0] - forward), way * place[0], place[2]

    return [(place, held[place]) for place in sorted(held, key=rank, reverse=True)[:3]]


def _named(found: dict[str, list[tuple[Strike, float]]]) -> Row:
    """Return walls by the columns of the profile."""
    row: Row = {}
    for wall, strikes in found.items():
        side, kind = wall.split("_", 1)
        name = "abs_gamma_strike" if side == "abs" else f"{side}_wall_{kind}"
        row[name] = strikes[0][0][0] if strikes else None
        if kind == "gex":
            prices = [strike[0] for strike, _ in strikes] + [None] * 3
            row |= {f"{name}_{n}": prices[n - 1] for n in (2, 3)}
            row[f"{name}_strike"] = strikes[0][0][1] if strikes else None
            row[f"{name}_future"] = FUTURES[strikes[0][0][2]] if strikes else None
    return row


def zero_gamma(chain: Chain, bucket: int, rows: dict[Key, Row], kind: str) -> float | None:
    """Reprice every strike with its vol held and return the nearest change of sign."""
    strikes = list(_positions(chain, rows, kind))

    def exposure(node: Array) -> Array:
        return sum((_repriced(chain, bucket, strike, node) for strike in strikes), 0.0 * node)

    whole = exposure(GRID)
    held = whole != 0
    node = nearest_root(GRID[held], whole[held], exposure)
    return None if node is None else chain.forwards[bucket, chain.front_id] * (1 + node / 1000)


def _positions(chain: Chain, rows: dict[Key, Row], kind: str) -> Iterator[tuple[Any, float]]:
    """Yield each strike's contract and what dealers are long of it, in $ per point."""
    contracts = {(c.expiry, c.strike): c for c in chain.contracts.values()}
    for key, row in rows.items():
        if row["gex_net"] is not None and (kind == "naive" or row["gex_flow"] is not None):
            contract = contracts[key[1:]]
            net = row["oi_call"] - row["oi_put"]
            if kind == "net_flow":
                net -= row["bought_qty"]
            yield contract, contract.multiplier * net


def _repriced(chain: Chain, bucket: int, strike: tuple[Any, float], node: Array) -> Array:
    contract, value = strike
    here = chain.at(bucket, contract)
    assert here is not None
    f, spread = here.f * (1 + node / 1000), here.vol * sqrt(here.t)
    d1 = np.log(f / here.k) / spread + spread / 2
    gamma = here.df * np.exp(-d1 * d1 / 2) / sqrt(2 * pi) / (f * spread)
    return value * gamma * f**2 * 0.01


def nearest_root(
    nodes: Sequence[float], values: Sequence[float], exposure: Callable[[Array], Array]
) -> float | None:
    """Return the sign change nearest to 0, by a line between nodes, then halved.

    >>> nearest_root([-2, -1, 0, 1], [1.0, -1.0, -1.0, 3.0], lambda x: x - 0.125)
    0.125
    """
    roots = []
    for a, b, x, y in zip(nodes[:-1], nodes[1:], values[:-1], values[1:], strict=True):
        if (x > 0) != (y > 0):
            is_step = b - a == 1
            roots.append((a + x / (x - y) if is_step else (a + b) / 2, a, b, is_step))
    if not roots:
        return None
    about, low, high, is_step = min(roots, key=lambda root: (abs(root[0]), -root[0]))
    return float(_bisected(low, high, exposure)) if is_step else float(about)


def _bisected(low: float, high: float, exposure: Callable[[Array], Array]) -> float:
    """Halve a step eleven times, then draw a line."""
    at_low, at_high = (float(exposure(np.float64(node))) for node in (low, high))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        here = float(exposure(np.float64(middle)))
        if (here > 0) == (at_low > 0):
            low, at_low = middle, here
        else:
            high, at_high = middle, here
    return low + (high - low) * at_low / (at_low - at_high)


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
