"""A session from plan to ledger: assemble, build, settle the files, record them together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from spymaster.models.assembly import Assembly
from spymaster.models.build import Failure, Written, build
from spymaster.models.fingerprint import to_json
from spymaster.models.report import Event, Report, RunReport, silent
from spymaster.models.state import State
from spymaster.warehouse.files import scratch, settle
from spymaster.warehouse.ledger import Build


def build_session(
    state: State, session: date, models: set[str], result: RunReport, report: Report = silent
) -> None:
    """Build models of one session; what fails leaves the whole session as it was."""
    assembly = Assembly(state, session, models)
    with scratch(state.layout) as folder:
        outcome = build(assembly.task(folder), report)
        if not outcome.failures:
            builds = [_settle(state, session, written) for written in outcome.written]
            state.ledger.build(builds)
            state.builds |= {(build.relation, session): build for build in builds}
            result.built += builds
            return
    for failure in outcome.failures:
        line = _line(assembly, failure)
        result.failures.append(line)
        report(Event("fail", session, failure.relation, message=line))
    _freeze(state, session, models)


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


def _freeze(state: State, session: date, models: Iterable[str]) -> None:
    """Let later sessions look back at what is in force instead of at what failed."""
    for model in models:
        path = state.partition((model, session))
        is_there = path is not None and path.exists()
        state.frozen[model, session] = (
            state.builds[model, session].fingerprint if is_there else None
        )
    del state.fingerprints
