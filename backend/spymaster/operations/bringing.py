"""Building what a snapshot lacks: the plan carried out, the catalog published, the result told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from spymaster.building.report import Event, Report, RunReport
from spymaster.catalog import publish as publishing
from spymaster.definitions.binding import demand
from spymaster.errors import UsageError
from spymaster.operations.whole import SESSIONS, incomplete, is_empty, why_none
from spymaster.planning.acceptance import Grant
from spymaster.planning.plan import Plan, promising
from spymaster.planning.snapshot import Snapshot
from spymaster.settings import deciding
from spymaster.warehouse.outcomes import Failed

if TYPE_CHECKING:
    from spymaster.building.engines import Engine


def bring(
    snapshot: Snapshot,
    selector: str | None,
    sessions: Iterable[date],
    report: Report,
    granted: Grant | None,
    engine: str = "processes",
) -> RunReport:
    """Build what is not up to date of some sessions, publish it, and return what came of it.

    Raises
    ------
    ModelError
        If a model cannot be bound; then nothing was built.
    UsageError
        If leave was granted that nothing asks for.
    """
    if snapshot.project.fresh:
        snapshot.ledger.remember(snapshot.project.fresh)
    before = dict(snapshot.failed)
    plan = promising(snapshot, selector, sessions)
    result = RunReport(skipped=sum(step.action == "skip" for step in plan.steps))
    is_outdated = publishing.is_outdated(snapshot)
    if is_outdated or plan.todo:
        demand(snapshot.project, snapshot.ledger)
        from spymaster.building.scheduler import Builder

        publish = partial(publishing.write, snapshot)
        builder = Builder(snapshot, selector, sessions, result, report, granted, publish)
        builder.build(plan, _engine(engine, snapshot.project.settings.jobs, plan, report))
        plan = builder.plan
    _settle(snapshot, plan)
    if result.built or (is_outdated and not result.failures):
        result.published = publishing.write(snapshot)
        report(Event("publish", message=f"published {result.published.name}"))
    _tell_lacks(snapshot, result, report)
    same = [day for day in before if day in plan.held and snapshot.failed.get(day) is before[day]]
    _recall([failed for day in same for failed in before[day]], result, report)
    _demand_use(granted, snapshot, result)
    return result


def _tell_lacks(snapshot: Snapshot, result: RunReport, report: Report) -> None:
    """Say which sessions that were built lack something, and why there is none at all."""
    built = sorted({build.session for build in result.built})
    result.incomplete = incomplete(snapshot, built)
    result.without_contract = {day for day in built if is_empty(snapshot, day)}
    for day, lacks in result.incomplete.items():
        report(Event("warn", day, SESSIONS, message=f"{day}: {lacks}"))
    result.why_none = "" if snapshot.landed.sessions else why_none(snapshot)


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
