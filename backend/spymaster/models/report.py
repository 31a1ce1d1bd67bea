"""What a run did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from spymaster.warehouse.ledger import Build

Report: TypeAlias = Callable[[str], None]
"""Takes one line about what was just done."""


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
