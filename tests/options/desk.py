"""The options of one session in memory, from vendor records that a test writes field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from typing import Any

from sandboxes import Row, in_ns, landed, sandbox
from spymaster import units
from spymaster.land.dbn import Records, new_records
from spymaster.settings import Settings
from spymaster.units import UNDEF_PRICE, UNDEF_TIME

SESSION = date(2024, 3, 5)
WINDOW = Settings(window_start=time(9, 30), window_end=time(9, 32))
START, END = units.window_ns(SESSION, time(9, 30), time(9, 32), WINDOW.zone)
SECOND = 1_000_000_000
MIDNIGHT = START // (86_400 * SECOND) * 86_400 * SECOND
FUTURE, NEXT_FUTURE = 17, 18
EXPIRY = units.local_ns(SESSION, time(16), WINDOW.zone)
"""Of an option that expires on the session's afternoon."""
ASIDE = "market.bbo_5s"
"""Made of orders; empty here unless a test fills it."""


def e9(price: float | None) -> int:
    """Return a price as the vendor writes it."""
    return UNDEF_PRICE if price is None else round(price * 1e9)


def option(instrument_id: int, right: str, strike: float, expiry: int = EXPIRY, **more: Any) -> Row:
    """Return the definition of an ES option; ``right`` is C or P, times are ns since 1970 UTC."""
    return {
        "instrument_id": instrument_id,
        "ts_recv": MIDNIGHT,
        "raw_symbol": f"E1BH4 {right}{strike:g}",
        "asset": "E1B",
        "instrument_class": right,
        "cfi": f"O{right}EFPS",
        "security_type": "OOF",
        "strike_price": e9(strike),
        "expiration": expiry,
        "activation": MIDNIGHT - 30 * 86_400 * SECOND,
        "unit_of_measure_qty": 50 * 10**9,
        "underlying": "ESH4",
        "underlying_id": FUTURE,
        "user_defined_instrument": "N",
        "security_update_action": "A",
    } | more


def quote(instrument_id: int, at: int, bid: float | None, ask: float | None, size: int = 7) -> Row:
    """Return a quote for ``mbp-1`` or ``bbo``; a price of None is undefined."""
    return {
        "instrument_id": instrument_id,
        "ts_recv": at,
        "bid_px_00": e9(bid),
        "ask_px_00": e9(ask),
        "bid_sz_00": size,
        "ask_sz_00": size + 1,
    }


def open_interest(instrument_id: int, at: int, quantity: int, **more: Any) -> Row:
    """Return the number of open contracts as published."""
    return {
        "instrument_id": instrument_id,
        "ts_recv": at,
        "ts_ref": MIDNIGHT - 86_400 * SECOND,
        "stat_type": 9,
        "quantity": quantity,
        "price": UNDEF_PRICE,
        "update_action": 1,
    } | more


def records(schema: str, rows: Sequence[Row]) -> Records:
    """Return vendor records; what a row does not say is undefined or 0."""
    array = new_records(schema, len(rows))
    for name in ("price", "strike_price", "unit_of_measure_qty"):
        if name in (array.dtype.names or ()):
            array[name] = UNDEF_PRICE
    for name in ("expiration", "activation", "ts_ref"):
        if name in (array.dtype.names or ()):
            array[name] = UNDEF_TIME
    for at, row in enumerate(rows):
        for name, value in row.items():
            array[name][at] = value.encode() if isinstance(value, str) else value
    return array


class Desk:
    """Builds the relations of ``options`` anew from each set of records.

    Parameters
    ----------
    settings : Settings
        The window, the root and the rate of interest.
    ends : sequence of str
        Relations that are built, with all they read.
    """

    def __init__(
        self,
        settings: Settings = WINDOW,
        session: date = SESSION,
        *,
        ends: Sequence[str] = ("options.vols_5s",),
        threads: int = 1,
    ) -> None:
        self._sandbox = sandbox(settings, session, ends, given=[ASIDE], threads=threads)
        self.connection = self._sandbox.connection

    def build(self, **rows: Iterable[Row]) -> Desk:
        """Build everything from rows by schema: definition, mbp_1, bbo_1s, bbo_1m, statistics."""
        for schema in ("definition", "mbp-1", "bbo-1s", "bbo-1m", "statistics"):
            name = schema.replace("-", "_")
            self._land(schema, list(rows.get(name, ())))
        self._sandbox.build()
        return self

    def creations(self) -> Iterator[tuple[str, str]]:
        """Yield each relation with the statements that create it, in the order of building."""
        return self._sandbox.creations()

    def rows(self, query: str) -> list[Row]:
        """Return the rows of a query; timestamps as ns since 1970 UTC."""
        return in_ns(self._sandbox.ask(query))

    def show_best(self, rows: str) -> None:
        """Let ``market.bbo_5s`` show a select of some of its columns."""
        self.show(ASIDE, rows)

    def _land(self, schema: str, rows: list[Row]) -> None:
        name = f"raw.{schema.replace('-', '_')}"
        if rows:
            self._sandbox.give(name, landed(schema, records(schema, rows)))
        else:
            self._sandbox.empty(name)

    def show(self, name: str, query: str) -> None:
        """Let a relation have the rows of a query."""
        self._sandbox.give(name, query)
