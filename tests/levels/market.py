"""Trading days invented print by print, and the levels that the models make of them in memory."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa

from sandboxes import project, sandbox
from spymaster import units
from spymaster.building.sandbox import Sandbox
from spymaster.settings import Settings
from spymaster.warehouse import duck, statements

NEW_YORK = ZoneInfo("America/New_York")
TICK_E9 = 250_000_000
ESH4, ESM4 = 17077, 18000
SYMBOLS = {ESH4: "ESH4", ESM4: "ESM4"}
TARGETS = ("levels.levels", "levels.absences")
KEPT = ("market.instruments", "market.day_bars_2m", "market.rth_days")
"""What later sessions look back at."""


class Print(NamedTuple):
    """One trade."""

    at_ns: int
    ticks: int
    size: int
    instrument_id: int = ESH4


class Settlement(NamedTuple):
    """One settlement price as published."""

    at_ns: int
    ticks: int
    day: date
    is_final: bool = True
    is_deleted: bool = False


@dataclass(frozen=True)
class Level:
    """A row of ``levels.levels``."""

    level_id: str
    kind: str
    price: float
    tick: int
    known_ns: int
    valid_ns: int | None
    is_tracked: bool = False


@dataclass
class Build:
    """What came of one session."""

    levels: list[Level]
    absences: dict[str, tuple[str, bool]]
    """Reason, and whether the kind is tracked."""
    earlier: dict[str, Any] = field(default_factory=dict)
    """What the next session looks back at."""

    def of(self, *kinds: str) -> list[Level]:
        return [level for level in self.levels if level.kind in kinds]

    def price(self, level_id: str) -> float:
        (price,) = (level.price for level in self.levels if level.level_id == level_id)
        return price


def ns(day: date, at: str, zone: ZoneInfo = NEW_YORK) -> int:
    """Return a New York time, such as 09:30 or 16:00:00.5, in ns since 1970 UTC."""
    return units.to_ns(datetime.combine(day, time.fromisoformat(at), zone))


def evening(day: date, at: str = "18:00") -> int:
    """Return a New York time of the calendar day before, ns."""
    return ns(day - timedelta(days=1), at)


def walk(
    seed: int, start_ns: int, end_ns: int, *, every_s: float = 20, ticks: int = 27_200
) -> list[Print]:
    """Return trades at random times, ``every_s`` seconds apart on average, of a wandering price."""
    rng = random.Random(seed)
    found, at = [], start_ns
    while at < end_ns:
        found.append(Print(at, ticks, rng.randint(1, 9)))
        ticks += rng.choice((-2, -1, -1, 0, 0, 0, 1, 1, 2))
        at += int(rng.expovariate(1 / every_s) * 1e9) + 1
    return found


def build(
    session: date,
    files: Sequence[Sequence[Print]],
    settings: Settings | None = None,
    *,
    settlements: Sequence[Settlement] = (),
    earlier: dict[str, Any] | None = None,
) -> Build:
    """Build the levels of a session out of files of trades; ``earlier`` is of the one before."""
    settings = settings or Settings()
    box = _sandbox(settings, session)
    _give(box, "raw.trades", _trades(files))
    _give(box, "raw.statistics", _statistics(settlements))
    for name in KEPT:
        nothing = statements.empty(project(settings).columns[name])
        box.give_earlier(name, (earlier or {}).get(name, nothing))
    box.build()
    kept = {name: box.connection.table(statements.built(name)).to_arrow_table() for name in KEPT}
    return Build(read_levels(box.connection, session), _absences(box.connection), kept)


@lru_cache(maxsize=8)  # of the sessions that a test builds one after the other
def _sandbox(settings: Settings, session: date) -> Sandbox:
    found = sandbox(settings, session, TARGETS)
    _give(found, "raw.symbology", _symbols())
    return found


def _give(box: Sandbox, relation: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        box.give(relation, pa.Table.from_pylist(rows))
    else:
        box.empty(relation)


def _trades(files: Sequence[Sequence[Print]]) -> list[dict[str, Any]]:
    return [
        {
            "instrument_id": trade.instrument_id,
            "ts_recv": trade.at_ns,
            "price": trade.ticks * TICK_E9,
            "size": trade.size,
            "date": units.utc_date(trade.at_ns),
            "file_id": f"{number:016}",
            "row_no": row,
        }
        for number, trades in enumerate(files)
        for row, trade in enumerate(trades)
    ]


def _statistics(settlements: Sequence[Settlement]) -> list[dict[str, Any]]:
    return [
        {
            "instrument_id": ESH4,
            "ts_recv": given.at_ns,
            "ts_ref": units.to_ns(datetime.combine(given.day, time(), UTC)),
            "stat_type": 3,
            "price": given.ticks * TICK_E9,
            "update_action": 2 if given.is_deleted else 1,
            "stat_flags": 3 if given.is_final else 2,
            "date": units.utc_date(given.at_ns),
            "row_no": row,
        }
        for row, given in enumerate(settlements)
    ]


def _symbols() -> list[dict[str, Any]]:
    return [
        {
            "symbol": symbol,
            "instrument_id": number,
            "mapped": str(number),
            "start_date": date(2020, 1, 1),
            "end_date": date(2030, 1, 1),
            "stype_in": "raw_symbol",
            "stype_out": "instrument_id",
        }
        for number, symbol in SYMBOLS.items()
    ]


def read_levels(connection: duck.Connection, session: date) -> list[Level]:
    """Return a session's levels by id and time."""
    rows = connection.execute(
        "select level_id, kind, price, tick, epoch_ns(known_at), epoch_ns(valid_to), is_tracked"
        f" from levels.levels where session = '{session}' order by level_id, known_at"
    ).fetchall()
    return [Level(*row) for row in rows]


def _absences(connection: duck.Connection) -> dict[str, tuple[str, bool]]:
    rows = connection.execute("select kind, reason, is_tracked from levels.absences").fetchall()
    return {kind: (reason, is_tracked) for kind, reason, is_tracked in rows}
