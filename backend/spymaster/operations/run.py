"""The verbs that bring a warehouse up to date: plan, run, backfill."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from spymaster.building.report import Report, RunReport, logged, silent
from spymaster.errors import UsageError
from spymaster.operations import whole
from spymaster.operations.bringing import bring
from spymaster.planning import snapshot as snapshots
from spymaster.planning.acceptance import grant
from spymaster.planning.plan import Plan, promising
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.lock import writer

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
        return bring(snapshot, selector, sessions, logged(report), granted)


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
        return bring(snapshot, selector, sessions, report, None, engine)
