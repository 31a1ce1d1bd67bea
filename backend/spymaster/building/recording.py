"""What a session's build leaves on record: partitions in force, or what was wrong."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime

from spymaster.building.assembly import Assembly
from spymaster.building.report import Event, Report
from spymaster.building.task import Failure, Outcome, Written
from spymaster.planning.acceptance import Grant
from spymaster.planning.fingerprint import Pair
from spymaster.planning.snapshot import Snapshot
from spymaster.warehouse.files import settle
from spymaster.warehouse.ledger import Build
from spymaster.warehouse.outcomes import Acceptance, Failed


def blocking(
    snapshot: Snapshot, outcome: Outcome, granted: Grant | None, report: Report
) -> list[Failure]:
    """Return the failures of a session that nobody let through."""
    return [found for found in outcome.failures if not _passes(snapshot, found, granted, report)]


def settle_all(
    snapshot: Snapshot, outcome: Outcome, fingerprints: Mapping[Pair, str]
) -> list[Build]:
    """Move a session's files to their names, by fingerprint, and put them in force together."""
    builds = [
        _settle(snapshot, written, (written.relation, outcome.session), fingerprints)
        for written in outcome.written
    ]
    snapshot.record(builds)
    return builds


def fail(
    snapshot: Snapshot,
    assembly: Assembly,
    attempt: str,
    lines: list[tuple[Failure, str]],
    report: Report,
) -> None:
    """Keep what is wrong with a session, which stays as it was.

    Parameters
    ----------
    attempt : str
        Of the plan, so that the very same build is not tried every minute.
    """
    session = assembly.session
    for failure, line in lines:
        report(Event("fail", session, failure.relation, message=line))
    snapshot.failed.pop(session, None)
    if not any(failure.kind == "circumstance" for failure, _ in lines):
        now = datetime.now(UTC).replace(tzinfo=None)
        snapshot.failed[session] = [
            Failed(session, failure.relation, attempt, line, now) for failure, line in lines
        ]
        snapshot.ledger.fail(session, snapshot.failed[session])
    snapshot.freeze(session, assembly.models)


def _passes(snapshot: Snapshot, failure: Failure, granted: Grant | None, report: Report) -> bool:
    given = let_through(snapshot, failure, granted)
    if given:
        by = f"accepted by {given.accepted_by}: {given.reason}"
        line = f"{given.session} {given.audit}: {by}; {given.found}"
        report(Event("accept", given.session, given.audit, message=line))
    return given is not None


def _settle(
    snapshot: Snapshot, written: Written, pair: Pair, fingerprints: Mapping[Pair, str]
) -> Build:
    final = snapshot.layout.model_partition(*pair, fingerprints[pair])
    if written.path != final:  # what a later session waited for is there already
        settle(written.path, final)
    return Build(
        *pair,
        fingerprints[pair],
        snapshot.project.models[written.relation].digest,
        snapshot.fingerprints.text(*pair),
        written.rows,
        written.bytes,
        written.seconds,
        datetime.now(UTC).replace(tzinfo=None),
    )


def let_through(snapshot: Snapshot, failure: Failure, granted: Grant | None) -> Acceptance | None:
    """Return the acceptance that a failed audit has, or now gets and keeps."""
    if failure.kind != "audit":
        return None
    pair = failure.relation, failure.session
    if granted is None or (granted.audit, granted.session) != pair:
        return snapshot.standing.get(pair)
    now = datetime.now(UTC).replace(tzinfo=None)
    fingerprint = snapshot.fingerprints.of(*pair) or ""
    given = Acceptance(
        failure.session, failure.relation, fingerprint, failure.message, granted.reason, _who(), now
    )
    snapshot.accept(given)
    return given


def _who() -> str:
    """Return the account that runs this, as the system knows it."""
    import pwd
    import socket  # takes 5 ms to import, and hardly any run needs it

    uid = os.getuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:  # a container may run under a number that has no name
        name = str(uid)
    return f"{name}@{socket.gethostname()}"
