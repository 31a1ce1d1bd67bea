"""What is known of the session that runs, beside its buckets: for who shows it.

``live/<session>/session.json``, written anew, whole, whenever something else is known.

| key | says |
|---|---|
| begun_at | when the first builder of the session wrote this, ns since 1970 UTC |
| session, root, raw_symbol, tick_size | what is built |
| timezone, window | zone, start and end of the window in it |
| window_start, window_end | the same, UTC |
| step | width of a step of the ladder, points; null without a level |
| levels, absences | of the tracked levels those known so far, and why others are not there |
| columns | by relation: name, type, unit and meaning of each column that is sent |
"""

from __future__ import annotations

import json
import time
from datetime import date
from datetime import time as clock
from pathlib import Path
from typing import Any

from spymaster.errors import DataError
from spymaster.live.day import ABSENCES, FRONTS, LEVELS, Day
from spymaster.live.groups import WIDE
from spymaster.live.sent import KNOWN
from spymaster.live.tail import FROM_DAY, published
from spymaster.planning.snapshot import Snapshot
from spymaster.read import tracked
from spymaster.units import from_ns
from spymaster.warehouse.files import settle

ASKED = {
    "front": f"select root, raw_symbol, tick_size from {FRONTS}",
    "levels": tracked.LEVELS.format(rows=LEVELS),
    "absences": tracked.ABSENCES.format(rows=ABSENCES),
}


class Known:
    """Writes it."""

    def __init__(self, snapshot: Snapshot, session: date, folder: Path) -> None:
        self._path = folder / KNOWN
        own, models = snapshot.project.settings, snapshot.project.models
        self._step_bands = own.band_ticks
        start_ns, end_ns = own.window_ns(session)
        self._fixed: dict[str, Any] = {
            "begun_at": self._begun_at(),
            "session": session,
            "timezone": own.timezone,
            "window": [own.window_start, own.window_end],
            "window_start": from_ns(start_ns).replace(tzinfo=None),
            "window_end": from_ns(end_ns).replace(tzinfo=None),
        }
        self._columns = {
            name: [
                [one.name, one.type, one.unit, one.meaning] for one in models[name].header.columns
            ]
            for name in sent_relations(snapshot)
            if name != WIDE  # which nobody shows
        }
        self._told: dict[str, Any] = {}

    def tell(self, day: Day) -> None:
        """Write what the day knows, where that is something else than before.

        Raises
        ------
        DataError
            If it cannot be written.
        """
        asked = {name: day.sandbox.ask(query) for name, query in ASKED.items()}
        (front,) = asked.pop("front")
        step = self._step_bands * front["tick_size"] if asked["levels"] else None
        told = {**self._fixed, **front, "step": step, **asked}
        if told != self._told:
            self._told = told
            self._write({**told, "columns": self._columns})

    def _write(self, said: dict[str, Any]) -> None:
        writing = self._path.with_suffix(".writing")
        try:
            writing.write_text(json.dumps(said, default=_plain), encoding="utf-8")
            settle(writing, self._path)
        except OSError as error:
            raise DataError(f"{writing}: cannot be written: {error.strerror or error}") from error

    def _begun_at(self) -> int:
        """A builder that begins after another goes on with its session."""
        if not self._path.exists():
            return time.time_ns()
        before: int = json.loads(self._path.read_text(encoding="utf-8"))["begun_at"]
        return before


def sent_relations(snapshot: Snapshot) -> list[str]:
    """Return the relations of which every bucket is sent."""
    return [*published(snapshot), *FROM_DAY]


def _plain(value: date | clock) -> str:
    return value.isoformat()
