"""Bringing the warehouse up to date: plan, pre-flight, build by date, publish once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from spymaster.models import publishing
from spymaster.models import state as states
from spymaster.models.planning import Step, selected, steps
from spymaster.models.report import Event, Report, RunReport, silent
from spymaster.models.state import State
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.lock import writer


def run(
    settings: Settings,
    selector: str | None = None,
    session: date | None = None,
    *,
    sql: Path = SQL,
    wait: float = 0.0,
    report: Report = silent,
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

    Raises
    ------
    ModelError
        If a model cannot be read or bound; then nothing was built.
    UsageError
        If the selector names no model, or the session does not exist.
    LockedError
        If another process holds the warehouse.
    """
    layout = states.layout(settings)
    with writer(layout, "spymaster run", wait=wait):
        state = states.load(settings, sql)
        models = selected(state.project, selector)
        sessions = state.landed.chosen(session)
        if state.project.fresh:
            state.ledger.remember(state.project.fresh)
        planned = steps(state, models, sessions)
        result = RunReport(skipped=sum(step.action == "skip" for step in planned))
        is_outdated = publishing.is_outdated(state)
        if is_outdated or _todo(planned):
            from spymaster.models.preflight import bind  # loads jinja2

            bind(state.project).demand()
            _build(state, models, sessions, planned, result, report)
        if result.built or (is_outdated and not result.failures):
            result.published = publishing.write(state)
            report(Event("publish", message=f"published {result.published.name}"))
        return result


def _build(
    state: State,
    models: Iterable[str],
    sessions: Iterable[date],
    planned: list[Step],
    result: RunReport,
    report: Report,
) -> None:
    """Build by date; after a failure, plan again with what is in force in its place."""
    from spymaster.models.builder import build_session

    todo = _todo(planned)
    while todo:
        session = min(todo)
        failures = len(result.failures)
        build_session(state, session, todo.pop(session), result, report)
        if len(result.failures) > failures:
            todo = _todo(step for step in steps(state, models, sessions) if step.session > session)


def _todo(planned: Iterable[Step]) -> dict[date, set[str]]:
    found: dict[date, set[str]] = {}
    for step in planned:
        if step.action == "run":
            found.setdefault(step.session, set()).add(step.model)
    return found
