"""The end of a capture: what came, as the files that the vendor would have sold for the session.

Joined over all connections, a file for each schema, futures and options apart as they are bought;
then it lands as any other file. What of an instrument has landed of a date until when, as the day
before the evening or what was bought meanwhile, is left out: so it goes on where that ended, and a
seal which was interrupted is done again without harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spymaster.errors import DataError
from spymaster.land import Landing, land, landed_until
from spymaster.land.dbn import Records, dbn_file
from spymaster.live.follower import Follower
from spymaster.live.wire import chosen_of, restated
from spymaster.settings import Settings
from spymaster.units import DAY_NS, overnight_open_ns, utc_date
from spymaster.warehouse.layout import Layout

SEALED = "sealed"
"""Folder below the capture's."""
WAIT_SECONDS = 3600.0
"""For whoever writes to the warehouse, such as a scheduled build: a session is captured once."""
OPTIONS_SUFFIX = ".OPT"
"""How the vendor names parents of options."""


def seal(folder: Path, schemas: Iterable[str], session: date, settings: Settings) -> list[Landing]:
    """Land a session's capture; done again, nothing lands.

    Raises
    ------
    DataError
        If nothing was captured, or a file does not land.
    LockedError
        If another process writes to the warehouse for an hour.
    """
    files = split(folder, schemas, session, Layout(settings.warehouse))
    landings = land(files, settings, wait=WAIT_SECONDS)
    for landing in landings:
        if landing.outcome == "refused":
            raise DataError(landing.message)
    return landings


def split(folder: Path, schemas: Iterable[str], session: date, layout: Layout) -> list[Path]:
    """Write what was captured and has not landed as the vendor's files and return them.

    Raises
    ------
    DataError
        If nothing was captured, or it cannot be written.
    """
    known, again = (Follower(folder, schemas) for _ in range(2))
    known.drain()  # symbols and the end stand in the headers, before the records
    if not known.dataset:
        raise DataError(f"{folder}: nothing was captured")
    try:
        (folder / SEALED).mkdir(exist_ok=True)
        with ExitStack() as files:
            writing = _Files(folder / SEALED, known, session, _Before(layout), files)
            _write_all(again, writing)
        return writing.finished()
    except OSError as error:
        why = error.strerror or error
        raise DataError(f"{folder / SEALED}: cannot be written: {why}") from error


def _write_all(follower: Follower, writing: _Files) -> None:
    while (came := follower.poll()).bytes:
        for schema, rows in came.records.items():
            kind = follower.channels[schema].kind
            writing.write(schema, restated(kind, rows, writing.opens_ns))


class _Before:
    """What had landed before, by schema and date."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._known: dict[tuple[str, int], tuple[NDArray[np.uint32], NDArray[np.int64]]] = {}

    def lacks(self, schema: str, records: Records) -> NDArray[np.bool_]:
        """Return which records come after all that has landed of their instrument and date."""
        received = records["ts_recv"].astype(np.int64)
        days = received // DAY_NS
        is_new = np.ones(len(records), np.bool_)
        for day in np.unique(days).tolist():
            instruments, last_ns = self._until(schema, day)
            if len(instruments):
                own = records["instrument_id"]
                at = np.searchsorted(instruments, own).clip(max=len(instruments) - 1)
                has_landed = (instruments[at] == own) & (received <= last_ns[at])
                is_new &= ~((days == day) & has_landed)
        return is_new

    def _until(self, schema: str, day: int) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        if (schema, day) not in self._known:
            until = sorted(landed_until(self._layout, schema, utc_date(day * DAY_NS)).items())
            found = np.array(until, np.int64).reshape(-1, 2)
            self._known[schema, day] = found[:, 0].astype(np.uint32), found[:, 1]
        return self._known[schema, day]


class _Files:
    """The files of a session, each made when its first records come."""

    def __init__(
        self, folder: Path, known: Follower, session: date, before: _Before, files: ExitStack
    ) -> None:
        self.opens_ns = overnight_open_ns(session)
        self._folder, self._known, self._session, self._files = folder, known, session, files
        self._before = before
        self._options = np.array(
            [
                number
                for number, one in known.mappings.items()
                if one.parent.endswith(OPTIONS_SUFFIX)
            ],
            np.uint32,
        )
        self._open: dict[Path, Callable[[Records], None]] = {}

    def write(self, schema: str, records: Records) -> None:
        """Append records that have not landed, those of options to a file of their own."""
        is_new = self._before.lacks(schema, records)
        is_option = np.isin(records["instrument_id"], self._options)
        for what, chosen in (("futures", is_new & ~is_option), ("options", is_new & is_option)):
            if chosen.any():
                self._file(schema, what)(chosen_of(records, chosen))

    def finished(self) -> list[Path]:
        """Give the files their names, once they are closed, and return them."""
        for path in self._open:
            path.rename(path.with_name(path.name.removeprefix(".")))
        return sorted(path.with_name(path.name.removeprefix(".")) for path in self._open)

    def _file(self, schema: str, what: str) -> Callable[[Records], None]:
        dataset = self._known.dataset
        stem = f"{dataset.lower().replace('.', '-')}-{self._session:%Y%m%d}"
        path = self._folder / f".{stem}.{what}.{schema}.dbn.zst"
        if path not in self._open:
            written = dbn_file(
                path,
                schema,
                dataset=dataset,
                symbols=self._symbols(what),
                start_ns=self.opens_ns,
                end_ns=self._known.watermark.clock_ns + 1,
            )
            self._open[path] = self._files.enter_context(written)
        return self._open[path]

    def _symbols(self, what: str) -> dict[str, int]:
        options = set(self._options.tolist())
        return {
            one.symbol: number
            for number, one in sorted(self._known.mappings.items())
            if (number in options) == (what == "options")
        }
