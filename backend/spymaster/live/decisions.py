"""What past sessions say about a touch, in the bucket in which somebody decides about it.

The models of setups and analogs, run over the buckets that they look back at, and only when a
decision falls: a few times a session.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa

from spymaster.building.sandbox import Sandbox
from spymaster.live.held import KEPT, rewrite
from spymaster.live.past import show_past
from spymaster.planning.snapshot import Snapshot
from spymaster.units import BUCKET_NS
from spymaster.warehouse import statements

MADE = (
    "setups.decisions", "setups.segments", "setups.vectors", "analogs.neighbours",
    "analogs.candidates", "analogs.cards", "analogs.forecasts",
)  # fmt: skip
TOUCHES = "pressure.touches"
ASKED = (
    "market.bbo_5s", "pressure.levels_5s", "pressure.states_5s", TOUCHES, "pressure.cells_5s",
    "pressure.touch_5s", "pressure.imbalance_5s", "pressure.tape_5s",
)  # fmt: skip
"""What they are made of in this session; all of it is sent with the book."""
LATER = ("market.sessions", "setups.outcomes", "setups.walks")
"""What of this session is known when it is over, and of which they ask for earlier ones."""
MEMORY = 24
"""Buckets before a decision that it looks back at, see ``sql/macros/setups.sql``."""
DROPPED_NS = 12 * BUCKET_NS
"""How often older ones are dropped."""
SECOND_US, BUCKET_US = 1_000_000, BUCKET_NS // 1_000


class Decisions:
    """A sandbox of the buckets that a decision looks back at.

    Parameters
    ----------
    start_ns : int, ns since 1970 UTC
        Of the window.
    """

    def __init__(self, snapshot: Snapshot, session: date, start_ns: int, spill: Path) -> None:
        self._renderer = snapshot.project.renderer
        self._session, self._start_ns = session, start_ns
        self._waits_us = [wait * SECOND_US for wait in snapshot.project.settings.setup_waits]
        templates = self._renderer.part(session, start_ns, start_ns + BUCKET_NS)
        given = (*ASKED, *LATER)
        self.sandbox = Sandbox(snapshot.project, templates, MADE, spill, given=given)
        show_past(self.sandbox, snapshot, session)
        self.memory = MEMORY + max(self._waits_us) // BUCKET_US + KEPT
        """Buckets whose rows it keeps."""
        self._touches: set[int] = set()
        self._dropped_ns = 0

    def take(self, tables: dict[str, pa.Table], from_ns: int, end_ns: int) -> None:
        """Take the rows of buckets from one end to another, in place of what those had."""
        # of buckets that come together the first looks back, too
        oldest = _at(max(from_ns - self.memory * BUCKET_NS, 0))
        is_to_drop = end_ns >= self._dropped_ns + DROPPED_NS
        for name in ASKED:
            table, run = statements.built(name), self.sandbox.connection.execute
            run(f"delete from {table} where bucket_end >= {_at(from_ns)}")
            if is_to_drop:
                rewrite(self.sandbox.connection, table, f"bucket_end >= {oldest}")
            self.sandbox.add(name, tables[name])
        self._dropped_ns = end_ns if is_to_drop else self._dropped_ns
        found = self.sandbox.ask(f"select epoch_us(bucket_end) as at from {TOUCHES}")
        self._touches = {int(one["at"]) for one in found}

    def made(self, from_ns: int, end_ns: int) -> dict[str, pa.Table]:
        """Return what is decided in buckets from one end to another; nothing where nothing is."""
        decided = {at + wait for at in self._touches for wait in self._waits_us}
        if not any(from_ns // 1_000 <= at <= end_ns // 1_000 for at in decided):
            return {}
        self.sandbox.at(self._renderer.part(self._session, self._start_ns, end_ns))
        self.sandbox.build()
        between = f"{decided_at()} between {_at(from_ns)} and {_at(end_ns)}"
        run = self.sandbox.connection.execute
        queries = {name: f"from {statements.built(name)} where {between}" for name in MADE}
        return {name: run(query).to_arrow_table() for name, query in queries.items()}


def decided_at() -> str:
    """Return the end of the bucket of a decision, in all that is made of it."""
    return "touched_at + to_seconds(wait_s)"


def _at(ns: int) -> str:
    return f"make_timestamp({ns // 1_000})"
