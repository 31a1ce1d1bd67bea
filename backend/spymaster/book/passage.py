"""What one pass over a contract's orders reads, and who reads what it gives: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from spymaster.warehouse import duck


@dataclass(frozen=True)
class Reader:
    """A query that is run on what each batch gives, its rows put one after the other."""

    relation: str
    table: str
    """Where its rows go, as SQL writes it."""
    query: str


@dataclass(frozen=True)
class Passage:
    """What a pass reads, and who reads what it gives."""

    records: str
    """Query, see ``relations.RECORDS``."""
    grid: str
    """Relation, see ``relations.GRID``."""
    gives: tuple[tuple[str, str], ...]
    """Relation that readers name, and which of ``relations.GIVES`` it is."""
    readers: tuple[Reader, ...]
    checkpoint: Path | None = None
    """The folder that a replay goes on from, if it holds one of the same rules and records."""
    scratch: Path | None = None
    """Where a new checkpoint is written before it takes the folder's place; none is without it."""


@dataclass(frozen=True)
class Objection:
    """What DuckDB has against a query, and at which character of it."""

    relation: str
    message: str
    position: int | None


class ReaderError(Exception):
    """What a reader's query met in a batch."""

    def __init__(self, relation: str, error: duck.DuckError) -> None:
        super().__init__(f"{relation}: {error}")
        self.relation, self.error = relation, error
