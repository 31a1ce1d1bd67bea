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

    action: Literal["build", "fail", "accept", "publish", "idle"]
    """A partition was built, a model or an audit failed, an audit's rows were let through, readers
    see a new catalog, or nothing was to do. A failure that ends the command has no session."""
    session: date | None = None
    model: str | None = None
    """A model, or audits.<name>."""
    rows: int | None = None
    seconds: float | None = None
    bytes: int | None = None
    """Of the partition file."""
    message: str | None = None
    """What was found or done, in one line."""
    time: datetime = field(default_factory=_now)
    """UTC."""

    @property
    def text(self) -> str:
        """The event as a person reads it."""
        if self.action == "build":
            return f"{self.session} {self.model} {self.rows} rows {self.seconds:.2f} s"
        return f"error: {self.message}" if self.action == "fail" else str(self.message)


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
    published: Path | None = None
    """The new catalog; none if nothing changed."""

    @property
    def exit_code(self) -> int:
        """0, or 1 if anything failed."""
        return 1 if self.failures else 0


def silent(event: Event) -> None:
    """Report nothing."""
