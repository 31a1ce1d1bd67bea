"""Bringing the warehouse up to date: plan, pre-flight, build by date, publish once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from spymaster.errors import UsageError
from spymaster.models import publishing
from spymaster.models import state as states
from spymaster.models.acceptance import Grant, grant, standing
from spymaster.models.planning import Step, promising, selected, todo_of
from spymaster.models.report import Event, Report, RunReport, silent
from spymaster.models.state import State
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.lock import writer
from spymaster.warehouse.verdicts import Failed


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
    """Build what is not up to date, session by session, then publish one catalog of it all.

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
    layout = states.layout(settings)
    with writer(layout, "spymaster run", wait=wait):
        state = states.load(settings, sql)
        models = selected(state.project, selector)
        sessions = state.landed.chosen(session)
        granted = grant(state.project, accept, session, reason)
        if state.project.fresh:
            state.ledger.remember(state.project.fresh)
        if retry or granted:
            state.failed.clear()
        before = dict(state.failed)
        planned = promising(state, models, sessions)
        result = RunReport(skipped=sum(step.action == "skip" for step in planned))
        is_outdated = publishing.is_outdated(state)
        if is_outdated or todo_of(planned):
            from spymaster.models.preflight import bind  # loads jinja2

            bind(state.project).demand()
            planned = _build(state, models, sessions, planned, result, report, granted)
        if granted and not standing(state, granted.audit, granted.session):
            raise UsageError(f"{granted.audit} finds no row in {session}: nothing to accept")
        if result.built or (is_outdated and not result.failures):
            result.published = publishing.write(state)
            report(Event("publish", message=f"published {result.published.name}"))
        held = {step.session for step in planned if step.action == "hold"}
        same = [day for day in before if day in held and state.failed.get(day) is before[day]]
        _recall([failed for day in same for failed in before[day]], result, report)
        return result


def _build(
    state: State,
    models: Iterable[str],
    sessions: Iterable[date],
    planned: list[Step],
    result: RunReport,
    report: Report,
    granted: Grant | None,
) -> list[Step]:
    """Build by date; after a failure, plan again with what is in force in its place.

    Returns
    -------
    list of Step
        The last plan.
    """
    from spymaster.models.builder import build_session

    todo = todo_of(planned)
    while todo:
        session = min(todo)
        failures = len(result.failures)
        build_session(state, session, todo.pop(session), result, report, granted)
        if len(result.failures) > failures:
            planned = promising(state, models, sessions)
            todo = todo_of(step for step in planned if step.session > session)
    return planned


def _recall(held: Iterable[Failed], result: RunReport, report: Report) -> None:
    """Say what failed before in sessions that were not built again, since nothing changed."""
    for failed in held:
        when = f"as on {failed.failed_at:%Y-%m-%d %H:%M} UTC, and nothing changed since"
        line = f"{failed.message} ({when})"
        result.failures.append(line)
        report(Event("fail", failed.session, failed.subject, message=line))
