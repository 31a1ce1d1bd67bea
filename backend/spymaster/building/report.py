"""What a run did: as it happens, line by line, and in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal, TypeAlias

from spymaster.warehouse.ledger import Build


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Event:
    """One thing that was just done."""

    action: Literal[
        "build", "fail", "warn", "accept", "publish", "idle", "start", "make", "end", "put back"
    ]
    """A partition was built, a model or an audit failed, a session was built from incomplete
    records, an audit's rows were let through, readers see a new catalog, or nothing was to do. A
    failure that ends the command has no session. The last four are steps on the way: a session
    starts, makes a relation that it does not write, ends, or is put back to start again since one
    that it looked back at failed."""
    session: date | None = None
    model: str | None = None
    """A model, or audits.<name>."""
    rows: int | None = None
    seconds: float | None = None
    bytes: int | None = None
    """Of the partition file."""
    message: str | None = None
    """What was found or done, in one line."""
    count: int = 0
    """Relations that a started session makes and writes; partitions that one leaves in the end."""
    left: int = 0
    """Sessions that have not ended, as one starts or ends."""
    time: datetime = field(default_factory=_now)
    """UTC."""

    @property
    def text(self) -> str:
        """The event as a person reads it."""
        if self.action == "build":
            return f"{self.session} {self.model} {self.rows} rows {self.seconds:.2f} s"
        before = {"fail": "error: ", "warn": "warning: "}
        return before.get(self.action, "") + str(self.message)


Report: TypeAlias = Callable[[Event], None]
"""Told of each event as it happens."""


@dataclass
class RunReport:
    """What a run did."""

    built: list[Build] = field(default_factory=list)
    """Partitions that are now in force."""
    skipped: int = 0
    """Pairs of model and session that were up to date before."""
    failures: list[str] = field(default_factory=list)
    """One line for each model or audit that failed: session, name, place, what was found."""
    recalled: int = 0
    """So many of them, the last ones, failed in an earlier run and were not tried again."""
    incomplete: dict[date, str] = field(default_factory=dict)
    """What the records of sessions that were built do not tell of their window."""
    without_contract: set[date] = field(default_factory=set)
    """Sessions that were built and are empty: nothing that landed is the contract asked for."""
    why_none: str = ""
    """Why there is no session, where there is none."""
    published: Path | None = None
    """The new catalog; none if nothing changed."""

    @property
    def exit_code(self) -> int:
        """0, or 1 if anything failed or all that was built is empty."""
        built = {build.session for build in self.built}
        is_empty = bool(built) and built <= self.without_contract
        return 1 if self.failures or is_empty else 0


def logged(report: Report) -> Report:
    """Return a report that is not told of steps on the way."""

    def tell(event: Event) -> None:
        if event.action not in ("start", "make", "end", "put back"):
            report(event)

    return tell


def silent(event: Event) -> None:
    """Report nothing."""
