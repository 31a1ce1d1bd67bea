"""Pressure of options around a level in plain Python.

A second derivation of ``options.pressure_5s`` and ``rungs_5s``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import pairwise
from math import exp, log

from reference.chain import SETS, Chain, Contract, Key
from reference.exposure import (
    Row,
    exposures,
    flow,
    is_flow_known,
    is_member,
    strikes,
    total,
    trades_of,
)
from reference.profile import at_the_money, profile

OFFSETS = range(-2, 3)
RUNGS = range(-5, 6)
DELTAS = ("long_delta", "short_delta")
FLOWS = [
    f"{kind}_{side}_{what}"
    for kind in ("call", "put")
    for side in ("buy", "sell")
    for what in ("qty", "premium")
]
Ratio = tuple[float | None, float | None]
"""Value and what it is over."""
MINUTE = 12
LADDER = 5.25
"""Points to the end of the ladder, and a tick."""
FADE = 60
"""Buckets over which the weight of what is past falls to 1 / e."""


def hat(strike: float, centre: float, step: float) -> float:
    """Return how much a strike counts at a price: 1 there, 0 a step away.

    >>> [hat(6000, level, 5) for level in (6000, 6002.25, 6005)]
    [1.0, 0.55, 0.0]
    """
    return max(0.0, 1 - abs(strike - centre) / step)


def strike_step(chain: Chain, bucket: int, level: float) -> float | None:
    """Return the gap between the listed strikes that a level lies between."""
    listed: dict[int, dict[float, float]] = {}
    rows = exposures(chain, bucket)
    for key, pair in strikes(chain, bucket):
        number = next(iter(pair.values()))[1].underlying_id
        listed.setdefault(number, {})[key[2]] = rows[key]["front_strike"]
    gaps = []
    for fronts in listed.values():
        inner = sorted(fronts)
        for low, high in pairwise(inner):
            if fronts[low] <= level <= fronts[high]:
                gaps.append(high - low)
    return min(gaps, default=None)


def _is_of(contract: Contract, key: Key) -> bool:
    return (contract.expiry, contract.strike) == key[1:]


class Inputs:
    """What is known of each strike at the end of each bucket."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.rows = cache(self._rows)
        self.profile = cache(lambda bucket, which: profile(chain, bucket, which))

    def _rows(self, bucket: int) -> dict[Key, Row]:
        chain = self.chain
        known = is_flow_known(chain, bucket)
        traded = flow(chain, bucket)
        found = {}
        for key, row in exposures(chain, bucket).items():
            nothing = dict.fromkeys(
                (*FLOWS, *DELTAS, "unsided_qty", "hedge_futures", "hedge_usd"), 0
            )
            now = traded.get(key, nothing)
            now |= {"unsided_qty": now.get("call_unsided_qty", 0) + now.get("put_unsided_qty", 0)}
            of_strike = [t for t, _ in trades_of(chain, *key[1:]) if t.bucket <= bucket]
            both = (row["oi_call"], row["oi_put"])
            oi = None if None in both else sum(both)
            found[key] = {
                **{
                    name: row[name] if row["gex_gross"] is not None else None
                    for name in ("gex_call", "gex_put")
                },
                **{name: row[name] for name in ("gex_gross", "charm_net", "front_strike")},
                **{name: now[name] if known else None for name in nothing},
                "traded_so_far_qty": sum(t.size for t in of_strike) if known else None,
                "oi": oi,
                **self._queues(bucket, key),
                **self._vol(bucket, key),
            }
        return found

    def _queues(self, bucket: int, key: Key) -> Row:
        chain = self.chain
        moved: dict[str, list[int]] = {"bid": [], "ask": []}
        for number, _ in dict(strikes(chain, bucket))[key].values():
            now, before = (chain.quotes.get((n, number)) for n in (bucket, bucket - 1))
            if now is None or before is None or bucket == 1:
                continue
            hits = [t for t in chain.trades if (t.bucket, t.instrument_id) == (bucket, number)]
            for side, way in (("bid", 1), ("ask", -1)):
                hit = sum(t.size for t in hits if t.way == -way)
                moved[side].append(
                    _moved(
                        getattr(before, side),
                        getattr(before, f"{side}_qty"),
                        getattr(now, side),
                        getattr(now, f"{side}_qty"),
                        hit,
                        way,
                    )
                )
        row: Row = {}
        for side, changes in moved.items():
            row[f"{side}_add_qty"] = total(max(x, 0) for x in changes)
            row[f"{side}_pull_qty"] = total(max(-x, 0) for x in changes)
        return row

    def _vol(self, bucket: int, key: Key) -> Row:
        chain, (_, expiry, strike) = self.chain, key
        vol = chain.vols.get(key)
        contract = next(c for c in chain.contracts.values() if _is_of(c, key))
        point = chain.at(bucket, contract)
        now, before = (at_the_money(chain, n, expiry) for n in (bucket, bucket - 1))
        vol_before = chain.vols.get((bucket - 1, expiry, strike)) if bucket > 1 else None
        change = None
        if vol and vol_before and now and before and bucket > 1:
            change = (vol.iv - vol_before.iv) / vol_before.iv - (now[0] - before[0]) / before[0]
        return {
            "vega": None if point is None else point.vega,
            "iv_quote": None if vol is None else vol.iv_quote,
            "iv_unc": None if vol is None else vol.iv_unc,
            "iv_change": change,
        }


