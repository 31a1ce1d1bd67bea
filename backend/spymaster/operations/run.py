"""Bringing the warehouse up to date: plan, pre-flight, build by date, publish."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from spymaster.building.report import Event, Report, RunReport, logged, silent
from spymaster.catalog import publish as publishing
from spymaster.definitions.binding import demand
from spymaster.errors import UsageError
from spymaster.operations import whole
from spymaster.operations.whole import SESSIONS, incomplete, is_empty, why_none
from spymaster.planning import snapshot as snapshots
from spymaster.planning.acceptance import Grant, grant
from spymaster.planning.plan import Plan, promising
from spymaster.planning.snapshot import Snapshot
from spymaster.settings import Settings, deciding
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.lock import writer
from spymaster.warehouse.outcomes import Failed

if TYPE_CHECKING:
    from spymaster.building.engines import Engine


ENGINES = ("processes", "ray")


def plan(
    settings: Settings,
    selector: str | None = None,
    session: date | None = None,
    *,
    sql: Path = SQL,
    change_settings: bool = False,
) -> Plan:
    """Return what ``run`` would do.

    A selected model brings along whatever upstream is not up to date, in earlier sessions too
    where it looks back.

    Raises
    ------
    ModelError
        If a model cannot be read.
    UsageError
        If there is no warehouse, the selector names no model, or the session does not exist.
    RefusedError
        If the warehouse was built with other settings, unless they are to change.
    """
    whole.demand_warehouse(settings)
    snapshot = snapshots.load(settings, sql, change_settings=change_settings)
    sessions = snapshot.landed.chosen(session)
    return promising(snapshot, selector, sessions)


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
    change_settings: bool = False,
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
    change_settings : bool
        Build the sessions again where the settings differ from what they were built with.

    Raises
    ------
    ModelError
        If a model cannot be read or bound; then nothing was built.
    UsageError
        If there is no warehouse, the selector names no model, the session or the audit does not
        exist, or an acceptance lacks its session or reason.
    LockedError
        If another process holds the warehouse.
    RefusedError
        If the warehouse was built with other settings, unless they are to change.
    """
    whole.demand_warehouse(settings)
    with writer(snapshots.layout(settings), "spymaster run", wait=wait):
        snapshot = snapshots.load(settings, sql, change_settings=change_settings)
        sessions = snapshot.landed.chosen(session)
        granted = grant(snapshot.project, accept, session, reason)
        if retry or granted:
            snapshot.failed.clear()
        return _bring(snapshot, selector, sessions, logged(report), granted)


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
    change_settings: bool = False,
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
    ModelError, LockedError, RefusedError
        As for ``run``.
    UsageError
        If there is no warehouse, the selector names no model, no session lies in the range, there
        is no such engine, or no cluster.
    """
    if engine not in ENGINES:
        raise UsageError(f"engine {engine!r}; allowed: {', '.join(ENGINES)}")
    whole.demand_warehouse(settings)
    with writer(snapshots.layout(settings), "spymaster backfill", wait=wait):
        snapshot = snapshots.load(settings, sql, change_settings=change_settings)
        sessions = snapshot.landed.between(first, last)
        if retry:
            snapshot.failed.clear()
        return _bring(snapshot, selector, sessions, report, None, engine)


def _bring(
    snapshot: Snapshot,
    selector: str | None,
    sessions: Iterable[date],
    report: Report,
    granted: Grant | None,
    engine: str = "processes",
) -> RunReport:
    if snapshot.project.fresh:
        snapshot.ledger.remember(snapshot.project.fresh)
    before = dict(snapshot.failed)
    plan = promising(snapshot, selector, sessions)
    result = RunReport(skipped=sum(step.action == "skip" for step in plan.steps))
    is_outdated = publishing.is_outdated(snapshot)
    if is_outdated or plan.todo:
        demand(snapshot.project, snapshot.ledger)
        from spymaster.building.scheduler import Builder

        builder = Builder(
            snapshot,
            selector,
            sessions,
            result,
            report,
            granted,
            partial(publishing.write, snapshot),
        )
        builder.build(plan, _engine(engine, snapshot.project.settings.jobs, plan, report))
        plan = builder.plan
    _settle(snapshot, plan)
    if result.built or (is_outdated and not result.failures):
        result.published = publishing.write(snapshot)
        report(Event("publish", message=f"published {result.published.name}"))
    built = sorted({build.session for build in result.built})
    result.incomplete = incomplete(snapshot, built)
    result.without_contract = {day for day in built if is_empty(snapshot, day)}
    for day, lacks in result.incomplete.items():
        report(Event("warn", day, SESSIONS, message=f"{day}: {lacks}"))
    result.why_none = "" if snapshot.landed.sessions else why_none(snapshot)
    same = [day for day in before if day in plan.held and snapshot.failed.get(day) is before[day]]
    _recall([failed for day in same for failed in before[day]], result, report)
    _demand_use(granted, snapshot, result)
    return result


def _demand_use(granted: Grant | None, snapshot: Snapshot, result: RunReport) -> None:
    """Refuse leave that nothing asks for; of a session that failed not every audit was asked."""
    if not granted or result.failures:
        return
    if (granted.audit, granted.session) not in snapshot.standing:
        raise UsageError(f"{granted.audit} finds no row in {granted.session}: nothing to accept")


def _settle(snapshot: Snapshot, plan: Plan) -> None:
    """Make settings the warehouse's own where all is there that they give; else a build does."""
    settings = deciding(snapshot.project.settings)
    if snapshot.own and settings != snapshot.own and not (plan.todo or plan.held):
        snapshot.ledger.settle(settings)
        snapshot.own = settings


def _engine(name: str, jobs: int, plan: Plan, report: Report) -> Engine:
    """Return what builds: processes only where they can do something side by side."""
    slots = min(jobs, len(plan.todo))
    if name == "ray" and slots:
        from spymaster.building.engines.ray import Cluster

        return Cluster(slots, report)
    if slots > 1:
        from spymaster.building.engines.processes import Processes

        return Processes(slots, report)
    from spymaster.building.engines import Inline

    return Inline(report)


def _recall(held: Iterable[Failed], result: RunReport, report: Report) -> None:
    """Say what failed before in sessions that were not built again, since nothing changed."""
    for failed in held:
        when = f"as on {failed.failed_at:%Y-%m-%d %H:%M} UTC, and nothing changed since"
        line = f"{failed.message} ({when})"
        result.failures.append(line)
        result.recalled += 1
        report(Event("fail", failed.session, failed.subject, message=line))
