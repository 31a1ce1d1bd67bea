"""Gamma exposure in SQL on chains that a test gives as values, built in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pyarrow as pa

from spymaster.definitions import graph
from spymaster.definitions.loading import load
from spymaster.settings import Settings
from spymaster.warehouse import duck, statements
from spymaster.warehouse.columns import SQL

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row] | pa.Table]
"""Rows of relations that are given; a column that a row leaves out is null."""
SESSION = date(2024, 3, 5)
WINDOW = Settings(window_start=time(9, 30), window_end=time(9, 32))
"""Two minutes: 24 buckets."""
START = datetime(2024, 3, 5, 14, 30)
"""Of the window, UTC."""
BUCKET = timedelta(seconds=5)
FRONT = 1
"""Instrument number of the session's contract."""
GIVEN = (
    *("options.contracts", "options.chain_5s", "options.vols_5s", "staging.tbbo"),
    *("market.fronts", "market.bbo_5s", "market.prints", "pressure.levels_5s"),
)
BUILT = (
    *("options.option_trades", "options.gex_5s", "options.gex_profile_5s", "options.flow_5s"),
    *("options.pressure_5s", "options.ladder_options_5s"),
)
FRONTS = [
    {"session": SESSION, "root": "ES", "instrument_id": FRONT, "tick_e9": 250_000_000}
    | {"tick_size": 0.25}
]


class Exposure:
    """The relations of exposure, built anew for each chain."""

    def __init__(self, settings: Settings = WINDOW, threads: int = 1) -> None:
        project = load(settings, SQL, {})
        templates = project.renderer.session(SESSION)
        needed = graph.ancestors(
            {name: () if name in GIVEN else reads for name, reads in project.upstream.items()},
            BUILT,
        )
        self.connection = duck.in_memory(Path(mkdtemp()), threads=threads)
        self.connection.execute(statements.schemas([*needed, *GIVEN]))
        for macro in project.renderer.macros.values():
            self.connection.execute(macro)
        for name in GIVEN:
            columns = project.models[name].header.columns
            table = f"create table {name} as {statements.empty(columns)}"
            self.connection.execute(table)
        self.models = {
            name: (model.header.is_view, templates.render(model.source.template))
            for name, model in project.models.items()
            if name in needed and name not in GIVEN
        }

    def build(self, tables: Tables) -> Exposure:
        """Build every relation from given ones; those not given are empty, but for the front."""
        for name in GIVEN:
            self._fill(name, ({"market.fronts": FRONTS} | dict(tables)).get(name, ()))
        for name, (is_view, query) in self.models.items():
            kind = "view" if is_view else "table"
            self.connection.execute(f"create or replace {kind} {name} as {query}")
        return self

    def rows(self, query: str) -> list[Row]:
        """Return the rows of a query."""
        result = self.connection.execute(query)
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def by(self, relation: str, *keys: str) -> dict[Any, Row]:
        """Return the rows of a relation by the values of some columns, of one by itself."""
        rows = self.rows(f"from {relation}")
        return {_key(row, keys): row for row in rows}

    def _fill(self, name: str, rows: Iterable[Row] | pa.Table) -> None:
        self.connection.execute(f"truncate {name}")
        table = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(list(rows))
        if table.num_rows:
            self.connection.register("given", table)
            self.connection.execute(f"insert into {name} by name from given")
            self.connection.unregister("given")


def _key(row: Row, keys: Sequence[str]) -> Any:
    return row[keys[0]] if len(keys) == 1 else tuple(row[key] for key in keys)


@cache
def exposure() -> Exposure:
    """One session for all tests, for it takes a while to read every model."""
    return Exposure()


def bucket(number: int) -> datetime:
    """Return the end of the bucket of a number from 1; 0 is what came before the window."""
    return START + number * BUCKET
