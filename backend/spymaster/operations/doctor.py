"""Whether a warehouse is well: what a person would look at first, and what is wrong with it."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

from spymaster.catalog import publish as publishing
from spymaster.catalog import write as catalog
from spymaster.errors import SpymasterError
from spymaster.operations.gc import find as orphans
from spymaster.operations.whole import incomplete, why_none
from spymaster.planning import snapshot as snapshots
from spymaster.planning.plan import Plan, promising
from spymaster.planning.snapshot import Snapshot
from spymaster.settings import Settings, deciding
from spymaster.units import from_ns
from spymaster.warehouse import duck, published
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.layout import SENT, Layout
from spymaster.warehouse.lock import holder

KEY = "DATABENTO_API_KEY"
LEAST_FREE_BYTES = 2**30
SHOWN = 5
Found = tuple[str, str | None]
"""What was found, and what is wrong with it, if anything is."""


@dataclass(frozen=True)
class Check:
    """One thing looked at."""

    name: str
    found: str
    problem: str | None = None
    """What is wrong and what to do, in one line."""


def doctor(settings: Settings, *, sql: Path = SQL) -> list[Check]:
    """Look at a warehouse without changing anything, beside whatever runs."""
    return [_checked(name, look) for name, look in _looks(settings, sql)]


def _looks(settings: Settings, sql: Path) -> Iterator[tuple[str, Callable[[], Found]]]:
    layout = snapshots.layout(settings)
    yield "spymaster", lambda: (f"{version('spymaster')}, Python {sys.version.split()[0]}", None)
    yield "duckdb", lambda: (f"{duck.VERSION}, catalogs in storage {catalog.STORAGE}", None)
    yield "key", lambda: (f"{KEY} is {'set' if os.environ.get(KEY) else 'not set'}", None)
    yield "warehouse", partial(_warehouse, layout)
    if not layout.root.is_dir():
        return
    yield "disk", partial(_disk, layout)
    yield "writer", lambda: (holder(layout) or "nobody", None)
    yield "catalogs", partial(_catalogs, layout)
    yield "live", partial(_live, layout)
    try:
        snapshot = snapshots.load(settings, sql)
    except SpymasterError as error:
        yield "models", partial(_broken, error)
        return
    yield "settings", partial(_settings, snapshot)
    yield "landed", partial(_landed, snapshot)
    yield "partitions", partial(_partitions, snapshot)
    yield "orphans", partial(_orphans, snapshot)
    plan = cache(partial(_plan, snapshot))
    yield "sessions", lambda: _sessions(snapshot, plan())
    yield "incomplete", partial(_incomplete, snapshot)
    yield "failed", lambda: _failed(snapshot, plan())
    yield "accepted", partial(_accepted, snapshot)


def _settings(snapshot: Snapshot) -> Found:
    """Return what the warehouse was built with, as far as it is not the default."""
    defaults = deciding(Settings(snapshot.layout.root))
    other = [f"{key} = {text}" for key, text in snapshot.own.items() if text != defaults.get(key)]
    return (", ".join(other) or "default" if snapshot.own else "open: nothing is built"), None


def _checked(name: str, look: Callable[[], Found]) -> Check:
    try:
        return Check(name, *look())
    except SpymasterError as error:
        return Check(name, "unknown", str(error))
    except OSError as error:
        return Check(name, "unknown", f"{error.filename}: {error.strerror}")


def _broken(error: SpymasterError) -> Found:
    return "cannot be read", " | ".join(str(error).splitlines())


def _warehouse(layout: Layout) -> Found:
    if not layout.root.exists():
        return f"{layout.root}, not there yet", None
    if not layout.root.is_dir():
        return str(layout.root), "is no folder"
    if not os.access(layout.root, os.W_OK):
        return str(layout.root), "may not be written by this user"
    return str(layout.root), None


def _disk(layout: Layout) -> Found:
    free = shutil.disk_usage(layout.root).free
    is_low = free < LEAST_FREE_BYTES
    return f"{size(free)} free", "too little for a build; gc may free some" if is_low else None


def _catalogs(layout: Layout) -> Found:
    if not layout.link.exists():
        return "none published", "readers find nothing; run" if layout.link.is_symlink() else None
    found = f"{layout.link.resolve().name}, {len(catalog.kept(layout))} kept"
    gone = [file for file in publishing.listed(layout.link) if not (layout.root / file).exists()]
    if gone:
        return found, f"lists files that are gone, such as {min(gone)}; run"
    if published.is_elsewhere(layout):
        return found, "was written for another folder; run"
    return found, None


def _landed(snapshot: Snapshot) -> Found:
    parts, layout = snapshot.landed.partitions, snapshot.layout
    held = {part.file: part.bytes for part in parts}
    gone = [path for path in (layout.root / file for file in held) if not path.exists()]
    found = f"{len(held)} files, {size(sum(held.values()))}"
    return found, f"{len(gone)} are gone, such as {gone[0]}; land again" if gone else None


def _partitions(snapshot: Snapshot) -> Found:
    builds = [build for found in publishing.in_force(snapshot).values() for build in found]
    return f"{len(builds)} in force, {size(sum(build.bytes for build in builds))}", None


def _orphans(snapshot: Snapshot) -> Found:
    found = orphans(snapshot)
    kinds = {"partition": 0, "catalog": 0, "temporary": 0, "checkpoint": 0}
    for orphan in found:
        kinds[orphan.kind] += 1
    counts = ", ".join(f"{count} {kind}" for kind, count in kinds.items() if count)
    if not found:
        return "none", None
    return f"{counts}, {size(sum(orphan.bytes for orphan in found))}; gc removes them", None


def _plan(snapshot: Snapshot) -> Plan:
    return promising(snapshot, None, snapshot.landed.sessions)


def _sessions(snapshot: Snapshot, plan: Plan) -> Found:
    if not snapshot.landed.sessions:
        return f"none: {why_none(snapshot)}", None
    stale = sorted(map(str, plan.todo))
    found = f"{len(snapshot.landed.sessions)}, {len(stale)} to build"
    return f"{found}: {_some(stale)}" if stale else found, None


def _live(layout: Layout) -> Found:
    """Say how far the newest session got that was built while it ran."""
    logs = sorted(layout.live.glob(f"*/{SENT}"))
    lines = logs[-1].read_text(encoding="utf-8").split("\n")[:-1] if logs else []
    if not lines:
        return "never", None
    said = json.loads(lines[-1])
    end = f"{from_ns(said['bucket_end']):%H:%M:%S}"
    sent = f"{from_ns(said['sent_at']):%Y-%m-%d %H:%M:%S}"
    return f"{logs[-1].parent.name}, bucket {said['seq']} to {end}, sent {sent} UTC", None


def _incomplete(snapshot: Snapshot) -> Found:
    found = incomplete(snapshot, snapshot.landed.sessions)
    lines = [f"{day}: {lacks}" for day, lacks in found.items()]
    return f"{len(found)}: {_some(lines)}" if found else "none", None


def _failed(snapshot: Snapshot, plan: Plan) -> Found:
    held = [one for day in sorted(plan.held) for one in snapshot.failed[day]]
    return (f"{len(held)}", _some([one.message for one in held])) if held else ("none", None)


def _accepted(snapshot: Snapshot) -> Found:
    given = [
        f"{one.session} {one.audit} by {one.accepted_by}" for one in snapshot.standing.values()
    ]
    return _some(given) if given else "none", None


def _some(lines: list[str]) -> str:
    more = f" and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return "; ".join(lines[:SHOWN]) + more


def size(count: int) -> str:
    """Return bytes as a person reads them.

    >>> size(1_234_567)
    '1.2 MB'
    """
    amount, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
