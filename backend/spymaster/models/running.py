"""Bringing the warehouse up to date: plan, pre-flight, build by date, publish."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from spymaster.errors import UsageError
from spymaster.models import publishing
from spymaster.models import state as states
from spymaster.models.acceptance import Grant, grant, standing
from spymaster.models.planning import Step, promising, selected, todo_of
from spymaster.models.report import Event, Report, RunReport, logged, silent
from spymaster.models.state import State
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.lock import writer
from spymaster.warehouse.verdicts import Failed

if TYPE_CHECKING:
    from spymaster.models.engine import Engine


ENGINES = ("processes", "ray")


def run(
    settings: Settings,
    selector: str | None = None,
    session: date | None = None,
    *,
    sql: Path = SQL,
    wait: float = 0.0,
    report: Report = silent,
    retry: bool = False,
    accept: str | None = None,
    reason: str | None = None,
) -> RunReport:
    """Build what is not up to date, ``settings.jobs`` sessions at a time, then publish it all.

    Parameters
    ----------
    selector : str
        Models to build, see ``graph.select``; all by default. Outdated upstream comes along.
    session : date
        The session to build; all by default.
    wait : float, seconds
        How long to wait for another writer.
    report : callable
        Told of each partition built, each failure and the catalog published.

    retry : bool
        Build what failed before and has not changed since, too.
    accept : str
        An audit whose rows in ``session`` do not keep it from being published; who said so and why
        is recorded, and holds until the audit or what it reads changes.
    reason : str
        Why.

    Raises
    ------
    ModelError
        If a model cannot be read or bound; then nothing was built.
    UsageError
        If the selector names no model, the session or the audit does not exist, or an acceptance
        lacks its session or reason.
    LockedError
        If another process holds the warehouse.
    """
    with writer(states.layout(settings), "spymaster run", wait=wait):
        state = states.load(settings, sql)
        sessions = state.landed.chosen(session)
        granted = grant(state.project, accept, session, reason)
        if retry or granted:
            state.failed.clear()
        return _bring(state, selector, sessions, logged(report), granted)


def backfill(
    settings: Settings,
    first: date | None = None,
    last: date | None = None,
    selector: str | None = None,
    *,
    engine: str = "processes",
    sql: Path = SQL,
    wait: float = 0.0,
    report: Report = silent,
    retry: bool = False,
) -> RunReport:
    """Build what is not up to date of a range of sessions, and publish now and then.

    Parameters
    ----------
    first, last : date
        Both included; all that landed by default.
    engine : str
        ``processes`` on this machine, or ``ray`` on the cluster that RAY_ADDRESS names, by default
        one on this machine; all its machines see the warehouse under the same path.
    report : callable
        Told of everything as it happens, steps on the way too.

    Raises
    ------
    ModelError, LockedError
        As for ``run``.
    UsageError
        If the selector names no model, no session lies in the range, there is no such engine, or
        no cluster.
    """
    if engine not in ENGINES:
        raise UsageError(f"engine {engine!r}; allowed: {', '.join(ENGINES)}")
    with writer(states.layout(settings), "spymaster backfill", wait=wait):
        state = states.load(settings, sql)
        sessions = state.landed.between(first, last)
        if retry:
            state.failed.clear()
        return _bring(state, selector, sessions, report, None, engine)


def _bring(
    state: State,
    selector: str | None,
    sessions: Iterable[date],
    report: Report,
    granted: Grant | None,
    engine: str = "processes",
) -> RunReport:
    models = selected(state.project, selector)
    if state.project.fresh:
        state.ledger.remember(state.project.fresh)
    before = dict(state.failed)
    planned = promising(state, models, sessions)
    result = RunReport(skipped=sum(step.action == "skip" for step in planned))
    is_outdated = publishing.is_outdated(state)
    if is_outdated or todo_of(planned):
        from spymaster.models.builder import Builder
        from spymaster.models.preflight import demand  # loads jinja2

        demand(state)
        builder = Builder(state, models, sessions, result, report, granted)
        builder.build(planned, _engine(engine, state, planned, report))
        planned = builder.planned
    if granted and not standing(state, granted.audit, granted.session):
        raise UsageError(f"{granted.audit} finds no row in {granted.session}: nothing to accept")
    if result.built or (is_outdated and not result.failures):
        result.published = publishing.write(state)
        report(Event("publish", message=f"published {result.published.name}"))
    held = {step.session for step in planned if step.action == "hold"}
    same = [day for day in before if day in held and state.failed.get(day) is before[day]]
    _recall([failed for day in same for failed in before[day]], result, report)
    return result


def _engine(name: str, state: State, planned: Iterable[Step], report: Report) -> Engine:
    """Return what builds: processes only where they can do something side by side."""
    slots = min(state.project.settings.jobs, len(todo_of(planned)))
    if name == "ray" and slots:
        from spymaster.models.cluster import Cluster

        return Cluster(slots, report)
    if slots > 1:
        from spymaster.models.processes import Processes

        return Processes(slots, report)
    from spymaster.models.engine import Inline

    return Inline(report)


def _recall(held: Iterable[Failed], result: RunReport, report: Report) -> None:
    """Say what failed before in sessions that were not built again, since nothing changed."""
    for failed in held:
        when = f"as on {failed.failed_at:%Y-%m-%d %H:%M} UTC, and nothing changed since"
        line = f"{failed.message} ({when})"
        result.failures.append(line)
        report(Event("fail", failed.session, failed.subject, message=line))
