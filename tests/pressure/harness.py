"""The pressure of levels that a test names, in SQL, on records given as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from functools import cache

import streams
from book.harness import Session
from reference.cells import Level
from reference.records import Record
from sandboxes import Row, of_schemas
from spymaster.features import Registry
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL

START = streams.WINDOW_START_NS
END = START + 120_000_000_000
"""Two minutes: long enough for what looks back a minute."""
WINDOW = Settings(window_start=time(9, 30), window_end=time(9, 32))
KEYS = {
    "pressure.cells_5s": ("side", "zone", "band"),
    "pressure.ratios_5s": ("side", "zone", "band"),
    "pressure.orders_5s": ("side", "zone", "band"),
    "pressure.contrasts_5s": ("contrast", "side", "zone", "band"),
    "pressure.profiles_5s": ("side", "zone"),
    "pressure.tape_5s": (),
    "pressure.touch_5s": ("side",),
    "pressure.imbalance_5s": (),
    "pressure.states_5s": (),
    "pressure.ladder_5s": ("offset",),
    "pressure.touches": (),
    "pressure.phases_5s": (),
    "pressure.features_5s": (),
}
"""What tells rows of a level and a bucket apart; of touch_5s and imbalance_5s, rows of a bucket."""
SHARED = ("session", "instrument_id", "bucket_end", "level_id")
WIDE = "pressure.features_5s"
REGISTRY = Registry(SQL)
FEATURES = {name: REGISTRY[name] for name in REGISTRY if name.startswith("pressure.")}
Levels = Mapping[str, Sequence[Level]]
"""The rows of each level, by its id."""
Found = dict[tuple[object, ...], Row]
LARGE_QTY = 4
"""Lots that are large by the session before."""
BEFORE = """
    select date '2024-03-04' as session, {instrument} as instrument_id, 9 as n_pull, 1 as p50_qty,
        {large_qty} as p90_qty
"""


class Pressure(Session):
    """The relations of ``pressure`` and those they are made of, built anew for each market."""

    def __init__(self, day: date, settings: Settings, reads: Iterable[str]) -> None:
        super().__init__(day, settings, reads, of_schemas(settings, "levels"))
        self.reads = frozenset(reads)

    def around(
        self, records: Sequence[Record], levels: Levels, *, large_qty: int = LARGE_QTY
    ) -> Pressure:
        """Build everything from records of one instrument, around some levels."""
        self.sandbox.give("levels.levels", _rows_of(levels, str(self.day)))
        before = BEFORE.format(instrument=streams.INSTRUMENT_ID, large_qty=large_qty)
        self.sandbox.give_earlier("book.pull_sizes", before)
        self.build(records)
        return self

    def found(self, relation: str, level_id: str | None = None) -> Found:
        """Return the rows of a relation, of one level, by end of bucket in ns and own key."""
        where = "" if level_id is None else f" where level_id = '{level_id}'"
        rows = self.rows(f"select * from {relation}{where}")
        keys = KEYS[relation]
        shared = {*SHARED, *keys}
        return {
            (row["bucket_end"], *(row[key] for key in keys)): {
                name: value for name, value in row.items() if name not in shared
            }
            for row in rows
        }


@cache
def pressure() -> Pressure:
    """One session for all tests of the long relations, for it takes a while to read every model."""
    return Pressure(date.fromisoformat(streams.SESSION), WINDOW, KEYS.keys() - {WIDE})


@cache
def wide() -> Pressure:
    """The same with the wide form, whose 924 columns cost as much as all else."""
    return Pressure(date.fromisoformat(streams.SESSION), WINDOW, KEYS)


def _rows_of(levels: Levels, session: str) -> str:
    values = [
        f"(date '{session}', {streams.INSTRUMENT_ID}::uinteger, '{level_id}', 'MANUAL',"
        f" {row.tick} * 0.25::double, {row.tick}, 0::double, {_time(row.known_at_ns)},"
        f" {_time(row.valid_to_ns)}, true)"
        for level_id, rows in levels.items()
        for row in rows
    ]
    names = "session, instrument_id, level_id, kind, price, tick, residual, known_at, valid_to"
    return f"select * from (values {', '.join(values)}) as levels ({names}, is_tracked)"


def _time(ns: int | None) -> str:
    return "null::timestamp" if ns is None else f"make_timestamp({ns // 1_000})"
