"""One session's models in memory, on records given as values: quick enough for property tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import pyarrow as pa

import streams
from reference.records import Record
from sandboxes import Row, in_ns, landed, of_schemas, project, sandbox
from spymaster.settings import Settings

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
    given : iterable of str
        Models that a test gives rows.
    """

    def __init__(
        self,
        day: date,
        settings: Settings,
        reads: Iterable[str],
        given: Iterable[str] = (),
        *,
        threads: int = 1,
    ) -> None:
        self.day = day
        cut = [*of_schemas(settings, "options"), *given]
        self.sandbox = sandbox(settings, day, reads, given=cut, threads=threads)
        templates = project(settings).renderer.session(day)
        self._audits = {
            name: templates.render(audit.source.template)
            for name, audit in project(settings).audits.items()
        }

    def build(self, records: Sequence[Record], *, up_to: str | None = None) -> Session:
        """Build what is read, or what comes up to one relation, from records of one instrument."""
        self.sandbox.give("raw.mbo", _raw_mbo(records))
        row = SYMBOL_ROW.format(symbol=streams.SYMBOL, instrument=streams.INSTRUMENT_ID)
        self.sandbox.give("raw.symbology", row)
        self.sandbox.build(up_to=up_to)
        return self

    def rows(self, query: str) -> list[Row]:
        """Return the rows of a query; timestamps as ns since 1970 UTC."""
        return in_ns(self.sandbox.ask(query))

    def breaches(self, *, but: Iterable[str] = ()) -> dict[str, list[Row]]:
        """Return what the audits find, by audit; those named in ``but`` are left out."""
        found = {name: self.rows(query) for name, query in self._audits.items() if name not in but}
        return {name: rows for name, rows in found.items() if rows}


def audited(settings: Settings) -> set[str]:
    """Return all that audits read."""
    return {name for audit in project(settings).audits.values() for name in audit.upstream}


def _raw_mbo(records: Sequence[Record]) -> pa.Table:
    return landed("mbo", streams.to_array(records))
