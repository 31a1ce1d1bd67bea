"""What a run would do: which partitions are built, which are skipped, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Literal

from spymaster.errors import UsageError
from spymaster.models import graph
from spymaster.models import state as states
from spymaster.models.acceptance import standing
from spymaster.models.fingerprint import Pair, why
from spymaster.models.lookback import widened
from spymaster.models.project import Project
from spymaster.models.state import State
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
    state = states.load(settings, sql)
    return promising(state, selected(state.project, selector), state.landed.chosen(session))


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


def promising(state: State, models: Iterable[str], sessions: Iterable[date]) -> list[Step]:
    """Return the steps, none of them of a build that failed before and has not changed since."""
    found = steps(state, models, sessions)
    while held := [day for day, todo in todo_of(found).items() if _fails_again(state, day, todo)]:
        session = min(held)
        state.freeze(session, todo_of(found)[session])
        found = steps(state, models, sessions)
    return found


def todo_of(planned: Iterable[Step]) -> dict[date, set[str]]:
    """Return the models to build of each session."""
    found: dict[date, set[str]] = {}
    for step in planned:
        if step.action == "run":
            found.setdefault(step.session, set()).add(step.model)
    return found


def attempt(state: State, session: date, models: Iterable[str]) -> str:
    """Return 16 hex digits of all that a build of some models is made of, its audits included."""
    names = [*models, *state.project.audits]
    lines = [f"{name} {state.fingerprints.of(name, session)}" for name in sorted(names)]
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def _fails_again(state: State, session: date, models: set[str]) -> bool:
    before = state.failed.get(session, [])
    if not before or all(standing(state, failed.subject, session) for failed in before):
        return False
    return attempt(state, session, models) == before[0].attempt


def steps(state: State, models: Iterable[str], sessions: Iterable[date]) -> list[Step]:
    """Return one step for each pair asked for, and for each outdated one they need."""
    found: dict[Pair, Step] = {}
    left = [(model, session) for session in sessions for model in models]
    asked = set(left)
    while left:
        pair = left.pop()
        if pair in found:
            continue
        if pair in state.frozen or state.is_current(pair):
            if pair in asked:
                found[pair] = _still(state, pair)
            continue
        found[pair] = Step(pair[1], pair[0], "run", _reason(state, pair))
        left += needs(state, pair)
    position = {name: at for at, name in enumerate(state.project.models)}
    return sorted(found.values(), key=lambda step: (step.session, position[step.model]))


def needs(state: State, pair: Pair) -> Iterator[Pair]:
    """Yield the partitions that building one reads."""
    relation, session = pair
    through, sources = state.fingerprints.reach(relation)
    models = state.project.models
    yield from ((name, session) for name in sources if name in models)
    for model in (models[relation], *through):
        for name, count in widened(state.project, model).items():
            if name in models:
                yield from ((name, at) for at in state.landed.earlier(session, count))


def _still(state: State, pair: Pair) -> Step:
    if pair not in state.frozen:
        return Step(pair[1], pair[0], "skip", "up to date")
    failed = state.failed.get(pair[1])
    why = f"failed before: {failed[0].message}" if failed else "failed"
    return Step(pair[1], pair[0], "hold", why)


def _reason(state: State, pair: Pair) -> str:
    build = state.builds.get(pair)
    if build is None:
        return "never built"
    if build.fingerprint == state.fingerprints.of(*pair):
        return "partition file is gone"
    return why(build.reasons, state.fingerprints.text(*pair))