def _moved(
    price_before: float | None, qty_before: int, price: float | None, qty: int, hit: int, way: int
) -> int:
    """Return what came to one side's best quote, what went below 0; way 1 is of bids."""
    if price_before is None:
        return 0 if price is None else qty
    if price is None or way * price < way * price_before:
        return min(hit - qty_before, 0)
    return qty if price != price_before else qty - qty_before + hit


def lean(rows: dict[Key, Row], key: Key) -> float | None:
    """Return how far a strike's vol lies above the line between the strikes beside it."""
    here = rows[key]["iv_quote"]
    quoted = {
        k[2]: row["iv_quote"]
        for k, row in rows.items()
        if k[1] == key[1] and row["iv_quote"] is not None
    }
    below = max((k for k in quoted if k < key[2]), default=None)
    above = min((k for k in quoted if k > key[2]), default=None)
    if here is None or below is None or above is None:
        return None
    rise = (quoted[above] - quoted[below]) * (key[2] - below) / (above - below)
    return here - quoted[below] - rise


def place(inputs: Inputs, bucket: int, level: float, step: float, centre: float, which: str) -> Row:
    """Return the weighted sums of a set of expiries around one price near a level."""
    every = inputs.rows(bucket)
    reach = max(4 * step, step + LADDER)
    near = {k: r for k, r in every.items() if abs(r["front_strike"] - level) <= reach}
    weighed = [
        (w, key, near[key])
        for key in near
        if is_member(inputs.chain, key[1], which)
        and (w := hat(near[key]["front_strike"], centre, step)) > 0
    ]

    def summed(value: Callable[[Key, Row], float | None]) -> float | None:
        return total(w * x for w, key, row in weighed if (x := value(key, row)) is not None)

    names = ("gex_call", "gex_put", "gex_gross", "charm_net", "unsided_qty", *FLOWS)
    names += ("bid_add_qty", "bid_pull_qty", "ask_add_qty", "ask_pull_qty")
    found = {name: summed(lambda _, row, n=name: row[n]) for name in names}  # type: ignore[misc]
    for name in ("hedge_usd", "hedge_futures"):
        is_whole = all(row[name] is not None for _, _, row in weighed)
        found[name] = summed(lambda _, row, n=name: row[n]) if is_whole else None  # type: ignore[misc]
    both = lambda row: row["oi"] is not None and row["traded_so_far_qty"] is not None  # noqa: E731
    for name in ("oi", "traded_so_far_qty"):
        found[name] = summed(lambda _, row, n=name: row[n] if both(row) else None)  # type: ignore[misc]
    leans = {key: lean(near, key) for _, key, _ in weighed}
    found["lean_value"] = summed(lambda k, r: _times(r["vega"], leans[k]))
    found["half_spread"] = summed(
        lambda k, r: None if leans[k] is None else _times(r["vega"], r["iv_unc"])
    )
    found["iv_change_value"] = summed(lambda _, r: _times(r["vega"], r["iv_change"]))
    found["moved_vega"] = summed(lambda _, r: None if r["iv_change"] is None else r["vega"])
    return found


