"""What holds: headers and cases of the models, grains and audits of what was built."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from spymaster.models import state as states
from spymaster.models.acceptance import let_through
from spymaster.models.build import build
from spymaster.models.state import State
from spymaster.models.verify import Finding
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.files import spill


def check(settings: Settings, session: date | None = None, *, sql: Path = SQL) -> list[Finding]:
    """Return everything that does not hold, of one session or of all.

    Binds every model and audit first, then runs every case; where that finds something, built
    sessions are not looked at.

    Raises
    ------
    ModelError
        If a model cannot be read.
    UsageError
        If the session does not exist.
    """
    from spymaster.models import cases, trial
    from spymaster.models.preflight import bind  # loads jinja2

    state = states.load(settings, sql)
    sessions = state.landed.chosen(session)
    findings = bind(state.project).findings
    findings = findings or trial.findings(state.project, cases.find(state.project))
    return findings or [found for at in sessions for found in _session(state, at)]


def _session(state: State, session: date) -> list[Finding]:
    """Check the partitions in force of a session, and the audits that find all they read."""
    from spymaster.models.assembly import Assembly

    with spill() as folder:
        assembly = Assembly(state, session, set())
        outcome = build(assembly.inspection(folder))
    return [
        Finding(
            failure.kind if failure.kind in ("audit", "grain") else "build",
            failure.relation,
            assembly.explain(failure.relation, failure.message, failure.position),
            session,
        )
        for failure in outcome.failures
        if not let_through(state, failure, None)
    ]
