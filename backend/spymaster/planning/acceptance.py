"""Audits that someone let through: who, why, and for which data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from spymaster.definitions.discover import AUDITS
from spymaster.definitions.project import Project
from spymaster.errors import UsageError
from spymaster.warehouse.outcomes import Acceptance

if TYPE_CHECKING:
    from spymaster.planning.snapshot import Snapshot


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


def standing(snapshot: Snapshot, audit: str, session: date) -> Acceptance | None:
    """Return what lets an audit's rows of a session through as the data is now."""
    of_pair = snapshot.accepted.get((audit, session), {})
    return of_pair.get(snapshot.fingerprints.of(audit, session) or "") if of_pair else None


def standing_ones(snapshot: Snapshot) -> list[Acceptance]:
    """Return every acceptance that still holds, by session and audit."""
    sessions, audits = set(snapshot.landed.sessions), snapshot.project.audits
    pairs = sorted((session, audit) for audit, session in snapshot.accepted if audit in audits)
    found = [standing(snapshot, audit, session) for session, audit in pairs if session in sessions]
    return [given for given in found if given]
