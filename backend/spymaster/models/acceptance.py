"""Audits that someone let through: who, why, and for which data."""

from __future__ import annotations

import os
import pwd
import socket
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from spymaster.errors import UsageError
from spymaster.models.discover import AUDITS
from spymaster.models.project import Project
from spymaster.warehouse.verdicts import Acceptance

if TYPE_CHECKING:
    from spymaster.models.build import Failure
    from spymaster.models.state import State


@dataclass(frozen=True)
class Grant:
    """Leave to publish one session although an audit finds rows in it."""

    audit: str
    """audits.<name>."""
    session: date
    reason: str


def grant(
    project: Project, audit: str | None, session: date | None, reason: str | None
) -> Grant | None:
    """Return what a command's options grant; nothing where they name no audit.

    Raises
    ------
    UsageError
        If there is no such audit, or session or reason is missing.
    """
    if audit is None:
        if reason is not None:
            raise UsageError("--reason without --accept AUDIT")
        return None
    full = f"{AUDITS}.{audit.removeprefix(f'{AUDITS}.')}"
    if full not in project.audits:
        there = ", ".join(name.removeprefix(f"{AUDITS}.") for name in project.audits)
        raise UsageError(f"no audit is called {audit!r}; there is: {there}")
    if session is None or not (reason or "").strip():
        raise UsageError(f"--accept {audit} needs --session DATE and --reason TEXT")
    return Grant(full, session, str(reason).strip())


def standing(state: State, audit: str, session: date) -> Acceptance | None:
    """Return what lets an audit's rows of a session through as the data is now."""
    of_pair = state.accepted.get((audit, session), {})
    return of_pair.get(state.fingerprints.of(audit, session) or "") if of_pair else None


def standing_ones(state: State) -> list[Acceptance]:
    """Return every acceptance that still holds, by session and audit."""
    sessions, audits = set(state.landed.sessions), state.project.audits
    pairs = sorted((session, audit) for audit, session in state.accepted if audit in audits)
    found = [standing(state, audit, session) for session, audit in pairs if session in sessions]
    return [given for given in found if given]


def let_through(state: State, failure: Failure, granted: Grant | None) -> Acceptance | None:
    """Return the acceptance that a failed audit has, or now gets and keeps."""
    if failure.kind != "audit":
        return None
    pair = failure.relation, failure.session
    if granted is None or (granted.audit, granted.session) != pair:
        return standing(state, *pair)
    now = datetime.now(UTC).replace(tzinfo=None)
    fingerprint = state.fingerprints.of(*pair) or ""
    given = Acceptance(
        failure.session, failure.relation, fingerprint, failure.message, granted.reason, _who(), now
    )
    state.ledger.accept(given)
    state.accepted.setdefault(pair, {})[fingerprint] = given
    return given


def _who() -> str:
    """Return the account that runs this, as the system knows it."""
    uid = os.getuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:  # a container may run under a number that has no name
        name = str(uid)
    return f"{name}@{socket.gethostname()}"
