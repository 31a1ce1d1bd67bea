"""The outright that a session trades: its name, definition, statistics and trading status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from spymaster.land.dbn import Records, new_records
from spymaster.simulate.tape import TICK_E9
from spymaster.units import E9, NEW_YORK, NS_PER_SECOND, local_ns, overnight_open_ns, to_ns

MULTIPLIER = 50
"""$ per point."""

_LETTERS = {3: "H", 6: "M", 9: "U", 12: "Z"}
_ROLL_DAYS = 5
"""Days before expiry when the next contract has become the front one."""
_SETTLEMENT, _LOW, _HIGH, _VOLUME, _INTEREST = 3, 4, 5, 6, 9
_UNDEF_PRICE = 2**63 - 1
_UNDEF_I32 = 2**31 - 1
_PRE_OPEN, _TRADING, _SCHEDULED = 1, 7, 1


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
    if session > _third_friday(year, month) - timedelta(days=_ROLL_DAYS):
        year, month = (year, month + 3) if month < 12 else (year + 1, 3)
    expires = datetime.combine(_third_friday(year, month), time(9, 30), NEW_YORK)
    number = 17_000 + (year - 2000) * 16 + month
    return Contract(f"ES{_LETTERS[month]}{year % 10}", number, expires.astimezone(UTC))


def _third_friday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(4 - first.weekday()) % 7 + 14)


def definition(contract: Contract, midnight_ns: int, settle_e9: int) -> Records:
    """Return the contract's definition, one record, as replayed at midnight UTC."""
    records = new_records("definition", 1)
    row = records[0]
    for name, value in _definition(contract, settle_e9).items():
        row[name] = value
    row["instrument_id"] = row["raw_instrument_id"] = contract.instrument_id
    row["ts_recv"] = midnight_ns
    row["ts_event"] = midnight_ns - 36 * 3_600 * NS_PER_SECOND
    return records


def _definition(contract: Contract, settle_e9: int) -> dict[str, object]:
    band = settle_e9 * 7 // 100 // TICK_E9 * TICK_E9
    expires = contract.expiration
    undefined = ("price_ratio", "strike_price", "leg_price", "leg_delta")
    unused = ("contract_multiplier", "decay_quantity", "original_contract_size")
    return {
        **dict.fromkeys(undefined, _UNDEF_PRICE),
        **dict.fromkeys(unused, _UNDEF_I32),
        "min_price_increment": TICK_E9,
        "display_factor": E9 // 100,
        "expiration": to_ns(expires),
        "activation": to_ns(expires - timedelta(days=455)),
        "high_limit_price": settle_e9 + band,
        "low_limit_price": settle_e9 - band,
        "max_price_variation": 6 * E9,
        "unit_of_measure_qty": MULTIPLIER * E9,
        "min_price_increment_amount": E9 // 8,
        "market_depth": 10,
        "market_segment_id": 64,
        "max_trade_vol": 3_000,
        "min_trade_vol": 1,
        "appl_id": 310,
        "maturity_year": expires.year,
        "maturity_month": expires.month,
        "maturity_day": 255,
        "maturity_week": 255,
        "decay_start_date": 65_535,
        "currency": b"USD",
        "raw_symbol": contract.symbol.encode(),
        "group": b"ES",
        "exchange": b"XCME",
        "asset": b"ES",
        "cfi": b"FFIXSX",
        "security_type": b"FUT",
        "unit_of_measure": b"IPNT",
        "instrument_class": b"F",
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


def statistics(contract: Contract, session: date, midnight_ns: int, settle_e9: int) -> Records:
    """Return the previous trading day's statistics, as replayed at midnight UTC."""
    values = (
        (_SETTLEMENT, settle_e9, None),
        (_HIGH, settle_e9 + 90 * TICK_E9, None),
        (_LOW, settle_e9 - 110 * TICK_E9, None),
        (_VOLUME, None, 1_482_311),
        (_INTEREST, None, 2_047_560),
    )
    records = new_records("statistics", len(values))
    records["instrument_id"] = contract.instrument_id
    records["ts_recv"] = midnight_ns
    records["ts_event"] = midnight_ns - 2 * 3_600 * NS_PER_SECOND
    records["ts_ref"] = to_ns(datetime.combine(_weekday_before(session), time(0), UTC))
    for row, (kind, price, quantity) in zip(records, values, strict=True):
        row["stat_type"] = kind
        row["price"] = _UNDEF_PRICE if price is None else price
        row["quantity"] = _UNDEF_PRICE if quantity is None else quantity
    records["sequence"] = range(1, len(values) + 1)
    records["update_action"] = 1
    return records


def _weekday_before(day: date) -> date:
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
