"""What a session's build leaves on record: partitions in force, or what was wrong."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from spymaster.models.acceptance import Grant, let_through
from spymaster.models.assembly import Assembly
from spymaster.models.build import Failure, Outcome, Written
from spymaster.models.planning import attempt
from spymaster.models.report import Event, Report
from spymaster.models.state import State
from spymaster.warehouse.files import settle
from spymaster.warehouse.ledger import Build
from spymaster.warehouse.verdicts import Failed


def blocking(
    state: State, outcome: Outcome, granted: Grant | None, report: Report
) -> list[Failure]:
    """Return the failures of a session that nobody let through."""
    return [found for found in outcome.failures if not _passes(state, found, granted, report)]


def settle_all(state: State, outcome: Outcome) -> list[Build]:
    """Move a session's files to their names and put them in force together."""
    builds = [_settle(state, outcome.session, written) for written in outcome.written]
    state.ledger.build(builds)
    for build in builds:
        state.builds[build.relation, build.session] = build
        state.coming.pop((build.relation, build.session), None)
    return builds


def fail(state: State, assembly: Assembly, said: list[tuple[Failure, str]], report: Report) -> None:
    """Keep what is wrong with a session, which stays as it was."""
    session = assembly.session
    for failure, line in said:
        report(Event("fail", session, failure.relation, message=line))
    state.failed.pop(session, None)
    if not any(failure.kind == "circumstance" for failure, _ in said):
        _remember(state, session, assembly.models, said)
    state.freeze(session, assembly.models)


def _passes(state: State, failure: Failure, granted: Grant | None, report: Report) -> bool:
    given = let_through(state, failure, granted)
    if given:
        said = f"accepted by {given.accepted_by}: {given.reason}; {given.found}"
        line = f"{given.session} {given.audit}: {said}"
        report(Event("accept", given.session, given.audit, message=line))
    return given is not None


def _remember(
    state: State, session: date, models: Iterable[str], said: list[tuple[Failure, str]]
) -> None:
    """Keep what is wrong, so that the very same build is not tried every minute."""
    made_of, now = attempt(state, session, models), datetime.now(UTC).replace(tzinfo=None)
    state.failed[session] = [
        Failed(session, failure.relation, made_of, line, now) for failure, line in said
    ]
    state.ledger.fail(session, state.failed[session])


def _settle(state: State, session: date, written: Written) -> Build:
    pair = written.relation, session
    fingerprint = state.fingerprints.of(*pair)
    assert fingerprint is not None
    final = state.layout.model_partition(*pair, fingerprint)
    if written.path != final:
        settle(written.path, final)
    reasons = state.fingerprints.text(*pair)
    now = datetime.now(UTC).replace(tzinfo=None)
    return Build(*pair, fingerprint, reasons, written.rows, written.bytes, written.seconds, now)
