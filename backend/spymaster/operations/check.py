"""What holds: headers and cases of the models, grains and audits of what was built."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from spymaster.building import case_runner
from spymaster.building.assembly import Assembly
from spymaster.building.recording import let_through
from spymaster.building.session import build
from spymaster.definitions import cases
from spymaster.definitions.binding import bind
from spymaster.definitions.contract import Finding
from spymaster.planning import snapshot as snapshots
from spymaster.planning.snapshot import Snapshot
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.files import spill


def check(settings: Settings, session: date | None = None, *, sql: Path = SQL) -> list[Finding]:
    """Return everything that does not hold, of one session or of all.

    Binds every model and audit first, compares formulas with the registry, then runs every case;
    where that finds something, built sessions are not looked at.

    Raises
    ------
    ModelError
        If a model cannot be read.
    UsageError
        If the session does not exist.
    """
    from spymaster.definitions import formulas  # loads sqlglot

    snapshot = snapshots.load(settings, sql)
    sessions = snapshot.landed.chosen(session)
    findings = bind(snapshot.project).findings
    findings = findings or formulas.findings(snapshot.project)
    findings = findings or case_runner.findings(snapshot.project, cases.find(snapshot.project))
    return findings or [found for at in sessions for found in _session(snapshot, at)]


def _session(snapshot: Snapshot, session: date) -> list[Finding]:
    """Check the partitions in force of a session, and the audits that find all they read."""
    with spill() as folder:
        assembly = Assembly(snapshot, session, set())
        outcome = build(assembly.inspection(folder))
    return [
        Finding(
            failure.kind if failure.kind in ("audit", "grain") else "build",
            failure.relation,
            assembly.explain(failure.relation, failure.message, failure.position),
            session,
        )
        for failure in outcome.failures
        if not let_through(snapshot, failure, None)
    ]
