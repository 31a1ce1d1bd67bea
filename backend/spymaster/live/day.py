"""The day so far of the session's contract: its levels, and what is known of the feed.

Levels go back to the overnight open, but all that they are made of is trades, the days before,
settlements, and what the newest buckets say of the option chain as the window's first one ends. So
the day is kept without the orders, which are nine tenths of it. Of those only what bears on quality
stays: what was late or out of order, flagged or restated, and what came last.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spymaster.building.sandbox import Sandbox
from spymaster.errors import DataError
from spymaster.land.dbn import Records
from spymaster.live import raw
from spymaster.live.past import show_past
from spymaster.planning.snapshot import Snapshot
from spymaster.units import BUCKET_NS, NS_PER_SECOND, UNDEF_TIME
from spymaster.warehouse import statements

FRONTS, LEVELS, QUALITY = "market.fronts", "levels.levels", "market.quality_5s"
ABSENCES, PROFILES = "levels.absences", "options.gex_profile_5s"
CHAINED = (PROFILES, "options.chain_5s")
"""Of the window's first bucket: what levels of the option chain are made of, and what it lacks."""
TELLING = 32 | 4
"""Flags: of a snapshot, and that the book may be bad."""
MOVING = {"VWAP", "OPEN", "PD", "ROUND"}
WORDS = ("definition", "statistics")
"""Schemas of few records, kept whole."""


class Day:
    """A sandbox over the day so far.

    Parameters
    ----------
    start_ns : int, ns since 1970 UTC
        Of the window.
    """

    def __init__(self, snapshot: Snapshot, session: date, start_ns: int, spill: Path) -> None:
        self._renderer, self._session, self._start_ns = (
            snapshot.project.renderer,
            session,
            start_ns,
        )
        templates = self._renderer.part(session, start_ns, start_ns + BUCKET_NS)
        ends = (FRONTS, LEVELS, ABSENCES, QUALITY, "book.large_pulls")
        # pulls of this session: what looks back reads those before
        cut = ("book.pulls", *CHAINED)
        self.sandbox = Sandbox(snapshot.project, templates, ends, spill, given=cut)
        show_past(self.sandbox, snapshot, session)
        self._last_ns = 0
        self._leveling = {*self.sandbox.relations} - {QUALITY}
        entries = snapshot.project.settings.levels
        moving = {kind.split("_")[0] for entry in entries for kind in entry.split("/")} & MOVING
        self.is_moving = bool(moving) or snapshot.project.settings.manual_levels is not None
        """Whether a level may become known at any time, and not on the minute only."""

    @property
    def state(self) -> int:
        """What goes on beside the tables: the time of the last record."""
        return self._last_ns

    @state.setter
    def state(self, last_ns: int) -> None:
        self._last_ns = last_ns

    def tell(self, schema: str, records: Records, numbers: NDArray[np.uint32]) -> None:
        """Take definitions or statistics."""
        self._add(schema, records, numbers)

    def take(self, records: Records, numbers: NDArray[np.uint32]) -> None:
        """Take the next order records of the contract, in file order."""
        if len(records):
            kept = self._telling(records)
            self._add("mbo", records[kept], numbers[kept])

    def take_others(self, records: Records, numbers: NDArray[np.uint32]) -> None:
        """Take order records of other instruments: their trades."""
        traded = records["action"] == b"T"
        if traded.any():
            self._add("mbo", records[traded], numbers[traded])

    def take_chain(self, rows: Mapping[str, pa.Table]) -> bool:
        """Take what the chain is as the window's first bucket ends; return whether that is news."""
        before = self.rows(PROFILES)
        for name in CHAINED:
            self.sandbox.give(name, rows[name])
        return not self.rows(PROFILES).equals(before)

    def level(self, end_ns: int) -> pa.Table:
        """Return the levels for a bucket that has just begun, by its end."""
        self.build(end_ns, self._leveling)
        return self.rows(LEVELS)

    def build(self, end_ns: int, only: set[str] | None = None) -> None:
        """Build everything, or some, as of the end of a bucket."""
        self.sandbox.at(self._renderer.part(self._session, self._start_ns, end_ns))
        self.sandbox.build(only=only)

    def judge(self, from_ns: int, end_ns: int) -> pa.Table:
        """Return what is known of the feed at the end of buckets, from one to another."""
        self.build(end_ns, {"book.opening", "book.closing", QUALITY})
        ends = (f"make_timestamp({ns // 1_000})" for ns in (from_ns, end_ns))
        return self.rows(QUALITY, f"where bucket_end between {' and '.join(ends)}")

    def rows(self, relation: str, where: str = "") -> pa.Table:
        """Return rows of a relation that was built."""
        query = f"from {statements.name(relation)} {where}"
        return self.sandbox.connection.execute(query).to_arrow_table()

    def _add(self, schema: str, records: Records, numbers: NDArray[np.uint32]) -> None:
        self.sandbox.add(f"raw.{schema}", raw.table(schema, records, numbers))

    def _telling(self, records: Records) -> NDArray[np.intp]:
        """Return which are trades or bear on quality, and those before each of these."""
        at, event = records["ts_recv"].astype(np.int64), records["ts_event"]
        before = np.concatenate([[self._last_ns], at[:-1]])
        self._last_ns = int(at[-1])
        late = (event != UNDEF_TIME) & (at - event.astype(np.int64) > NS_PER_SECOND)
        telling = late | (at < before) | ((records["flags"] & TELLING) != 0)
        telling |= records["action"] == b"R"
        clock = np.maximum.accumulate(at) // BUCKET_NS
        is_last = np.append(clock[1:] != clock[:-1], True)
        follows = np.append(telling[1:], True)
        kept = telling | follows | is_last | (records["action"] == b"T")
        kept[0] = True
        return np.flatnonzero(kept)


def contract(day: Day, start_ns: int) -> tuple[int, int] | None:
    """Return the number of the session's contract and its tick, 1e-9 points, if they are known.

    Raises
    ------
    DataError
        If the tick is not known.
    """
    day.build(start_ns + BUCKET_NS, {*day.sandbox.relations} - {LEVELS, ABSENCES, QUALITY})
    found = day.sandbox.ask(f"select instrument_id, tick_e9 from {FRONTS}")
    if not found:
        return None
    if found[0]["tick_e9"] is None:
        raise DataError(f"{FRONTS}: the tick of {found[0]['instrument_id']} is not known")
    return found[0]["instrument_id"], found[0]["tick_e9"]
