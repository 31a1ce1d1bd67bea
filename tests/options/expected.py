"""The chain and its volatilities a second time: a plain loop over buckets, options and records."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import NormalDist, median
from typing import Any

import py_lets_be_rational
import QuantLib

from options.desk import END, SECOND, START, Row
from spymaster.units import UNDEF_PRICE, UNDEF_STAT_QUANTITY

BUCKET = 5 * SECOND
DAY = 86_400 * SECOND
YEAR = 365 * 86_400 * SECOND
CERTAIN = 0.01
Market = dict[str, list[Row]]
"""Records by schema: definition, mbp_1 and statistics, each in file order."""


def chain(market: Market, rate: float) -> Iterator[Row]:
    """Yield a row for every bucket and option, as ``options.chain_5s`` has it."""
    parities: dict[tuple[int, int, int], float | None] = {}
    for end in range(START + BUCKET, END + 1, BUCKET):
        rows = [_row(market, option, end) for option in market["definition"]]
        alive = [row for row in rows if row]
        for row in alive:
            nearest = _nearest([r for r in alive if _series(r) == _series(row)], rate)
            implied = [strike + (call - put) / df for strike, call, put, df in nearest]
            row["forward_parity"] = median(implied) if implied else None
            parities[end, *_series(row)] = row["forward_parity"]
        for row in alive:
            nearest = _nearest([r for r in alive if _series(r) == _series(row)], rate)
            yield row | _priced(row, nearest, parities.get((row["came"], *_series(row))))


def _series(row: Row) -> tuple[int, int]:
    return row["expiry"], row["underlying_id"]


def _priced(row: Row, nearest: Sequence[tuple[float, ...]], parity_then: float | None) -> Row:
    """Return the forward, where it comes from, and what that makes of the quote."""
    parity = row["forward_parity"]
    source = "quote" if row["forward"] is not None else None if parity is None else "parity"
    forward = parity if source == "parity" else row["forward"]
    moved = None
    if row["forward"] is not None and row["forward_then"] is not None:
        moved = abs(row["forward"] - row["forward_then"])
    elif parity is not None and parity_then is not None:
        moved = abs(parity - parity_then)
    state = _state(row, forward, moved, _total_vol(nearest, forward))
    return {"forward": forward, "forward_source": source, "quote_state": state}


def vols(market: Market, chained: Sequence[Row], rate: float) -> Iterator[Row]:
    """Yield a row for every bucket, expiry and strike, as ``options.vols_5s`` has it."""
    for end, expiry in sorted({(row["bucket_end"], row["expiry"]) for row in chained}):
        here = [r for r in chained if (r["bucket_end"], r["expiry"]) == (end, expiry)]
        here += list(_unquoted(market, here))
        rows = [_implied(here, strike, rate) for strike in sorted({r["strike"] for r in here})]
        sure = [r for r in rows if r["iv_unc"] is not None and r["iv_unc"] < _allowed(r)]
        for row in rows:
            row |= _completed(row, sure)
            yield row


def _unquoted(market: Market, here: Sequence[Row]) -> Iterator[Row]:
    """Yield what is known of listed options of an expiry that nobody has quoted yet."""
    quoted = {row["instrument_id"] for row in here}
    keys = ("bucket_end", "expiry", "underlying_id", "forward", "forward_source")
    shared = {_series(row): {key: row[key] for key in keys} for row in here}
    for option in market["definition"]:
        series = option["expiration"], option["underlying_id"]
        if option["instrument_id"] not in quoted and series in shared:
            yield shared[series] | {
                "instrument_id": option["instrument_id"],
                "strike": option["strike_price"] / 1e9,
                "cp": 1 if option["instrument_class"] == "C" else -1,
                "quote_state": "none",
            }


def _allowed(row: Row) -> float:
    """Return how uncertain a vol may be; in the last hour a share of it will do."""
    is_near = row["t_years"] <= 1 / 365 / 24
    return max(CERTAIN, 0.2 * row["iv_quote"]) if is_near else CERTAIN


def last(records: Sequence[Row], instrument_id: int, end: int) -> Row | None:
    """Return the last record of an instrument that came before a moment."""
    found = [r for r in records if r["instrument_id"] == instrument_id and r["ts_recv"] < end]
    return found[-1] if found else None


def _row(market: Market, option: Row, end: int) -> Row | None:
    quote = last(market["mbp_1"], option["instrument_id"], end)
    if quote is None or option["expiration"] <= end:
        return None
    bid, ask = _price(quote["bid_px_00"]), _price(quote["ask_px_00"])
    came = max(START + BUCKET, quote["ts_recv"] // BUCKET * BUCKET + BUCKET)
    number = option["instrument_id"]
    of_it = [r for r in market["statistics"] if r["instrument_id"] == number]
    known = [r for r in of_it if r["stat_type"] == 9 and r["ts_recv"] < end]
    # of the latest trade date that is described the last one; sorting keeps file order
    stat = max(reversed(known), key=lambda r: (r["ts_ref"] // DAY, r["ts_recv"]), default=None)
    return {
        "bucket_end": end,
        "instrument_id": option["instrument_id"],
        "expiry": option["expiration"],
        "strike": option["strike_price"] / 1e9,
        "cp": 1 if option["instrument_class"] == "C" else -1,
        "underlying_id": option["underlying_id"],
        "bid": bid,
        "ask": ask,
        "quote_ts": quote["ts_recv"],
        "forward": _mid(last(market["mbp_1"], option["underlying_id"], end)),
        "came": came,
        "forward_then": _mid(last(market["mbp_1"], option["underlying_id"], came)),
        "oi": _quantity(stat),
    }


def _price(price: int) -> float | None:
    return None if price == UNDEF_PRICE else price / 1e9


def _mid(quote: Row | None) -> float | None:
    if quote is None:
        return None
    bid, ask = _price(quote["bid_px_00"]), _price(quote["ask_px_00"])
    return None if bid is None or ask is None or bid >= ask else (bid + ask) / 2


def _quantity(stat: Row | None) -> int | None:
    if stat is None or stat["update_action"] == 2 or not_known(stat["quantity"]):
        return None
    return int(stat["quantity"])


def not_known(quantity: int) -> bool:
    """Return whether a venue would not count so many contracts."""
    return quantity < 0 or quantity in (UNDEF_STAT_QUANTITY, 2**31 - 1)


def _two_sided(row: Row) -> bool:
    return None not in (row["bid"], row["ask"]) and row["bid"] < row["ask"]


def _nearest(rows: Sequence[Row], rate: float) -> list[tuple[float, float, float, float]]:
    """Return strike, call, put and discount of the seven strikes nearest to the future."""
    usable = [row for row in rows if _two_sided(row)]
    mids = {(row["strike"], row["cp"]): (row["bid"] + row["ask"]) / 2 for row in usable}
    both = [row for row in usable if row["cp"] == 1 and (row["strike"], -1) in mids]

    def distance(row: Row) -> tuple[float, float]:
        """A call and a put at the forward are worth the same."""
        strike, forward = row["strike"], row["forward"]
        apart = mids[strike, 1] - mids[strike, -1] if forward is None else strike - forward
        return abs(apart), strike

    both.sort(key=distance)
    return [
        (row["strike"], mids[row["strike"], 1], mids[row["strike"], -1], _dated(row, rate)[1])
        for row in both[:7]
    ]


def _total_vol(nearest: Sequence[tuple[float, ...]], forward: Any) -> float | None:
    if not nearest or forward is None:
        return None
    _, call, put, df = nearest[0]
    return float((call + put) / df / forward / (2 / math.sqrt(2 * math.pi)))


def _state(row: Row, forward: Any, moved: float | None, total_vol: float | None) -> str:
    bid, ask = row["bid"], row["ask"]
    if bid is None and ask is None:
        return "none"
    if bid is None or bid <= 0:
        return "zero_bid"
    if ask is None:
        return "no_ask"
    if bid >= ask:
        return "locked_crossed"
    if moved is None:
        return "ok"
    delta = 1.0
    if total_vol:
        d1 = math.log(forward / row["strike"]) / total_vol + total_vol / 2
        delta = NormalDist().cdf(row["cp"] * d1)
    return "stale" if moved * delta > (ask - bid) / 2 else "ok"


def _dated(row: Row, rate: float) -> tuple[float, float]:
    years = max(row["expiry"] - row["bucket_end"], 60 * SECOND) / YEAR
    return years, math.exp(-rate * years)


def _implied(rows: Sequence[Row], strike: float, rate: float) -> Row:
    """Return the volatility that the side out of the money implies at a strike."""
    row = min((r for r in rows if r["strike"] == strike), key=_rank)
    t, df = _dated(row, rate)
    keys = ("bucket_end", "expiry", "strike", "underlying_id", "forward", "forward_source")
    made = {key: row[key] for key in keys}
    made |= {"t_years": t, "df": df, "iv_quote": None, "iv_unc": None}
    if _tells(row):
        forward = row["forward"]
        premium = (row["bid"] + row["ask"]) / 2 / df
        vol = py_lets_be_rational.implied_volatility_from_a_transformed_rational_guess(
            premium, forward, strike, t, row["cp"]
        )
        kind = QuantLib.PlainVanillaPayoff(QuantLib.Option.Call, strike)
        vega = QuantLib.BlackCalculator(kind, forward, vol * math.sqrt(t), df).vega(t)
        made |= {"iv_quote": vol, "iv_unc": (row["ask"] - row["bid"]) / 2 / vega}
    return made


def _tells(row: Row) -> bool:
    """Return whether a quote is fine and of the side that is out of the money."""
    if row["forward"] is None or row["quote_state"] != "ok":
        return False
    return bool((row["cp"] == 1) == (row["strike"] >= row["forward"]))


def _rank(row: Row) -> tuple[object, ...]:
    """Return what a strike goes by: the narrowest quote that tells, else one with a forward."""
    width = row["ask"] - row["bid"] if _tells(row) else math.inf
    return width, row["forward"] is None, row["underlying_id"], row["instrument_id"]


def _completed(row: Row, sure: Sequence[Row]) -> Row:
    strike = row["strike"]
    below = [row for row in sure if row["strike"] <= strike][-1:]
    above = [row for row in sure if row["strike"] >= strike][:1]
    if not sure or row["forward"] is None:
        return {"iv": None, "iv_source": None}
    if below == above:
        return {"iv": below[0]["iv_quote"], "iv_source": "quote"}
    if not below or not above:
        return {"iv": (below or above)[0]["iv_quote"], "iv_source": "extrapolated"}
    (low,), (high,) = below, above
    share = (strike - low["strike"]) / (high["strike"] - low["strike"])
    iv = low["iv_quote"] + share * (high["iv_quote"] - low["iv_quote"])
    return {"iv": iv, "iv_source": "interpolated"}
