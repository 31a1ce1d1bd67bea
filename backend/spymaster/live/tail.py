"""The newest buckets by the models of the ordinary build, run over the last few of them.

A sandbox has a day's window of some buckets, the book as it stood before them, and the changes
since. What a model looks back at further than that is shown to it from the buckets before, as they
were built; so each bucket costs the same, whenever it comes. Buckets that wait are built together:
a statement costs little more for sixty of them than for one.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spymaster.building import hands
from spymaster.building.sandbox import Sandbox
from spymaster.land.dbn import Records
from spymaster.live import held, raw
from spymaster.live.fold import LEAD, Closed
from spymaster.live.groups import grouped
from spymaster.live.held import Held, carried, rewrite
from spymaster.live.past import show_past
from spymaster.planning.snapshot import Snapshot
from spymaster.units import BUCKET_NS
from spymaster.warehouse import duck, statements

TAIL = 24
"""Buckets that are run over: third differences of what is pooled over a minute ask for 15."""
LEVELS, LEVELS_5S, CHAIN = "levels.levels", "pressure.levels_5s", "options.chain_5s"
TRADES, VOLS = "options.option_trades", "options.vols_5s"
WHOLE = {
    LEVELS_5S: "since when a level is used",
    CHAIN: "the future as it was when an option was last quoted",
    "options.quotes_5s": "when that was",
    "options.contracts": "what is known as the window starts",
    "options.open_interest": "the same",
    "options.usual_flow_5s": "weights are counted from the window's start",
    "options.hedge_5s": "sums count from there",
}
"""Models that run as of the real window, and for which reason; of levels only all are few rows."""
BACK = {
    "pressure.paths_5s": (LEVELS_5S, "pressure.touch_5s"),
    "pressure.arrivals_5s": (LEVELS_5S, "pressure.states_5s", "market.trades_5s"),
    "pressure.touches": (LEVELS_5S,),
    "pressure.usual_shares_5s": ("pressure.depth_shares_5s",),
    CHAIN: ("options.forwards_5s", "options.series_5s"),
    "options.positions_5s": (TRADES,),
    "options.gex_5s": (TRADES,),
    "options.hedge_5s": (TRADES, VOLS),
    "options.strikes_near_levels_5s": (TRADES,),
    "options.usual_flow_5s": ("options.pressure_places_5s", "options.pressure_sums_5s"),
}
"""What models look back at without bound."""
CARRIED = sorted({name for names in BACK.values() for name in names} - {LEVELS_5S})
GIVEN = (
    "market.fronts", LEVELS, "book.large_pulls",
    "book.order_changes", "book.order_tallies", "book.order_rests",
)  # fmt: skip
QUOTES = "bbo-1s"
QUOTED = (QUOTES, "tbbo")
STATED = ("definition", "statistics")
STANDING = ("options.contracts", "options.open_interest")
"""Relations that change only when something new is stated."""
LADDER, BOOK_LADDER = "pressure.ladder_5s", "pressure.book_ladder_5s"
"""A relation that waits for options, and what is of the book alone in it: sent with the book."""
FROM_DAY = ("market.quality_5s",)
EARLY = 1 << 18
"""Quotes from before the window after which those are dropped that newer ones replace."""


class Tail:
    """The sandbox of the newest buckets.

    Parameters
    ----------
    start_ns : int, ns since 1970 UTC
        Of the window.
    """

    def __init__(self, snapshot: Snapshot, session: date, start_ns: int, spill: Path) -> None:
        self._project, self._session, self._start_ns = snapshot.project, session, start_ns
        self.sent = published(snapshot)
        templates = self._project.renderer.part(session, start_ns, start_ns + BUCKET_NS)
        self.sandbox = Sandbox(
            *(self._project, templates, [*self.sent, *CARRIED], spill),
            given=GIVEN,
            side_by_side=hands.number(duck.cores()),
        )
        show_past(self.sandbox, snapshot, session)
        self.held = Held(self.sandbox.connection)
        for relation in CARRIED:
            empty = statements.empty(self._project.columns[relation])
            self.sandbox.connection.execute(f"create table {carried(relation)} as {empty}")
        self._is_stated, self._stated_ns = True, 0
        self._ready_for = 0, 0
        self._n_early = 0
        """Quotes that came since some were dropped, all from before the window."""
        self.groups = grouped(self.sandbox.relations, self._project.upstream)

    @property
    def state(self) -> int:
        """What goes on beside the tables: until when what was stated last is news."""
        return self._stated_ns

    @state.setter
    def state(self, stated_ns: int) -> None:
        self._is_stated, self._stated_ns = True, stated_ns

    def stand(self, given: dict[str, pa.Table]) -> None:
        """Take what the day says: the contract, its levels, what a large withdrawal is."""
        for relation, rows in given.items():
            self.sandbox.give(relation, rows)

    def tell(self, schema: str, records: Records, numbers: NDArray[np.uint32]) -> None:
        """Take records of quotes, trades of options, definitions, statistics; of orders trades."""
        if schema in STATED and len(records):
            self._is_stated = True
            self._stated_ns = max(self._stated_ns, int(records["ts_recv"].max()))
        if schema == "mbo":
            traded = records["action"] == b"T"
            records, numbers = records[traded], numbers[traded]
        if len(records):
            self.sandbox.add(_landed(schema), raw.table(schema, records, numbers))
        if schema == QUOTES and len(records):
            self._note_quotes(len(records), int(records["ts_recv"].max()))

    def keep(self, closed: Closed) -> int:
        """Take what the book did in a bucket; return the first one that is not what it was."""
        return self.held.keep(closed)

    def ready(self, begin: int, n: int) -> None:
        """Make ready for some buckets of the window, from one to another, counted from 1."""
        self._ready_for = begin, n
        self._first, self._last = LEAD + max(begin - 1 - TAIL, 0), LEAD + n
        start_ns, self._end_ns = (self._start_ns + at * BUCKET_NS for at in (self._first - LEAD, n))
        self._from_ns = self._start_ns + begin * BUCKET_NS if begin > 1 else 0
        part = self._project.renderer.part
        tail = part(self._session, start_ns, self._end_ns)
        whole = part(self._session, self._start_ns, self._end_ns)
        self.sandbox.at(tail, dict.fromkeys(WHOLE, whole))
        self._show(self._first, start_ns)

    def set(self, begin: int, n: int) -> None:
        """Make these the newest, as ``ready`` does, with what the book did in them."""
        if self._ready_for != (begin, n):
            self.ready(begin, n)
        self.sandbox.give("book.order_changes", held.changes(self._first, self._last))
        self.sandbox.give("book.order_tallies", held.tallies(self._first, self._last))
        self.sandbox.give("book.order_rests", held.rests(self._first, self._last))

    def build(self, group: str) -> dict[str, pa.Table]:
        """Build a group of models, and return the newest buckets of what is published of it."""
        made = self.groups[group]
        self.sandbox.build(only=made if self._is_stated else made - {*STANDING})
        if group == "options" and self._end_ns > self._stated_ns:
            self._is_stated = False
        self._carry([name for name in CARRIED if name in made])
        found = {name: self.newest(name) for name in self.sent if name in made}
        return found | ({LADDER: self.newest(BOOK_LADDER)} if BOOK_LADDER in made else {})

    def newest(self, relation: str) -> pa.Table:
        """Return the rows of the newest buckets; of the first those before the window too."""
        source, end = statements.built(relation), _at(self._end_ns)
        query = f"from {source} where bucket_end between {_at(self._from_ns)} and {end}"
        return self.sandbox.connection.execute(query).to_arrow_table()

    def forget(self, n: int) -> None:
        """Drop what no bucket from the window's nth on needs."""
        self.held.forget(LEAD + n - 1 - TAIL)  # as ``ready`` begins
        before_ns = self._start_ns + (n - TAIL - 1) * BUCKET_NS
        first, trades = _at(self._start_ns + BUCKET_NS), carried(TRADES)
        vol_at = f"greatest(bucket_end - to_microseconds({BUCKET_NS // 1_000}), {first})"
        kept = {
            # of other vols nobody asks
            carried(VOLS): f"bucket_end >= {_at(before_ns)} or (bucket_end, expiry, strike) in"
            f" (select ({vol_at}, expiry, strike) from {trades})",
            statements.built("raw.mbo"): f"ts_recv >= {before_ns}",
            statements.built("raw.tbbo"): f"ts_recv >= {before_ns}",
        }
        for table, rows in kept.items():
            rewrite(self.sandbox.connection, table, rows)
        self._forget_quotes(before_ns)
        duck.give_back()

    def _note_quotes(self, count: int, until_ns: int) -> None:
        """Keep of a night's quotes the last ones: the window knows no others."""
        self._n_early = self._n_early + count if until_ns < self._start_ns else 0
        if self._n_early >= EARLY:
            self._forget_quotes(until_ns)
            self._n_early = 0

    def _forget_quotes(self, before_ns: int) -> None:
        """Drop the quotes from before a time, but for the last of each instrument."""
        quotes = statements.built("raw.bbo_1s")
        last = (
            f"select max(row_no) from {quotes} as new"
            f" where new.instrument_id = old.instrument_id and new.ts_recv < {before_ns}"
        )
        rewrite(self.sandbox.connection, quotes, f"ts_recv >= {before_ns} or row_no >= ({last})")

    def _show(self, first: int, start_ns: int) -> None:
        """Let each model see what it looks back at, and no more of what is long."""
        see, from_ns, used = self.sandbox.see, self._from_ns, statements.built(LEVELS_5S)
        self.sandbox.let_show(LEVELS_5S, f"from {used} where bucket_end > {_at(start_ns)}")
        for reader, relations in BACK.items():
            for name in relations:
                if name == LEVELS_5S:
                    see(reader, name, f"from {used}")
                else:
                    own = f"from {statements.built(name)} where bucket_end >= {_at(from_ns)}"
                    before = f"from {carried(name)} where bucket_end < {_at(from_ns)}"
                    see(reader, name, f"{before} union all by name {own}")
        known = f"greatest(known_at, {_at(start_ns + BUCKET_NS)}) as known_at"
        contracts = statements.built("options.contracts")
        see(CHAIN, "options.contracts", f"select * replace ({known}) from {contracts}")
        summed = statements.built("book.batch_tallies_5s")
        see(
            "book.tallies_5s",
            "book.batch_tallies_5s",
            f"from {summed} union all by name {held.book(first - 1)}",
        )
        fills = statements.built("book.fills")
        columns = "seq, order_id, ts_recv, is_bid, tick, qty, orders_delta"
        see(
            "book.added_again",
            "book.fills",
            f"from {fills} union all by name select {columns} from held.fills"
            f" where bucket_no < {first} and order_id in (select order_id from {fills})",
        )

    def _carry(self, relations: list[str]) -> None:
        for name in relations:
            table, source = carried(name), statements.built(name)
            run, newest = self.sandbox.connection.execute, _at(self._from_ns)
            run(f"delete from {table} where bucket_end >= {newest}")
            run(
                f"insert into {table} by name from {source}"
                f" where bucket_end between {newest} and {_at(self._end_ns)}"
            )


def published(snapshot: Snapshot) -> list[str]:
    """Return the relations that have rows of buckets, but for what the day says."""
    models: Any = snapshot.project.models.values()
    return [
        model.relation
        for model in models
        if model.header.is_written
        and "bucket_end" in [column.name for column in model.header.columns]
        and model.relation not in FROM_DAY
    ]


def _landed(schema: str) -> str:
    return f"raw.{schema.replace('-', '_')}"


def _at(ns: int) -> str:
    return f"make_timestamp({ns // 1_000})"
