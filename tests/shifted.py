"""Many sessions for the price of one: a simulated session's files, moved to other dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

import numpy as np

from spymaster.land.dbn import DbnReader, Records, write_dbn
from spymaster.simulate import SimulatedSession, simulate
from spymaster.units import NEW_YORK

TIMES = ("ts_event", "ts_recv", "ts_ref", "activation", "expiration")
UNDEFINED = 2**64 - 1
DAY, DAY_NS = timedelta(days=1), 86_400 * 10**9
BASES = (date(2024, 3, 5), date(2024, 6, 5))
"""One in winter and one in summer: a session is moved by whole days of UTC."""


def weekdays(first: date) -> Iterator[date]:
    """Yield weekdays from a date on."""
    while True:
        if first.weekday() < 5:
            yield first
        first += DAY


class Shifted:
    """Five minutes of a thin simulated session, 09:30-09:35 New York, on any date."""

    def __init__(self, folder: Path, *, base: Path | None = None, rate: float = 0.002) -> None:
        self._folder, self._base, self._rate = folder, base or folder, rate
        self._made: dict[date, SimulatedSession] = {}

    def _like(self, session: date) -> SimulatedSession:
        """Return the base of a date's half of the year, simulated when it is first needed."""
        base = next(base for base in BASES if _offset(base) == _offset(session))
        if base not in self._made:
            folder, span = self._base / f"base-{base}", {"start": time(9, 30), "end": time(9, 35)}
            self._made[base] = simulate(folder, session=base, world="W0", rate=self._rate, **span)
        return self._made[base]

    def files(self, session: date, *, lots: int = 1) -> list[Path]:
        """Write the files of a date; every order and trade is ``lots`` times as large."""
        folder = self._folder / f"{session}-{lots}"
        folder.mkdir(parents=True, exist_ok=True)
        made = self._like(session)
        return [self._moved(made, path, session, lots, folder) for path in made.future_files]

    def sessions(self, first: date, count: int) -> Iterator[tuple[date, list[Path]]]:
        """Yield weekdays and their files."""
        for session in islice(weekdays(first), count):
            yield session, self.files(session)

    def _moved(
        self, made: SimulatedSession, path: Path, session: date, lots: int, folder: Path
    ) -> Path:
        by = (session - made.session) // DAY * DAY_NS
        with path.open("rb") as handle:
            reader = DbnReader(handle, path.name)
            header, records = reader.header, np.concatenate(list(reader.batches()))
        for name in set(TIMES) & set(records.dtype.names or ()):
            defined = records[name] != UNDEFINED
            records[name][defined] += np.uint64(by) if by >= 0 else np.uint64(2**64 + by)
        if header.schema == "mbo":
            records["size"] *= np.uint32(lots)
        moved = folder / path.name.replace(f"{made.session:%Y%m%d}", f"{session:%Y%m%d}")
        symbols = {made.symbol: made.instrument_id}
        start, end = header.start_ns + by, _end(records, header.start_ns + by)
        write_dbn(moved, header.schema, records, symbols=symbols, start_ns=start, end_ns=end)
        return moved


def _end(records: Records, start: int) -> int:
    name = "ts_recv" if "ts_recv" in (records.dtype.names or ()) else "ts_event"
    return max(start, int(records[name].max())) + 1


def _offset(day: date) -> timedelta | None:
    return datetime.combine(day, time(12), NEW_YORK).utcoffset()
