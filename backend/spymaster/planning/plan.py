"""What a run would do: which partitions are built, which are skipped, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Literal

from spymaster.definitions import graph
from spymaster.definitions.lookback import widened
from spymaster.definitions.project import Project
from spymaster.errors import UsageError
from spymaster.planning import snapshot as snapshots
from spymaster.planning.acceptance import standing
from spymaster.planning.fingerprint import Pair, why
from spymaster.planning.snapshot import Snapshot
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL


@dataclass(frozen=True)
class Step:
    """One model in one session."""

    session: date
    model: str
    action: Literal["run", "skip", "hold"]
    """To hold is not to build what failed before and has not changed since."""
    why: str


def plan(
    settings: Settings,
    selector: str | None = None,
    session: date | None = None,
    *,
    sql: Path = SQL,
) -> list[Step]:
    """Return what ``run`` would do, by session and in the order of building.

    A selected model brings along whatever upstream is not up to date, in earlier sessions too
    where it looks back.

    Raises
    ------
    ModelError
        If a model cannot be read.
    UsageError
        If the selector names no model, or the session does not exist.
    """
    snapshot = snapshots.load(settings, sql)
    return promising(
        snapshot, selected(snapshot.project, selector), snapshot.landed.chosen(session)
    )


def selected(project: Project, selector: str | None) -> set[str]:
    """Return the models a selector names that leave partitions; all of them for None.

    Raises
    ------
    UsageError
        If the selector names no model, or only such as live inside a build.
    """
    written = {name for name, model in project.models.items() if project.is_written(model)}
    if selector is None:
        return written
    named = graph.select(project.upstream, selector, project.bare_names)
    if not named & written:
        names = ", ".join(sorted(named))
        raise UsageError(f"{selector}: {names} leaves no partition; keep it, or select a reader")
    return named & written


def promising(snapshot: Snapshot, models: Iterable[str], sessions: Iterable[date]) -> list[Step]:
    """Return the steps, none of them of a build that failed before and has not changed since."""
    found = steps(snapshot, models, sessions)
    while held := [
        day for day, todo in todo_of(found).items() if _fails_again(snapshot, day, todo)
    ]:
        session = min(held)
        snapshot.freeze(session, todo_of(found)[session])
        found = steps(snapshot, models, sessions)
    return found


def todo_of(planned: Iterable[Step]) -> dict[date, set[str]]:
    """Return the models to build of each session."""
    found: dict[date, set[str]] = {}
    for step in planned:
        if step.action == "run":
            found.setdefault(step.session, set()).add(step.model)
    return found


def attempt(snapshot: Snapshot, session: date, models: Iterable[str]) -> str:
    """Return 16 hex digits of all that a build of some models is made of, its audits included."""
    names = [*models, *snapshot.project.audits]
    lines = [f"{name} {snapshot.fingerprints.of(name, session)}" for name in sorted(names)]
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def _fails_again(snapshot: Snapshot, session: date, models: set[str]) -> bool:
    before = snapshot.failed.get(session, [])
    if not before or all(standing(snapshot, failed.subject, session) for failed in before):
        return False
    return attempt(snapshot, session, models) == before[0].attempt


def steps(snapshot: Snapshot, models: Iterable[str], sessions: Iterable[date]) -> list[Step]:
    """Return one step for each pair asked for, and for each outdated one they need."""
    found: dict[Pair, Step] = {}
    left = [(model, session) for session in sessions for model in models]
    asked = set(left)
    while left:
        pair = left.pop()
        if pair in found:
            continue
        if pair in snapshot.frozen or snapshot.is_current(pair):
            if pair in asked:
                found[pair] = _still(snapshot, pair)
            continue
        found[pair] = Step(pair[1], pair[0], "run", _reason(snapshot, pair))
        left += needs(snapshot, pair)
    position = {name: at for at, name in enumerate(snapshot.project.models)}
    return sorted(found.values(), key=lambda step: (step.session, position[step.model]))


def needs(snapshot: Snapshot, pair: Pair) -> Iterator[Pair]:
    """Yield the partitions that building one reads."""
    relation, session = pair
    through, sources = snapshot.fingerprints.reach(relation)
    models = snapshot.project.models
    yield from ((name, session) for name in sources if name in models)
    for model in (models[relation], *through):
        for name, count in widened(snapshot.project, model).items():
            if name in models:
                yield from ((name, at) for at in snapshot.landed.earlier(session, count))


def _still(snapshot: Snapshot, pair: Pair) -> Step:
    if pair not in snapshot.frozen:
        return Step(pair[1], pair[0], "skip", "up to date")
    failed = snapshot.failed.get(pair[1])
    why = f"failed before: {failed[0].message}" if failed else "failed"
    return Step(pair[1], pair[0], "hold", why)


def _reason(snapshot: Snapshot, pair: Pair) -> str:
    build = snapshot.builds.get(pair)
    if build is None:
        return "never built"
    if build.fingerprint == snapshot.fingerprints.of(*pair):
        return "partition file is gone"
    return why(build.reasons, snapshot.fingerprints.text(*pair))
