"""Small random chains, and chains as the rows that the models read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import log
from random import Random

from options.exposure.harness import FRONT, SESSION, START, Row, Tables
from reference.chain import FUTURES, Chain, Contract, Point, Quote, Trade, Vol

NEXT = 2
"""Instrument number of the next contract."""
EXPIRIES = {
    datetime(2024, 3, 5, 14, 31, 2): FRONT,
    datetime(2024, 3, 5, 21): FRONT,
    datetime(2024, 3, 10, 21): FRONT,
    datetime(2024, 6, 21, 13, 30): NEXT,
}
"""Ends within the window, with the day, on its fifth day, and later on another future."""
EPOCH = datetime(1970, 1, 1)
PRICES = (0.05, 1.0, 2.5, 7.25)


def chain(
    seed: int, *, n_buckets: int = 14, expiries: Sequence[datetime] = tuple(EXPIRIES)
) -> Chain:
    """Return a chain with holes in what is known, around 6800."""
    random = Random(seed)
    centre = random.choice((6800.0, 6802.25, 6811.0))
    made = Chain(SESSION, START, FRONT, n_buckets, _listed(random, expiries), {}, {}, {}, {})
    for bucket in range(1, n_buckets + 1):
        centre += random.choice((-1, -0.25, 0, 0.25, 1))
        made.forwards |= {(bucket, FRONT): centre, (bucket, NEXT): centre * 1.009}
        made.touch[bucket] = random.randint(2, 90)
        _vols(random, made, bucket)
        _books(random, made, bucket)
    made.trades = _trades(random, made, random.choice((0, 3, 300)))
    drift = random.choice((0.0, 0.35, -1.2))
    made.levels = {
        "FIXED": {n: 6800.0 for n in range(1, n_buckets + 1)},
        "MOVING": {n: 6803.25 + drift * n for n in range(3, n_buckets + 1) if n != 9},
        "AWAY": {n: 7500.0 for n in range(1, n_buckets + 1)},
    }
    return made


def _listed(random: Random, expiries: Sequence[datetime]) -> dict[int, Contract]:
    found: dict[int, Contract] = {}
    for expiry in expiries:
        gap = random.choice((5, 5, 10, 25))
        for n in range(-4, 5):
            strike = 6800.0 + gap * n + (60 if EXPIRIES[expiry] == NEXT else 0)
            for cp in (1, -1):
                if random.random() < 0.97:
                    contract = Contract(expiry, strike, cp, EXPIRIES[expiry])
                    found[100 + len(found)] = contract
    return found


def _vols(random: Random, made: Chain, bucket: int) -> None:
    for expiry, strike in {(c.expiry, c.strike) for c in made.contracts.values()}:
        if expiry > made.end(bucket) and random.random() < 0.95:
            forward = made.forwards[bucket, EXPIRIES[expiry]]
            iv = 0.16 - 0.4 * log(strike / forward) + random.uniform(0, 0.01)
            is_quoted = random.random() < 0.9
            quote = (iv, random.uniform(0.001, 0.009)) if is_quoted else (None, None)
            made.vols[bucket, expiry, strike] = Vol(iv, *quote)


def _books(random: Random, made: Chain, bucket: int) -> None:
    for number in made.contracts:
        before = made.oi.get((bucket - 1, number), random.choice((None, 0, 1, 40, 5000)))
        made.oi[bucket, number] = random.randint(0, 9000) if random.random() < 0.02 else before
        bid = random.choice((None, 1.0, 1.0, 1.0, 1.25))
        ask = random.choice((None, 1.5, 1.5, 1.75))
        qty = [random.randint(1, 60), random.randint(1, 60)]
        made.quotes[bucket, number] = Quote(bid, ask, qty[0], qty[1])


def _trades(random: Random, made: Chain, count: int) -> list[Trade]:
    found = []
    for _ in range(count):
        bucket = random.randint(0, made.n_buckets)
        number = random.choice(list(made.contracts))
        if made.contracts[number].expiry > made.end(bucket):
            side, price = random.choice("ABN"), random.choice(PRICES)
            mid = random.choice((None, *PRICES))
            found.append(Trade(bucket, number, side, price, random.randint(1, 30), mid))
    return found


def tables(made: Chain) -> Tables:
    """Return the rows of every relation that the models of exposure read."""
    return {
        "options.contracts": _contracts(made),
        "options.chain_5s": list(_chain_rows(made)),
        "options.vols_5s": list(_vol_rows(made)),
        "options.open_interest": list(_published(made)),
        "options.forwards_5s": [
            {"bucket_end": made.end(n), "underlying_id": number, "forward": price}
            for (n, number), price in made.forwards.items()
        ],
        "market.bbo_5s": [
            _at(made, n)
            | {"instrument_id": FRONT, "mid": made.forwards[n, FRONT]}
            | {"bid_qty": qty // 2, "ask_qty": qty - qty // 2}
            for n, qty in made.touch.items()
        ],
        "market.prints": [
            {"session": SESSION} | _print(made, trade, n) for n, trade in enumerate(made.trades)
        ],
        "staging.tbbo": [
            _print(made, trade, n)
            | {"bid_px": trade.mid - 0.25, "ask_px": trade.mid + 0.25}
            | {"bid_px_e9": _e9(trade.mid - 0.25), "ask_px_e9": _e9(trade.mid + 0.25)}
            for n, trade in enumerate(made.trades)
            if trade.mid is not None
        ],
        "pressure.levels_5s": [
            _at(made, n)
            | {"instrument_id": FRONT, "level_id": level_id, "price": price}
            | {"tick": round(price * 4), "used_since": made.end(_since(prices, n))}
            for level_id, prices in made.levels.items()
            for n, price in prices.items()
        ],
    }


def _since(prices: dict[int, float], bucket: int) -> int:
    while bucket - 1 in prices:
        bucket -= 1
    return bucket


def _at(made: Chain, bucket: int) -> Row:
    return {"session": SESSION, "bucket_end": made.end(bucket)}


def _e9(price: float) -> int:
    return round(price * 10**9)


def _contracts(made: Chain) -> list[Row]:
    return [
        {"session": SESSION, "instrument_id": number, "cp": contract.cp, "strike": contract.strike}
        | {"expiry": contract.expiry, "multiplier": contract.multiplier}
        | {"underlying_id": contract.underlying_id, "known_at": made.start}
        | {"underlying": FUTURES[contract.underlying_id]}
        for number, contract in made.contracts.items()
    ]


def _published(made: Chain) -> Iterator[Row]:
    """A row for each change of an option's open interest, as it is published."""
    for number in made.contracts:
        held = [made.oi.get((n, number)) for n in range(1, made.n_buckets + 1)]
        changes = [n for n, oi in enumerate(held) if n == 0 or oi != held[n - 1]]
        for n, after in zip(changes, [*changes[1:], None], strict=True):
            until = None if after is None else made.end(after + 1)
            yield {"instrument_id": number, "known_at": made.end(n + 1), "known_until": until} | {
                "oi": held[n]
            }