def _times(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a * b


def level_series(
    inputs: Inputs, run: Sequence[tuple[int, float]]
) -> dict[tuple[int, int, str], dict[str, Ratio]]:
    """Return every feature of a level used in consecutive buckets, by bucket, offset and set."""
    found = {}
    for which in SETS:
        past: dict[int, list[Row]] = {offset: [] for offset in OFFSETS}
        for bucket, level in run:
            step = strike_step(inputs.chain, bucket, level)
            for offset in OFFSETS:
                here: Row = {}
                if step is not None:
                    here = place(inputs, bucket, level, step, level + offset * step, which)
                past[offset].append(here)
            gross = {offset: past[offset][-1].get("gex_gross") for offset in OFFSETS}
            for offset in OFFSETS:
                whole = inputs.profile(bucket, which) or {}
                found[bucket, offset, which] = {
                    **_exposure(past[offset][-1], gross, whole),
                    **_distances(whole, inputs.chain.forwards[bucket, inputs.chain.front_id]),
                    **_flow(inputs, bucket, past[offset]),
                }
    return found


def ratio(a: float | None, b: float | None) -> Ratio:
    """Return a over b and b, None where b is 0."""
    return (a / b if a is not None and b else None), b


def beta(a: float | None, b: float | None) -> Ratio:
    """Return (a - b) / (a + b) and a + b."""
    return (None, None) if a is None or b is None else ratio(a - b, a + b)


def _exposure(row: Row, gross: dict[int, float | None], whole: Row) -> dict[str, Ratio]:
    get = row.get
    around = total(gross.values())
    above, below = (total(gross[n] for n in ns) or 0 for ns in ((1, 2), (-2, -1)))
    return {
        "gex_net_ratio": beta(get("gex_call"), get("gex_put")),
        "gex_share": ratio(get("gex_gross"), whole.get("gex_gross")),
        "gex_asym": ratio(above - below, around),
        "vol_to_oi": ratio(get("traded_so_far_qty"), get("oi")),
        "iv_lean": ratio(get("lean_value"), get("half_spread")),
        "d_iv_rel": ratio(get("iv_change_value"), get("moved_vega")),
        "charm_to_gamma": ratio(_times(get("charm_net"), 1 / 24), get("gex_gross")),
        "bid_add_pull": beta(get("bid_add_qty"), get("bid_pull_qty")),
        "ask_add_pull": beta(get("ask_add_qty"), get("ask_pull_qty")),
        "hedge_to_gamma": ratio(get("hedge_usd"), get("gex_gross")),
    }


def _distances(whole: Row, forward: float) -> dict[str, Ratio]:
    sigma = whole.get("sigma_rem")
    found: dict[str, Ratio] = {}
    for name, price in (
        ("flip", "zero_gamma"),
        ("call_wall", "call_wall_gex"),
        ("put_wall", "put_wall_gex"),
    ):
        there = whole.get(price)
        found[f"dist_{name}"] = ratio(None if there is None else log(forward / there), sigma)
    walls = [found[f"dist_{kind}_wall"][0] for kind in ("call", "put")]
    known = [x for x in walls if x is not None]
    found["dist_wall"] = (min(known, key=abs) if known else None), sigma
    return found


def _flow(inputs: Inputs, bucket: int, past: Sequence[Row]) -> dict[str, Ratio]:
    found = _pressures(past[-1])
    is_minute = len(past) >= MINUTE
    minute = {
        name: total(row.get(name) for row in past[-MINUTE:]) if is_minute else None
        for name in FLOWS
    }
    found |= {f"{name}_60s": x for name, x in _pressures(minute).items()}
    traded = [_traded(row) for row in past]
    now, usual = traded[-1], _usual(traded[:-1])
    found["unsided_share"] = ratio(past[-1].get("unsided_qty"), now)
    burst = log(now / usual) if now and usual else None
    found["flow_burst"] = burst, (usual if now else 0.0)
    depth = inputs.chain.touch.get(bucket)
    found["hedge_to_depth"] = ratio(past[-1].get("hedge_futures"), depth)
    return found


def _pressures(row: Row) -> dict[str, Ratio]:
    get = row.get
    cb, cs, pb, ps = (
        get(f"{side}_qty") for side in ("call_buy", "call_sell", "put_buy", "put_sell")
    )
    if cb is None or cs is None or pb is None or ps is None:
        return dict.fromkeys(
            ("call_pressure", "put_pressure", "long_short_pressure", "vol_demand"), (None, None)
        )
    return {
        "call_pressure": beta(get("call_buy_premium"), get("call_sell_premium")),
        "put_pressure": beta(get("put_buy_premium"), get("put_sell_premium")),
        "long_short_pressure": beta(cb + ps, cs + pb),
        "vol_demand": beta(cb + pb, cs + ps),
    }


def _traded(row: Row) -> float | None:
    names = [name for name in FLOWS if name.endswith("_qty")] + ["unsided_qty"]
    parts = [row.get(name) for name in names]
    return None if None in parts else sum(parts)  # type: ignore[arg-type]


def _usual(past: Iterable[float | None]) -> float | None:
    weights = [(exp(n / FADE), qty) for n, qty in enumerate(past) if qty is not None]
    whole = sum(w for w, _ in weights)
    return sum(w * qty for w, qty in weights) / whole if weights else None


def rungs(inputs: Inputs, run: Sequence[tuple[int, float]]) -> dict[tuple[int, int], Row]:
    """Return the options' part of the ladder around a level, by bucket and dollar."""
    found: dict[tuple[int, int], Row] = {}
    past: dict[int, list[Row]] = {offset: [] for offset in RUNGS}
    for bucket, level in run:
        step = strike_step(inputs.chain, bucket, level)
        for offset in RUNGS:
            centre = round(level * 4) / 4 + offset
            past[offset].append({} if step is None else _nearest(inputs, bucket, centre))
        last = {offset: _summed(past[offset][-1:]) for offset in RUNGS}
        minute = {
            offset: _summed(rows[-MINUTE:] if len(rows) >= MINUTE else [])
            for offset, rows in past.items()
        }
        gross = total(rows[-1].get("gex_gross") for rows in past.values())
        for offset in RUNGS:
            row = past[offset][-1]
            found[bucket, offset] = {
                "gex_gross": row.get("gex_gross"),
                "gex_share": ratio(row.get("gex_gross"), gross)[0],
                "gex_net_ratio": beta(row.get("gex_call"), row.get("gex_put"))[0],
                **_rung(offset, last),
                **{f"{name}_60s": x for name, x in _rung(offset, minute).items()},
            }
    return found


def _nearest(inputs: Inputs, bucket: int, centre: float) -> Row:
    """Return what the strikes within half a dollar of a price hold, the one half above left out."""
    here = [
        row
        for row in inputs.rows(bucket).values()
        if centre - 0.5 <= row["front_strike"] < centre + 0.5
    ]
    if not here:
        return {}
    names = ("gex_call", "gex_put", "gex_gross", *FLOWS)
    found: Row = {name: total(row[name] for row in here) for name in names}
    for name in DELTAS:
        is_whole = all(row[name] is not None for row in here)
        found[name] = total(row[name] for row in here) if is_whole else None
    return found


def _summed(rows: Sequence[Row]) -> Row:
    return {name: total(row.get(name) for row in rows) for name in (*FLOWS, *DELTAS)}


def _rung(offset: int, summed: dict[int, Row]) -> Row:
    row = summed[offset]
    both = [_plus(other["long_delta"], other["short_delta"]) for other in summed.values()]
    whole = total(both)
    traded = [row[name] for name in FLOWS if name.endswith("_qty")]
    return {
        "call_pressure": beta(row["call_buy_premium"], row["call_sell_premium"])[0],
        "put_pressure": beta(row["put_buy_premium"], row["put_sell_premium"])[0],
        "long_delta": row["long_delta"],
        "short_delta": row["short_delta"],
        "long_short_pressure": beta(row["long_delta"], row["short_delta"])[0],
        "long_share": ratio(row["long_delta"], whole)[0],
        "short_share": ratio(row["short_delta"], whole)[0],
        "option_qty": None if None in traded else sum(traded),
    }


def _plus(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a + b
