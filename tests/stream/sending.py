"""Buckets as a builder sends them, with the rows of a session that was built."""

import json
import shutil
from contextlib import closing
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from spymaster.live.sent import DECIDED, KNOWN, Sender, sent_folder
from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.stream import fields
from spymaster.stream.arriving import BOOK, OPTIONS
from spymaster.stream.sources import OF_OPTIONS, SOURCES
from spymaster.warehouse.relations import rows_of

SESSION = date(2024, 3, 5)
OF_BOOK = tuple({one.relation for name, one in SOURCES.items() if name not in OF_OPTIONS})
OF_GROUP = {
    BOOK: (*OF_BOOK, fields.TOUCHES),
    OPTIONS: tuple({SOURCES[name].relation for name in OF_OPTIONS}),
    DECIDED: (fields.FORECASTS, fields.CARDS),
}
DECIDED_AT = "touched_at + to_seconds(wait_s)"


@dataclass
class Sending:
    """Sends a built session once more, group by group.

    Parameters
    ----------
    n_buckets : int
        Of its window.
    """

    settings: Settings
    folder: Path
    n_buckets: int
    clock_s: float = 0.1
    """How far the gateway's clock is past a bucket when it is sent."""
    _rows: dict[tuple[str, int], dict[str, pa.Table]] = field(default_factory=dict)
    _start: datetime = datetime.min

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with catalog(self.settings) as connection:
            said = _known(connection, self.settings, self.n_buckets)
            self._start = said["window_start"]
            for group, relations in OF_GROUP.items():
                for name in relations:
                    self._read(connection, group, name)
        (self.folder / KNOWN).write_text(
            json.dumps(said, default=lambda one: one.isoformat()), encoding="utf-8"
        )

    def into(self, folder: Path) -> "Sending":
        """Return another builder of the same, which sends into a folder of its own."""
        shutil.copytree(self.folder, folder)
        other = copy(self)
        other.folder = folder
        other._rows = {key: dict(rows) for key, rows in self._rows.items()}
        return other

    def _read(self, connection: Any, group: str, name: str) -> None:
        at = DECIDED_AT if group == DECIDED else "bucket_end"
        for n in range(1, self.n_buckets + 1):
            end = self._start + timedelta(seconds=5 * n)
            rows = connection.sql(f"from {name}('{SESSION}') where {at} = timestamp '{end}'")
            self._rows.setdefault((group, n), {})[name] = rows.to_arrow_table()

    def send(self, *groups: tuple[int, str], why: str | None = None) -> None:
        """Send groups of buckets, by number and name, as a builder of its own does."""
        with closing(Sender(self.folder)) as sender:
            for n, group in groups:
                end = self._start + timedelta(seconds=5 * n)
                end_ns = int((end - datetime(1970, 1, 1)).total_seconds()) * 10**9
                clock_ns = end_ns + int(self.clock_s * 1e9)
                rows = self._rows[group, n]
                sender.send(n, end_ns, group, rows, clock_ns=clock_ns, why=why)

    def bucket(self, n: int) -> list[tuple[int, str]]:
        """Return the groups of a bucket in the order in which they come."""
        is_decided = any(map(len, self._rows[DECIDED, n].values()))
        return [(n, BOOK), *([(n, DECIDED)] if is_decided else []), (n, OPTIONS)]

    def touched(self, n: int, *, is_so: bool) -> None:
        """Let price have come to a level in a bucket, or not."""
        none = self._rows[BOOK, n][fields.TOUCHES].slice(0, 0)
        with catalog(self.settings) as connection:
            rows = connection.sql(f"from {fields.TOUCHES} limit 1").to_arrow_table()
        at = rows.column_names.index("bucket_end")
        end = pa.array([self._start + timedelta(seconds=5 * n)], none.schema.field(at).type)
        moved = rows.set_column(at, none.schema.field(at), end)
        self._rows[BOOK, n][fields.TOUCHES] = moved.cast(none.schema) if is_so else none

    def mistake(self, n: int) -> None:
        """Let the next book of a bucket be that of the one before, as if a record lacked."""
        names = ("market.bbo_5s",)
        for name in names:
            rows = self._rows[BOOK, n][name]
            at = rows.column_names.index("mid")
            wrong = pa.array([price - 1.0 for price in rows["mid"].to_pylist()])
            self._rows[BOOK, n][name] = rows.set_column(at, "mid", wrong)


def sending(settings: Settings, warehouse: Path, n_buckets: int) -> Sending:
    """Return who sends a session below a warehouse."""
    return Sending(settings, sent_folder(warehouse, SESSION), n_buckets)


def _known(connection: Any, settings: Settings, n_buckets: int) -> dict[str, Any]:
    (front,) = rows_of(
        connection, "select root, raw_symbol, tick_size, window_start from market.sessions"
    )
    columns: dict[str, list[list[str]]] = {}
    for relation, *column in connection.sql(
        "select relation, name, type, unit, meaning from meta.columns"
    ).fetchall():
        columns.setdefault(relation, []).append(column)
    end = front["window_start"] + timedelta(seconds=5 * n_buckets)
    levels = rows_of(
        connection,
        "select level_id, kind, price, known_at, valid_to from levels.levels where is_tracked",
    )
    return {
        **front,
        "begun_at": 1,
        "session": SESSION,
        "timezone": settings.timezone,
        "window": [settings.window_start, settings.window_end],
        "window_end": end,
        "step": 1.0,
        "levels": levels,
        "absences": [],
        "columns": columns,
    }
