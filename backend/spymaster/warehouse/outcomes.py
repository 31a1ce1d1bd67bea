"""What the ledger remembers of sessions that did not pass: failed builds, accepted audits."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple


class Failed(NamedTuple):
    """What was wrong when a session was built last."""

    session: date
    subject: str
    """A model, or audits.<name>."""
    attempt: str
    """16 hex digits of all that the build was made of; the very same build fails again."""
    message: str
    """One line: session, subject, place, what was found."""
    failed_at: datetime
    """UTC, naive."""


class Acceptance(NamedTuple):
    """Someone's word that a session may be published although an audit finds rows in it."""

    session: date
    audit: str
    """audits.<name>."""
    fingerprint: str
    """16 hex digits of the audit and all it reads; anything else is asked for again."""
    found: str
    """What the audit found, in one line."""
    reason: str
    accepted_by: str
    """user@host."""
    accepted_at: datetime
    """UTC, naive."""


TABLES = """
create table failed (
    session date, subject varchar, attempt varchar, message varchar, failed_at timestamp,
    primary key (session, subject)
);
create table acceptances (
    session date, audit varchar, fingerprint varchar, found varchar, reason varchar,
    accepted_by varchar, accepted_at timestamp, primary key (session, audit, fingerprint)
);
"""
