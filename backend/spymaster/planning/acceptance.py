"""Leave to publish a session although an audit finds rows in it: what a command line grants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from spymaster.definitions.discover import AUDITS
from spymaster.definitions.project import Project
from spymaster.errors import UsageError
from spymaster.suggestions import suggestion


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
        known = (name.removeprefix(f"{AUDITS}.") for name in project.audits)
        raise UsageError(f"no audit is called {audit!r}; {suggestion(audit, known)}")
    if session is None or not (reason or "").strip():
        raise UsageError(f"--accept {audit} needs --session DATE and --reason TEXT")
    return Grant(full, session, str(reason).strip())
