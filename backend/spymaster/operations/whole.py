"""What built sessions lack of their own window, and why nothing at all is built."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from spymaster import units
from spymaster.errors import UsageError
from spymaster.planning.sessions import SHOWING
from spymaster.planning.snapshot import Snapshot, layout
from spymaster.settings import Settings
from spymaster.warehouse import duck, statements
from spymaster.warehouse.files import spill

FRONTS, SESSIONS = "market.fronts", "market.sessions"
"""The contract of each session, and what is incomplete of it."""


def demand_warehouse(settings: Settings) -> None:
    """Refuse a folder that is no warehouse: one that is not there, or holds other things.

    A scheduler that stands in a wrong one would publish an empty catalog each minute, and call it
    well done. Where the first file is under way there is a lock and no ledger yet.
    """
    place = layout(settings)
    is_new = place.root.is_dir() and not any(place.root.iterdir())
    if not (is_new or place.ledger.exists() or place.lock.exists()):
        raise UsageError(
            f"{place.root}: no warehouse; land files first, or name another by --warehouse"
        )


def incomplete(snapshot: Snapshot, sessions: Iterable[date]) -> dict[date, str]:
    """Return what the window of built sessions lacks, by session; whole ones are left out."""
    if SESSIONS not in snapshot.project.models:
        return {}
    paths = [path for at in sessions if (path := snapshot.partition((SESSIONS, at)))]
    if not paths:
        return {}
    rows = statements.files(paths, snapshot.project.columns[SESSIONS], by_name=True)
    with spill() as folder, duck.in_memory(folder, threads=1) as connection:
        found = f"select session, incomplete from ({rows}) where incomplete is not null"
        return dict(connection.execute(f"{found} order by session").fetchall())


def is_empty(snapshot: Snapshot, session: date) -> bool:
    """Whether a built session has no contract."""
    build = snapshot.builds.get((FRONTS, session))
    return build is not None and build.rows == 0


def why_none(snapshot: Snapshot) -> str:
    """Return why there is no session: what landed, and what the settings ask for."""
    parts = [part for part in snapshot.landed.partitions if part.schema in SHOWING]
    if not parts:
        return "no session landed"
    settings = snapshot.landed.settings
    first = units.from_ns(min(part.first_ns for part in parts))
    last = units.from_ns(max(part.last_ns for part in parts))
    window = f"{settings.window_start:%H:%M} to {settings.window_end:%H:%M} {settings.timezone}"
    return (
        f"records landed from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC, none of them"
        f" in a window of {window}; --window-start and --window-end change it"
    )
