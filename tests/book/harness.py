"""One session's models in memory, on records given as values: quick enough for property tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pyarrow as pa

import streams
from reference.records import Record
from spymaster.definitions import graph, variables
from spymaster.definitions.loading import load
from spymaster.definitions.project import Project
from spymaster.land.arrow import record_batch
from spymaster.land.events import EventNumbers
from spymaster.settings import Settings
from spymaster.warehouse import duck, statements
from spymaster.warehouse.columns import SQL, raw_relations

Row = dict[str, Any]
NS_PER_DAY = 86_400_000_000_000
SYMBOL_ROW = """
    select '{symbol}' as symbol, {instrument}::uinteger as instrument_id,
        '{instrument}' as mapped, date '2020-01-01' as start_date, date '2030-01-01' as end_date,
        'raw_symbol' as stype_in, 'instrument_id' as stype_out, date '2020-01-01' as date,
        'ab' as file_id, 0::uinteger as row_no
"""


class Session:
    """The relations of one session, built anew for each set of records.

    Parameters
    ----------
    day : date
        The session.
    settings : Settings
        Its window; ``streams`` writes around ``STREAMS``.
    reads : iterable of str
        Relations that a test reads. They and what they are made of are built, but for options,
        which are empty.
    """

    def __init__(self, day: date, settings: Settings, reads: Iterable[str]) -> None:
        self.day = day
        self.times = variables.of(settings, day)
        self._connection = duck.in_memory(Path(mkdtemp()), threads=1)
        project = _project(settings)
        templates = project.renderer.session(day)
        needed = graph.ancestors(project.upstream, reads) & project.models.keys()
        self._queries = [
            (model.relation, model.header.is_view, templates.render(model.source.template))
            for model in project.models.values()
            if model.relation in needed and not model.relation.startswith("options.")
        ]
        self._audits = {
            name: templates.render(audit.source.template) for name, audit in project.audits.items()
        }
        self._connection.execute(statements.schemas([*project.raw, *project.models]))
        for macro in project.renderer.macros.values():
            self._connection.execute(macro)
        for raw, relation in project.raw.items():
            self._show(raw, statements.empty(relation.columns))
        for name in needed:
            if name.startswith("options."):
                self._show(name, statements.empty(project.models[name].header.columns))

    def build(self, records: Sequence[Record], *, up_to: str | None = None) -> Session:
        """Build what is read, or what comes up to one relation, from records of one instrument."""
        rows = _raw_mbo(records)
        self._connection.register("landed", rows)
        self._show("raw.mbo", "from landed")
        row = SYMBOL_ROW.format(symbol=streams.SYMBOL, instrument=streams.INSTRUMENT_ID)
        self._show("raw.symbology", row)
        for relation, is_view, query in self._queries:
            kind = "view" if is_view else "table"
            name = statements.name(relation)
            self._connection.execute(f"create or replace {kind} {name} as {query}")
            if relation == up_to:
                break
        return self

    def rows(self, query: str) -> list[Row]:
        """Return the rows of a query; timestamps as ns since 1970 UTC."""
        result = self._connection.execute(query)
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, map(_plain, row), strict=True)) for row in result.fetchall()]

    def breaches(self, *, but: Iterable[str] = ()) -> dict[str, list[Row]]:
        """Return what the audits find, by audit; those named in ``but`` are left out."""
        found = {name: self.rows(query) for name, query in self._audits.items() if name not in but}
        return {name: rows for name, rows in found.items() if rows}

    def _show(self, name: str, query: str) -> None:
        self._connection.execute(f"create or replace view {statements.name(name)} as {query}")


def audited(settings: Settings) -> set[str]:
    """Return all that audits read."""
    return {name for audit in _project(settings).audits.values() for name in audit.upstream}


@cache
def _project(settings: Settings) -> Project:
    return load(settings, SQL, {})


def _raw_mbo(records: Sequence[Record]) -> pa.Table:
    """Records as landing writes them, one batch a UTC date."""
    array = streams.to_array(records)
    days = (array["ts_recv"] // NS_PER_DAY).astype(int)
    numbers = EventNumbers(_date(int(days[0])))
    batches = []
    for day in sorted(set(days.tolist())):
        here = days == day
        columns = streams.columns(array[here])
        columns["row_no"] = here.nonzero()[0].astype("uint32")
        columns["event_no"] = numbers.number(columns)
        batches.append(record_batch(raw_relations()["mbo"], columns, _date(day), "ab"))
    return pa.Table.from_batches(batches)


def _date(days: int) -> date:
    return datetime.fromtimestamp(days * 86_400, UTC).date()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        since = value.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        return (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1_000
    return value