def _chain_rows(made: Chain) -> list[Row]:
    return [
        _at(made, bucket)
        | {"instrument_id": number, "expiry": contract.expiry, "strike": contract.strike}
        | {"cp": contract.cp, "multiplier": contract.multiplier}
        | {"underlying_id": contract.underlying_id, "oi": made.oi.get((bucket, number))}
        | {"bid": quote.bid, "ask": quote.ask, "bid_qty": quote.bid_qty, "ask_qty": quote.ask_qty}
        | {"forward": made.forwards[bucket, contract.underlying_id]}
        for (bucket, number), quote in made.quotes.items()
        for contract in [made.contracts[number]]
    ]


def _vol_rows(made: Chain) -> list[Row]:
    futures = {(c.expiry, c.strike): c for c in made.contracts.values()}
    rows = []
    for (bucket, expiry, strike), vol in made.vols.items():
        contract = futures[expiry, strike]
        point = made.at(bucket, contract)
        assert point is not None
        row = {"expiry": expiry, "strike": strike, "underlying_id": contract.underlying_id}
        row |= {"forward": point.f, "t_years": point.t, "df": point.df, "iv": vol.iv}
        row |= {"iv_source": "extrapolated" if vol.iv_quote is None else "quote"}
        row |= {"iv_quote": vol.iv_quote, "iv_unc": vol.iv_unc, "delta_call": point.delta}
        rows.append(_at(made, bucket) | row | _greeks(point))
    return rows


def _greeks(point: Point) -> Row:
    return {name: getattr(point, name) for name in ("gamma", "vega", "vanna", "charm")}


def _print(made: Chain, trade: Trade, row_no: int) -> Row:
    """A trade a second before its bucket ends; row numbers keep their times apart."""
    received = made.end(trade.bucket) - timedelta(seconds=1) + timedelta(microseconds=row_no)
    return {
        "instrument_id": trade.instrument_id,
        "side": trade.side,
        "ts_recv": (received - EPOCH) // timedelta(microseconds=1) * 1_000,
        "price": trade.price,
        "price_e9": _e9(trade.price),
        "size": trade.size,
        "date": received.date(),
        "file_id": "ab",
        "row_no": row_no,
    }
