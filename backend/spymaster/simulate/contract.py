"""The outright that a session trades: its name, definition, statistics and trading status."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from spymaster.land.dbn import Records, new_records
from spymaster.simulate.market.tape import TICK_E9
from spymaster.units import (
    E9,
    HOUR_NS,
    NEW_YORK,
    UNDEF_PRICE,
    local_ns,
    overnight_open_ns,
    to_ns,
)

MULTIPLIER = 50
"""$ per point."""

CALENDAR_SPREAD = 220
"""Ticks between one quarterly contract and the next."""

_LETTERS = {3: "H", 6: "M", 9: "U", 12: "Z"}
_ROLL_DAYS = 5
"""Days before expiry when the next contract has become the front one."""
SETTLEMENT, _LOW, _HIGH, CLEARED_VOLUME, OPEN_INTEREST = 3, 4, 5, 6, 9
"""Kinds of statistics."""
_UNDEF_I32 = 2**31 - 1
_PRE_OPEN, _TRADING, _SCHEDULED = 1, 7, 1

Fields = dict[str, object]
"""Vendor's fields of a definition, by name."""
_EVERY: Fields = {
    **dict.fromkeys(("price_ratio", "strike_price", "leg_price", "leg_delta"), UNDEF_PRICE),
    **dict.fromkeys(
        ("contract_multiplier", "decay_quantity", "original_contract_size"), _UNDEF_I32
    ),
    "unit_of_measure_qty": MULTIPLIER * E9,
    "max_trade_vol": 3_000,
    "min_trade_vol": 1,
    "maturity_day": 255,
    "maturity_week": 255,
    "decay_start_date": 65_535,
    "currency": b"USD",
    "exchange": b"XCME",
    "unit_of_measure": b"IPNT",
    "match_algorithm": b"F",
    "main_fraction": 255,
    "price_display_format": 255,
    "sub_fraction": 255,
    "underlying_product": 5,
    "security_update_action": b"A",
    "user_defined_instrument": b"N",
    "contract_multiplier_unit": 127,
    "flow_schedule_type": 127,
    "tick_rule": 255,
    "leg_instrument_class": b" ",
    "leg_side": b"N",
}


@dataclass(frozen=True)
class Contract:
    """An ES future."""

    symbol: str
    instrument_id: int
    expiration: datetime
    """UTC."""


