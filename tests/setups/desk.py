"""Forecasts in SQL over sessions that a test gives as values, one session after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from time import process_time
from typing import Any

import pyarrow as pa

from spymaster.definitions.loading import load
from spymaster.settings import Settings
from spymaster.warehouse import duck, statements
from spymaster.warehouse.columns import SQL

Row = dict[str, Any]
WAITS, HORIZONS = (0, 30), (120, 300)
RULES = Settings(
    setup_waits=WAITS,
    setup_horizons=HORIZONS,
    analog_k=7,
    analog_min_sessions=7,
)
"""Few neighbours, so that a handful of sessions has more setups than are taken."""
GIVEN = ("market.sessions", "setups.decisions", "setups.vectors", "setups.outcomes", "setups.walks")


@dataclass(frozen=True)
class Day:
    """What one session knows of itself: rows of ``GIVEN``."""

    session: date
    sessions: Sequence[Row]
    decisions: Sequence[Row]
    vectors: Sequence[Row]
    outcomes: Sequence[Row]
    walks: Sequence[Row]

    def rows(self, relation: str) -> Sequence[Row]:
        """Return the rows of a given relation."""
        found: Sequence[Row] = getattr(self, relation.split(".")[1])
        return found


@dataclass
class Desk:
    """Every relation of ``analogs``, built session by session as the loader would."""

    settings: Settings = RULES
    threads: int = 1
    sessions: list[date] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._project = _project(self.settings)
        self._models = {
            name: model
            for name, model in self._project.models.items()
            if name.startswith("analogs.")
        }
        self.connection = duck.in_memory(Path(mkdtemp()), threads=self.threads)
        self.connection.execute(statements.schemas([*GIVEN, *self._models], "kept"))
        for macro in self._project.renderer.macros.values():
            self.connection.execute(macro)
        for name in (*GIVEN, *self._models):
            columns = self._project.models[name].header.columns
            self.connection.execute(f"create table {kept(name)} as {statements.empty(columns)}")

    @property
    def written(self) -> list[str]:
        """Relations of which every session leaves rows."""
        return [name for name, model in self._models.items() if model.header.is_written]

    def add(self, day: Day) -> dict[str, float]:
        """Build a session after those before it; return CPU seconds by relation."""
        costs = {}
        for name in GIVEN:
            self._insert(name, day.rows(name))
        self.sessions.append(day.session)
        templates = self._project.renderer.session(day.session)
        for name, model in self._models.items():
            before = process_time()
            for upstream in model.upstream:
                self._show(upstream, day.session, model.header.lookback.get(upstream, 0))
            query = templates.render(model.source.template)
            self.connection.execute(f"create or replace table built as {query}")
            if not model.header.is_written:
                # a step lives for one build only
                self.connection.execute(f"truncate {kept(name)}")
            self.connection.execute(f"insert into {kept(name)} by name from built")
            costs[name] = process_time() - before
        return costs

    def rendered(self, relation: str, session: date) -> str:
        """Return the query of a relation in a session."""
        query: str = self._project.renderer.session(session).render(
            self._models[relation].source.template
        )
        return query

    def rows(self, relation: str, session: date | None = None) -> list[Row]:
        """Return what was built, of one session."""
        where = "" if session is None else f"where session = date '{session}'"
        result = self.connection.execute(f"from {kept(relation)} {where}")
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def _show(self, relation: str, session: date, lookback: int) -> None:
        header = self._project.models[relation].header
        earlier = self.sessions[:-1][-lookback:] if lookback else []
        own = [] if header.looks_forward and lookback else [session]
        shown = ", ".join(f"date '{one}'" for one in (*earlier, *own)) or "null"
        where = f"where session in ({shown})" if header.is_written else ""
        self.connection.execute(
            f"create or replace view {statements.name(relation)} as from {kept(relation)} {where}"
        )

    def _insert(self, name: str, rows: Sequence[Row]) -> None:
        if rows:
            self.connection.register("given", pa.Table.from_pylist(list(rows)))
            self.connection.execute(f"insert into {kept(name)} by name from given")
            self.connection.unregister("given")


def kept(relation: str) -> str:
    """Return the table with the rows of a relation of all sessions."""
    return f'kept."{relation}"'


@cache
def _project(settings: Settings) -> Any:
    return load(settings, SQL, {})


def at(session: date, seconds: int) -> datetime:
    """Return a time of a session's window, UTC."""
    return datetime(session.year, session.month, session.day, 14, 30 + seconds // 60, seconds % 60)
