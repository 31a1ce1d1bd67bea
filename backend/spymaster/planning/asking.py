"""What landed files say of contracts, before any model is rendered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, TypeAlias

from spymaster import units
from spymaster.errors import DataError
from spymaster.planning.sessions import Landed
from spymaster.warehouse import duck
from spymaster.warehouse.layout import Layout, raw_relation
from spymaster.warehouse.ledger import Partition

MONTHS = "[FGHJKMNQUVXZ][0-9]{1,2}"
TRADING = ("mbo", "mbp-1", "trades", "tbbo")
"""Schemas that say what traded."""
LOTS = """
    select
        instrument_id,
        date,
        count(*) as n_records,
        sum(size) filter (
            where action = 'T' and ts_recv >= {opens_ns} and ts_recv < {closes_ns}
        ) as lots
    from {files}
    group by all
"""
TRADED = """
with landed as ({lots}),

-- the schema that carries the most lots of a date speaks
by_date as (
    select instrument_id, date, max(lots) as lots, max(n_records) as n_records
    from landed
    group by all
)

select instrument_id, coalesce(sum(lots), 0)::bigint, sum(n_records)::bigint
from by_date
group by all
"""
DEFINED = """
    select
        instrument_id,
        'definition' as source,
        arg_max(raw_symbol, (ts_recv, date, row_no)) as raw_symbol,
        arg_max(instrument_class = 'F' and asset = '{root}', (ts_recv, date, row_no)) as is_outright
    from {files}
    where ts_recv < {closes_ns}
    group by instrument_id
"""
MAPPED = """
    select
        if(stype_in = 'instrument_id', try_cast(symbol as uinteger), instrument_id),
        'metadata' as source,
        if(stype_in = 'instrument_id', mapped, symbol) as raw_symbol,
        regexp_full_match(raw_symbol, '{root}({months}|[.][cnv][.][0-9]+)') as is_outright
    from {files}
    where start_date <= '{day}' and end_date > '{day}'
"""
CALLED = """
with told (instrument_id, source, raw_symbol, is_outright) as ({told})

select instrument_id
from told
group by instrument_id
-- the definition says it, else the file's header
having arg_min({is_it}, source)
"""
OF_ROOT = """
select distinct instrument_id
from {files}
where instrument_class in ('C', 'P') and regexp_full_match(underlying, '{root}{months}')
"""
RULES = (LOTS, TRADED, DEFINED, MAPPED, CALLED, OF_ROOT)
Volumes: TypeAlias = dict[int, tuple[int, int]]
"""Lots and records, by instrument."""


class Asked:
    """The files of a session and of the one before it."""

    def __init__(self, landed: Landed, layout: Layout, session: date) -> None:
        self._landed, self._layout, self._session = landed, layout, session

    def contract(self, candidates: Collection[int]) -> int | None:
        """Return which is the session's contract, as ``market.fronts`` chooses it."""
        before = self._landed.earlier(self._session, 1)
        earlier = self._traded(before[0]) if before else {}
        now = self._traded(self._session)

        def rank(one: int) -> tuple[int, ...]:
            lots, n_records = now.get(one, (0, 0))
            return -earlier.get(one, (-1, 0))[0], -lots, -n_records, one

        return min(self._called() & set(candidates), key=rank, default=None)

    def of_root(self, parts: Iterable[Partition]) -> list[str] | None:
        """Return the ids of the files that hold options of the root; None where none is defined."""
        files = self._read("raw.definition", self._session)
        values = self._values(self._session)
        own = self._numbers(OF_ROOT.format(files=files, **values)) if files else set()
        return sorted({p.file_id for p in parts if own.intersection(p.instruments)}) or None

    def _called(self) -> set[int]:
        """Return the instruments that settings name, or all outrights of the root."""
        name = self._landed.settings.instrument
        is_it = "is_outright" if name is None else f"raw_symbol = {duck.literal(name)}"
        told = [
            query.format(files=files, **self._values(self._session))
            for raw, query in (("raw.definition", DEFINED), ("raw.symbology", MAPPED))
            if (files := self._read(raw, self._session))
        ]
        query = CALLED.format(told=" union all ".join(told), is_it=is_it)
        return self._numbers(query) if told else set()

    def _traded(self, session: date) -> Volumes:
        """Return what traded from the overnight open to the end of a session's window."""
        lots = [
            LOTS.format(files=files, **self._values(session))
            for schema in TRADING
            if (files := self._read(raw_relation(schema), session))
        ]
        rows = self._rows(TRADED.format(lots=" union all ".join(lots))) if lots else []
        return {instrument: (lots, n_records) for instrument, lots, n_records in rows}

    def _values(self, session: date) -> dict[str, Any]:
        start_ns, end_ns = self._landed.window(session)
        return {
            "root": self._landed.settings.root,
            "months": MONTHS,
            "day": units.utc_date(start_ns),
            "opens_ns": units.overnight_open_ns(session),
            "closes_ns": end_ns,
        }

    def _read(self, raw: str, session: date) -> str | None:
        """Return the files of a raw relation as a query reads them, if there are any."""
        paths = dict.fromkeys(self._layout.root / p.file for p in self._landed.files(raw, session))
        listed = ", ".join(duck.literal(str(path)) for path in paths)
        return f"read_parquet([{listed}], hive_partitioning = false)" if listed else None

    def _numbers(self, query: str) -> set[int]:
        return {number for (number,) in self._rows(query)}

    def _rows(self, query: str) -> list[Any]:
        try:
            with duck.in_memory(self._layout.tmp) as connection:
                return connection.execute(query).fetchall()
        except duck.DuckError as error:
            raise DataError(f"{self._session}: {duck.message(error)}") from error
