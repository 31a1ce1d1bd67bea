"""Option markets by chance: a future that walks, a smile, quotes that miss sides or come late."""

from __future__ import annotations

import numpy as np
import py_lets_be_rational

from options.desk import (
    END,
    EXPIRY,
    FUTURE,
    MIDNIGHT,
    SECOND,
    START,
    Row,
    open_interest,
    option,
    quote,
)
from options.expected import YEAR, Market
from spymaster.units import UNDEF_STAT_QUANTITY

DAY = 86_400 * SECOND
STRIKES = range(5040, 5165, 10)
EXPIRIES = (START + 45 * SECOND, EXPIRY, EXPIRY + 7 * DAY)
"""One ends within the window of two minutes."""
UNPRICED = 16
"""Another future, which the calls of a second series deliver and nobody quotes."""


def market(seed: int, quotes: int = 400) -> Market:
    """Return definitions, quotes and statistics; times from a minute before the window on."""
    random = np.random.default_rng(seed)
    options = [
        option(1000 * (e + 1) + 2 * n + (right == "P"), right, strike, expiry)
        for e, expiry in enumerate(EXPIRIES)
        for n, strike in enumerate(STRIKES)
        for right in "CP"
    ]
    options += [
        option(
            9000 + n, "C", strike, EXPIRY, asset="EYC", underlying="ESM4", underlying_id=UNPRICED
        )
        for n, strike in enumerate(range(5080, 5125, 5))
    ]
    times = np.sort(random.integers(START - 60 * SECOND, END, quotes))
    times[::11] = times[::11] // (5 * SECOND) * 5 * SECOND
    price, written = 5100.0, []
    for at in np.sort(times).tolist():
        if random.random() < 0.25:
            price += 0.25 * int(random.integers(-4, 5))
            written.append(quote(FUTURE, at, price, price + 0.25 * int(random.integers(0, 3))))
        else:
            made = options[int(random.integers(len(options)))]
            written.append(_quote(random, made, at, price + 0.125))
    stats = [
        _statistic(random, options[int(random.integers(len(options)))], int(at))
        for at in np.sort(random.integers(START - DAY // 2, END, 80))
    ]
    return {"definition": options, "mbp_1": written, "statistics": stats}


def cut(records: Market, at: int) -> Market:
    """Return what was received before a moment."""
    return {name: [r for r in rows if r["ts_recv"] < at] for name, rows in records.items()}


def _quote(random: np.random.Generator, made: Row, at: int, forward: float) -> Row:
    strike = made["strike_price"] / 1e9
    t = max(made["expiration"] - at, 60 * SECOND) / YEAR
    vol = 0.15 - 0.8 * np.log(strike / forward)
    side = 1 if made["instrument_class"] == "C" else -1
    value = py_lets_be_rational.black(forward, strike, vol, t, side)
    tick = 0.05 if value <= 5 else 0.25
    bid = np.floor(value / tick) * tick - tick * int(random.integers(0, 2))
    ask = bid + tick * int(random.integers(0, 6))
    chance = random.random()
    return quote(
        made["instrument_id"],
        at,
        None if chance < 0.08 or bid <= 0 else float(bid),
        None if 0.05 < chance < 0.12 else float(ask),
    )


def _statistic(random: np.random.Generator, made: Row, at: int) -> Row:
    unknown = random.choice((UNDEF_STAT_QUANTITY, 2**31 - 1, -1))
    quantity = int(unknown if random.random() < 0.1 else random.integers(0, 5000))
    described = MIDNIGHT - DAY * int(random.integers(1, 4))
    return open_interest(
        made["instrument_id"],
        at,
        quantity,
        ts_ref=described,
        stat_type=9 if random.random() < 0.8 else 6,
        update_action=2 if random.random() < 0.1 else 1,
    )
