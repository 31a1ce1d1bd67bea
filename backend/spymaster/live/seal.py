"""The end of a capture: what came, as the files that the vendor would have sold for the session.

Joined over all connections, a file for each schema, futures and options apart as they are bought;
then it lands as any other file. The same capture always gives the same bytes, so that a seal which
was interrupted is done again without harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import numpy as np

from spymaster.errors import DataError
from spymaster.land import Landing, land
from spymaster.land.dbn import Records, dbn_file
from spymaster.live.follower import Follower
from spymaster.live.wire import chosen_of, restated
from spymaster.settings import Settings
from spymaster.units import overnight_open_ns

SEALED = "sealed"
"""Folder below the capture's."""
WAIT_SECONDS = 3600.0
"""For whoever writes to the warehouse, such as a scheduled build: a session is captured once."""
OPTIONS_SUFFIX = ".OPT"
"""How the vendor names parents of options."""


def seal(folder: Path, schemas: Iterable[str], session: date, settings: Settings) -> list[Landing]:
    """Land a session's capture; done again, nothing new lands.

    Raises
    ------
    DataError
        If nothing was captured, or a file does not land.
    LockedError
        If another process writes to the warehouse for an hour.
    """
    landings = land(split(folder, schemas, session), settings, wait=WAIT_SECONDS)
    for landing in landings:
        if landing.outcome == "refused":
            raise DataError(landing.message)
    return landings


def split(folder: Path, schemas: Iterable[str], session: date) -> list[Path]:
    """Write what was captured as the vendor's files and return them.

    Raises
    ------
    DataError
        If nothing was captured.
    """
    known = Follower(folder, schemas)
    known.drain()  # symbols and the end stand in the headers, before the records
    if not known.dataset:
        raise DataError(f"{folder}: nothing was captured")
    (folder / SEALED).mkdir(exist_ok=True)
    with ExitStack() as files:
        writing = _Files(folder / SEALED, known, session, files)
        again = Follower(folder, schemas)
        while (came := again.poll()).bytes:
            for schema, rows in came.records.items():
                writing.write(schema, restated(again.channels[schema].kind, rows, writing.opens_ns))
    return writing.finished()


class _Files:
    """The files of a session, each made when its first records come."""

    def __init__(self, folder: Path, known: Follower, session: date, files: ExitStack) -> None:
        self.opens_ns = overnight_open_ns(session)
        self._folder, self._known, self._session, self._files = folder, known, session, files
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
        """Append records, those of options to a file of their own."""
        is_option = np.isin(records["instrument_id"], self._options)
        for what, chosen in (("futures", ~is_option), ("options", is_option)):
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