def front(session: date) -> Contract:
    """Return the contract that trades most on a session date.

    >>> front(date(2025, 3, 3)).symbol, front(date(2025, 3, 19)).symbol
    ('ESH5', 'ESM5')
    """
    year, month = session.year, -(-session.month // 3) * 3
    if session > third_friday(year, month) - timedelta(days=_ROLL_DAYS):
        year, month = (year, month + 3) if month < 12 else (year + 1, 3)
    return _quarterly(year, month)


def delivered(expires: datetime) -> Contract:
    """Return the contract that an option delivers which expires then.

    >>> from datetime import UTC
    >>> delivered(datetime(2024, 3, 15, 13, 30, tzinfo=UTC)).symbol  # the quarterly, in the morning
    'ESH4'
    >>> delivered(datetime(2024, 3, 15, 20, 0, tzinfo=UTC)).symbol
    'ESM4'
    """
    year, month = expires.year, -(-expires.month // 3) * 3
    contract = _quarterly(year, month)
    if contract.expiration >= expires:
        return contract
    return _quarterly(year, month + 3) if month < 12 else _quarterly(year + 1, 3)


def _quarterly(year: int, month: int) -> Contract:
    expires = datetime.combine(third_friday(year, month), time(9, 30), NEW_YORK)
    number = 17_000 + (year - 2000) * 16 + month
    return Contract(f"ES{_LETTERS[month]}{year % 10}", number, expires.astimezone(UTC))


def basis(front: Contract, other: Contract) -> int:
    """Return how far another quarterly contract trades above the front one, ticks."""
    return round((other.expiration - front.expiration).days / 91) * CALENDAR_SPREAD


def third_friday(year: int, month: int) -> date:
    """Return when the quarterly contracts of a month expire."""
    first = date(year, month, 1)
    return first + timedelta(days=(4 - first.weekday()) % 7 + 14)


def definitions(midnight_ns: int, instruments: Iterable[tuple[int, Fields]]) -> Records:
    """Return one definition record for each (instrument id, fields), as replayed at midnight UTC.

    Fields that are not given say what the venue says of every ES instrument, or nothing.
    """
    given = list(instruments)
    records = new_records("definition", len(given))
    for row, (number, fields) in zip(records, given, strict=True):
        for name, value in (_EVERY | fields).items():
            row[name] = value
        row["instrument_id"] = row["raw_instrument_id"] = number
    records["ts_recv"] = midnight_ns
    records["ts_event"] = midnight_ns - 36 * HOUR_NS
    return records


def future_fields(contract: Contract, settle_e9: int) -> Fields:
    """Return what the definition of an outright says beyond what every definition says."""
    band = settle_e9 * 7 // 100 // TICK_E9 * TICK_E9
    expires = contract.expiration
    return {
        "min_price_increment": TICK_E9,
        "display_factor": E9 // 100,
        "expiration": to_ns(expires),
        "activation": to_ns(expires - timedelta(days=455)),
        "high_limit_price": settle_e9 + band,
        "low_limit_price": settle_e9 - band,
        "max_price_variation": 6 * E9,
        "min_price_increment_amount": E9 // 8,
        "market_depth": 10,
        "market_segment_id": 64,
        "appl_id": 310,
        "maturity_year": expires.year,
        "maturity_month": expires.month,
        "raw_symbol": contract.symbol.encode(),
        "group": b"ES",
        "asset": b"ES",
        "cfi": b"FFIXSX",
        "security_type": b"FUT",
        "instrument_class": b"F",
    }


def statistics(contract: Contract, session: date, midnight_ns: int, settle_e9: int) -> Records:
    """Return the previous trading day's statistics, as replayed at midnight UTC."""
    values = (
        (SETTLEMENT, settle_e9, None),
        (_HIGH, settle_e9 + 90 * TICK_E9, None),
        (_LOW, settle_e9 - 110 * TICK_E9, None),
        (CLEARED_VOLUME, None, 1_482_311),
        (OPEN_INTEREST, None, 2_047_560),
    )
    records = new_records("statistics", len(values))
    records["instrument_id"] = contract.instrument_id
    records["ts_recv"] = midnight_ns
    records["ts_event"] = midnight_ns - 2 * HOUR_NS
    records["ts_ref"] = to_ns(datetime.combine(weekday_before(session), time(0), UTC))
    for row, (kind, price, quantity) in zip(records, values, strict=True):
        row["stat_type"] = kind
        row["price"] = UNDEF_PRICE if price is None else price
        row["quantity"] = UNDEF_PRICE if quantity is None else quantity
    records["sequence"] = range(1, len(values) + 1)
    records["update_action"] = 1
    return records


def weekday_before(day: date) -> date:
    """Return the trading date before a date; an invented year has no holidays."""
    return day - timedelta(days={0: 3, 6: 2}.get(day.weekday(), 1))


def status(contract: Contract, session: date, midnight_ns: int) -> Records:
    """Return how the evening before went: pre-open, then trading, as replayed at midnight UTC."""
    evening = session - timedelta(days=1)
    records = new_records("status", 2)
    records["instrument_id"] = contract.instrument_id
    records["ts_recv"] = midnight_ns
    opened = (local_ns(evening, time(17, 45), NEW_YORK), overnight_open_ns(session))
    records["ts_event"] = opened
    records["action"] = (_PRE_OPEN, _TRADING)
    records["reason"] = _SCHEDULED
    records["is_trading"] = (b"N", b"Y")
    records["is_quoting"] = b"Y"
    records["is_short_sell_restricted"] = b"~"
    return records
