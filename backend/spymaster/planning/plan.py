"""What a run would do: which partitions are built, which are skipped, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Literal

from spymaster.definitions import graph
from spymaster.definitions.project import Project
from spymaster.errors import UsageError
from spymaster.planning.fingerprint import Pair, why
from spymaster.planning.snapshot import Snapshot


@dataclass(frozen=True)
class Step:
    """One model in one session."""

    session: date
    model: str
    action: Literal["run", "skip", "hold"]
    """To hold is not to build what failed before and has not changed since."""
    why: str


@dataclass(frozen=True)
class Plan:
    """What a run would do, worked out once and handed on."""

    steps: tuple[Step, ...]
    """By session, and in the order of building."""
    attempts: Mapping[date, str] = field(default_factory=dict)
    """16 hex digits of all that the build of each session in ``todo`` is made of, its audits
    included: the very same build fails again."""
    coming: Mapping[Pair, str] = field(default_factory=dict)
    """Fingerprints of the partitions that are to be built."""

    @cached_property
    def todo(self) -> dict[date, set[str]]:
        """The models to build of each session.

        >>> day = date(2024, 3, 5)
        >>> steps = Step(day, "market.days", "run", ""), Step(day, "market.lows", "skip", "")
        >>> Plan(steps).todo
        {datetime.date(2024, 3, 5): {'market.days'}}
        """
        found: dict[date, set[str]] = {}
        for step in self.steps:
            if step.action == "run":
                found.setdefault(step.session, set()).add(step.model)
        return found

    @cached_property
    def held(self) -> set[date]:
        """Sessions of which something is not built, since it failed and nothing changed since."""
        return {step.session for step in self.steps if step.action == "hold"}


def selected(project: Project, selector: str | None) -> set[str]:
    """Return the models a selector names that leave partitions; all of them for None.

    Raises
    ------
    UsageError
        If the selector names no model, or only such as live inside a build.
    """
    if selector is None:
        return set(project.written)
    named = graph.select(project.upstream, selector, project.bare_names)
    if not named & project.written:
        names = ", ".join(sorted(named))
        raise UsageError(f"{selector}: {names} leaves no partition; keep it, or select a reader")
    return named & project.written


def promising(snapshot: Snapshot, selector: str | None, sessions: Iterable[date]) -> Plan:
    """Return a plan with no build in it that failed before and has not changed since.

    What is held is frozen in the snapshot, so that later sessions look back at what is in force.

    Raises
    ------
    UsageError
        If the selector names no model, or only such as leave no partition.
    """
    models = selected(snapshot.project, selector)
    plan = _plan(snapshot, models, sessions)
    while again := [day for day in plan.todo if _fails_again(snapshot, day, plan.attempts[day])]:
        session = min(again)  # first, since what comes after may look back at it
        snapshot.freeze(session, plan.todo[session])
        plan = _plan(snapshot, models, sessions)
    return plan


def _plan(snapshot: Snapshot, models: Iterable[str], sessions: Iterable[date]) -> Plan:
    plan = Plan(tuple(steps(snapshot, models, sessions)))
    attempts = {day: _attempt(snapshot, day, todo) for day, todo in plan.todo.items()}
    pairs = [(model, day) for day, todo in plan.todo.items() for model in todo]
    coming = {pair: snapshot.fingerprints.of(*pair) or "" for pair in pairs}
    return replace(plan, attempts=attempts, coming=coming)


def _attempt(snapshot: Snapshot, session: date, models: Iterable[str]) -> str:
    names = [*models, *snapshot.project.audits]
    lines = [f"{name} {snapshot.fingerprints.of(name, session)}" for name in sorted(names)]
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def _fails_again(snapshot: Snapshot, session: date, attempt: str) -> bool:
    before = snapshot.failed.get(session, [])
    if not before or all((one.subject, session) in snapshot.standing for one in before):
        return False
    return attempt == before[0].attempt


def steps(snapshot: Snapshot, models: Iterable[str], sessions: Iterable[date]) -> list[Step]:
    """Return one step for each pair that is wanted, and for each outdated one it needs."""
    found: dict[Pair, Step] = {}
    left = [(model, session) for session in sessions for model in models]
    wanted = set(left)
    while left:
        pair = left.pop()
        if pair in found:
            continue
        if pair in snapshot.frozen or snapshot.is_current(pair):
            if pair in wanted:
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
        for name, count in graph.widened(snapshot.project, model).items():
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
