"""The options of one session in memory, from vendor records that a test writes field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pyarrow as pa

import streams
from spymaster import units
from spymaster.definitions import graph
from spymaster.definitions.loading import load
from spymaster.definitions.project import Project
from spymaster.land.arrow import record_batch
from spymaster.land.dbn import Records, new_records
from spymaster.settings import Settings
from spymaster.units import UNDEF_PRICE, UNDEF_TIME, utc_date
from spymaster.warehouse import duck, statements
from spymaster.warehouse.columns import SQL, raw_relations

Row = dict[str, Any]
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
        self.connection = duck.in_memory(Path(mkdtemp()), threads=threads)
        project = _project(settings)
        upstream = {name: model.upstream for name, model in project.models.items()} | {ASIDE: ()}
        needed = graph.ancestors(upstream, ends)
        templates = project.renderer.session(session)
        self._queries = [
            (name, model.header.is_view, templates.render(model.source.template))
            for name, model in project.models.items()
            if name in needed and name != ASIDE
        ]
        self.connection.execute(statements.schemas([*project.raw, *needed]))
        for macro in project.renderer.macros.values():
            self.connection.execute(macro)
        for raw, relation in project.raw.items():
            self.show(raw, statements.empty(relation.columns))
        self.show(ASIDE, statements.empty(project.models[ASIDE].header.columns))

    def build(self, **rows: Iterable[Row]) -> Desk:
        """Build everything from rows by schema: definition, mbp_1, bbo_1s, bbo_1m, statistics."""
        for schema in ("definition", "mbp-1", "bbo-1s", "bbo-1m", "statistics"):
            name = schema.replace("-", "_")
            self._land(schema, list(rows.get(name, ())))
        for _, text in self.creations():
            self.connection.execute(text)
        return self

    def creations(self) -> Iterator[tuple[str, str]]:
        """Yield each relation with the statement that creates it, in the order of building."""
        for relation, is_view, query in self._queries:
            kind = "view" if is_view else "table"
            yield relation, f"create or replace {kind} {statements.name(relation)} as {query}"

    def rows(self, query: str) -> list[Row]:
        """Return the rows of a query; timestamps as ns since 1970 UTC."""
        result = self.connection.execute(query)
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, map(_plain, row), strict=True)) for row in result.fetchall()]

    def show_best(self, rows: str) -> None:
        """Let ``market.bbo_5s`` show a select of some of its columns."""
        self.show(ASIDE, rows)

    def _land(self, schema: str, rows: list[Row]) -> None:
        name = f"raw.{schema.replace('-', '_')}"
        relation = raw_relations()[schema]
        if not rows:
            self.show(name, statements.empty(relation.columns))
            return
        array = records(schema, rows)
        days = [utc_date(int(ts)) for ts in array["ts_recv"]]
        batches = []
        for day in sorted(set(days)):
            here = np.array([at == day for at in days])
            columns = streams.columns(array[here])
            columns["row_no"] = here.nonzero()[0].astype("uint32")
            batches.append(record_batch(relation, columns, day, "ab"))
        self.connection.register(f"landed_{relation.name}", pa.Table.from_batches(batches))
        self.show(name, f"from landed_{relation.name}")

    def show(self, name: str, query: str) -> None:
        """Let a relation be a query."""
        self.connection.execute(f"create or replace view {statements.name(name)} as {query}")


@cache
def _project(settings: Settings) -> Project:
    return load(settings, SQL, {})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        since = value.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        return (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1_000
    return value
