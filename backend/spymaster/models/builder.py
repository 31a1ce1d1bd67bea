"""A session from plan to ledger: assemble, build, settle the files, record them together."""

from __future__ import annotations

from datetime import UTC, date, datetime

from spymaster.models.acceptance import Grant, let_through
from spymaster.models.assembly import Assembly
from spymaster.models.build import Failure, Written, build
from spymaster.models.fingerprint import to_json
from spymaster.models.planning import attempt
from spymaster.models.report import Event, Report, RunReport, silent
from spymaster.models.state import State
from spymaster.warehouse.files import scratch, settle
from spymaster.warehouse.ledger import Build
from spymaster.warehouse.verdicts import Failed


def build_session(
    state: State,
    session: date,
    models: set[str],
    result: RunReport,
    report: Report = silent,
    granted: Grant | None = None,
) -> None:
    """Build models of one session; what fails leaves the whole session as it was."""
    assembly = Assembly(state, session, models)
    with scratch(state.layout) as folder:
        outcome = build(assembly.task(folder), report)
        failures = [
            found for found in outcome.failures if not _passes(state, found, granted, report)
        ]
        if not failures:
            builds = [_settle(state, session, written) for written in outcome.written]
            state.ledger.build(builds)
            state.builds |= {(build.relation, session): build for build in builds}
            result.built += builds
            return
    lines = [_line(assembly, failure) for failure in failures]
    for failure, line in zip(failures, lines, strict=True):
        report(Event("fail", session, failure.relation, message=line))
    result.failures += lines
    state.failed.pop(session, None)
    if not any(failure.kind == "circumstance" for failure in failures):
        _remember(state, session, models, failures, lines)
    state.freeze(session, models)


def _passes(state: State, failure: Failure, granted: Grant | None, report: Report) -> bool:
    given = let_through(state, failure, granted)
    if given:
        said = f"accepted by {given.accepted_by}: {given.reason}; {given.found}"
        line = f"{given.session} {given.audit}: {said}"
        report(Event("accept", given.session, given.audit, message=line))
    return given is not None


def _remember(
    state: State, session: date, models: set[str], failures: list[Failure], lines: list[str]
) -> None:
    """Keep what is wrong, so that the very same build is not tried every minute."""
    made_of, now = attempt(state, session, models), datetime.now(UTC).replace(tzinfo=None)
    state.failed[session] = [
        Failed(session, failure.relation, made_of, line, now)
        for failure, line in zip(failures, lines, strict=True)
    ]
    state.ledger.fail(session, state.failed[session])


def _settle(state: State, session: date, written: Written) -> Build:
    pair = written.relation, session
    fingerprint = state.fingerprints.of(*pair)
    assert fingerprint is not None
    settle(written.path, state.layout.model_partition(*pair, fingerprint))
    reasons = to_json(state.fingerprints.parts(*pair))
    now = datetime.now(UTC).replace(tzinfo=None)
    return Build(*pair, fingerprint, reasons, written.rows, written.bytes, written.seconds, now)


def _line(assembly: Assembly, failure: Failure) -> str:
    said = assembly.explain(failure.relation, failure.message, failure.position)
    return f"{failure.session} {failure.relation}: {said}"
