"""Gamma exposure in SQL on chains that a test gives as values, built in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

import pyarrow as pa

from sandboxes import Row, project, sandbox
from spymaster.definitions import graph
from spymaster.settings import Settings

Tables = Mapping[str, list[Row] | pa.Table]
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
    *("options.open_interest", "options.forwards_5s"),
    *("market.fronts", "market.bbo_5s", "market.prints", "pressure.levels_5s"),
    *("pressure.cells_5s",),
)
BUILT = (
    *("options.option_trades", "options.gex_5s", "options.gex_profile_5s", "options.flow_5s"),
    *("options.hedge_5s", "options.hedge_rungs_5s"),
    *("options.hedge_ladder_5s",),
    *(
        "options.walls_5s",
        "options.skew_5s",
        "options.gex_by_strike_5s",
        "options.pressure_5s",
        "options.ladder_options_5s",
    ),
)
FRONTS = [
    {"session": SESSION, "root": "ES", "instrument_id": FRONT, "tick_e9": 250_000_000}
    | {"tick_size": 0.25}
]


class Exposure:
    """The relations of exposure, built anew for each chain."""

    def __init__(self, settings: Settings = WINDOW, threads: int = 1) -> None:
        self.sandbox = sandbox(settings, SESSION, BUILT, given=GIVEN, threads=threads)
        self.connection = self.sandbox.connection

    def build(self, tables: Tables, *ends: str) -> Exposure:
        """Build from given relations every one, or what some are made of.

        Those not given are empty, but for the front; those not built are what they were before.
        """
        for name in GIVEN:
            rows = ({"market.fronts": FRONTS} | dict(tables)).get(name, ())
            if len(rows):
                is_table = isinstance(rows, pa.Table)
                self.sandbox.give(name, rows if is_table else pa.Table.from_pylist(rows))
            else:
                self.sandbox.empty(name)
        self.sandbox.build(only=_made_of(ends) if ends else None)
        return self

    def rows(self, query: str) -> list[Row]:
        """Return the rows of a query."""
        return self.sandbox.ask(query)

    def by(self, relation: str, *keys: str) -> dict[Any, Row]:
        """Return the rows of a relation by the values of some columns, of one by itself."""
        rows = self.rows(f"from {relation}")
        return {_key(row, keys): row for row in rows}


def _key(row: Row, keys: Sequence[str]) -> Any:
    return row[keys[0]] if len(keys) == 1 else tuple(row[key] for key in keys)


@cache
def _made_of(ends: tuple[str, ...]) -> set[str]:
    """Return some relations and all that they are made of."""
    upstream = project(WINDOW).upstream
    return graph.ancestors({n: () if n in GIVEN else upstream[n] for n in upstream}, ends)


@cache
def exposure() -> Exposure:
    """One session for all tests, for it takes a while to read every model."""
    return Exposure()


def bucket(number: int) -> datetime:
    """Return the end of the bucket of a number from 1; 0 is what came before the window."""
    return START + number * BUCKET
