"""A session that had its contract keeps it: settings that name another are refused, not obeyed."""

from __future__ import annotations

from spymaster.building.task import Failure, Outcome
from spymaster.planning.snapshot import Snapshot
from spymaster.warehouse import duck, statements

FRONTS, SESSIONS = "market.fronts", "market.sessions"
"""The contract of a session, and what is said of it."""


def emptied(snapshot: Snapshot, outcome: Outcome) -> list[Failure]:
    """Return what is wrong with a build that found no contract where there was one before."""
    written = {one.relation: one for one in outcome.written}
    before = snapshot.builds.get((FRONTS, outcome.session))
    if FRONTS not in written or written[FRONTS].rows or not (before and before.rows):
        return []
    settings = snapshot.project.settings
    found = f"no contract by root {settings.root}"
    if settings.instrument:
        found = f"no contract by instrument {settings.instrument}"
    if SESSIONS in written:
        found = _incomplete(snapshot, str(written[SESSIONS].path)) or found
    return [Failure(outcome.session, FRONTS, f"{found}; what was built before stays")]


def _incomplete(snapshot: Snapshot, path: str) -> str | None:
    rows = statements.files([path], snapshot.project.columns[SESSIONS])
    with duck.in_memory(snapshot.layout.tmp, threads=1) as connection:
        row = connection.execute(f"select incomplete from ({rows})").fetchone()
    return row[0] if row else None
