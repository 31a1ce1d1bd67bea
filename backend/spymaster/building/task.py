"""What one session has to build, as plain values that another process could be given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Piece:
    """One relation of a session build."""

    relation: str
    query: str
    form: Literal["view", "step", "file"]
    """Expanded by its readers, a table inside the build, or a table that is written out."""
    grain: tuple[str, ...]
    before: tuple[str, ...] = ()
    """Statements that let its upstream show earlier sessions."""
    after: tuple[str, ...] = ()
    """Statements that undo that, and drop steps that nobody reads any more."""
    awaits: tuple[Path, ...] = ()
    """Partitions of earlier sessions that builds under way are about to leave."""
    final: Path | None = None
    """Where it is moved as soon as it is written, since a later session waits for it."""


@dataclass(frozen=True)
class Task:
    """Everything a session build needs; it writes into ``folder`` only."""

    session: date
    folder: Path
    setup: tuple[str, ...]
    """Schemas, macros, and views over the files that are read."""
    pieces: tuple[Piece, ...]
    audits: tuple[tuple[str, str], ...]
    """Name and query."""
    grains: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Relations that are only read, and what tells their rows apart."""
