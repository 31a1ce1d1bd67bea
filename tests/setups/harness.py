"""Setups in SQL on markets that a test names, built in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from functools import cache

import streams
from pressure.harness import Levels, Pressure
from reference.records import Record
from spymaster.settings import Settings

START = streams.WINDOW_START_NS
MINUTES = 7
BUCKETS = MINUTES * 12
END = START + MINUTES * 60_000_000_000
WAITS, HORIZONS = (0, 30), (30, 120)
"""Short enough that most touches of a few minutes are judged."""
WINDOW = Settings(
    window_start=time(9, 30),
    window_end=time(9, 30 + MINUTES),
    setup_waits=WAITS,
    setup_horizons=HORIZONS,
)
READS = (
    *(
        "pressure.touches",
        "pressure.phases_5s",
        "pressure.states_5s",
        "setups.decisions",
        "setups.segments",
    ),
    *("setups.vectors", "setups.vector_columns", "setups.outcomes", "setups.walks"),
)
Key = tuple[object, ...]


class Setups(Pressure):
    """The relations of ``setups`` and those they are made of, built anew for each market."""

    def around(self, records: Sequence[Record], levels: Levels, **given: int) -> Setups:
        """Build everything from records of one instrument, around some levels."""
        super().around(records, levels, **given)
        return self

    def by(self, relation: str, *keys: str) -> dict[Key, dict[str, object]]:
        """Return the rows of a relation by the values of some columns, times as ns."""
        rows = self.rows(f"from {relation}")
        found = {tuple(row[key] for key in keys): row for row in rows}
        assert len(found) == len(rows), relation
        return found


@cache
def setups() -> Setups:
    """One session for all tests, for it takes a while to read every model."""
    return Setups(date.fromisoformat(streams.SESSION), WINDOW, READS)
