"""What a session build is given and what it gives: plain values, for any process or machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from spymaster.book.passage import Passage
from spymaster.building import slices
from spymaster.building.hands import NONE, Wire
from spymaster.building.report import Event


@dataclass(frozen=True)
class Piece:
    """One relation of a session build."""

    relation: str
    query: str
    form: Literal["view", "step", "file", "passage"]
    """Expanded by its readers, a table inside the build, a table that is written out, or a replay
    of orders with the tables of all its readers."""
    grain: tuple[str, ...]
    before: tuple[str, ...] = ()
    """Statements that let its upstream show earlier sessions."""
    after: tuple[str, ...] = ()
    """Statements that undo that."""
    drops: tuple[str, ...] = ()
    """Statements that drop steps that no piece after it reads."""
    awaits: tuple[Path, ...] = ()
    """Partitions of earlier sessions that builds under way are about to leave."""
    final: Path | None = None
    """Where it is moved as soon as it is written, since a later session waits for it."""
    wire: Wire = NONE
    """What must be there before."""
    shows: frozenset[str] = frozenset()
    """Of its upstream what shows other rows while it is made."""
    is_made: bool = False
    """Whether its table is there by now: a passage made it."""
    passage: Passage | None = None
    """What the replay reads, and who reads what it gives."""
    slicing: slices.Slicing | None = None
    """Where it may be too long for memory."""
    is_streamed: bool = False
    """Whether its rows go to the file as they are made, and its reader, if any, reads that."""


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
    unread: str | None = None
    """Why files could not say whose count: then nothing is built."""


@dataclass(frozen=True)
class Failure:
    """A model that could not be built, or an audit that found something."""

    session: date
    relation: str
    """A model, or audits.<name>."""
    message: str
    position: int | None = None
    """The character of its SQL that the message is about."""
    kind: Literal["model", "grain", "audit", "circumstance"] = "model"
    """What is wrong; a circumstance, such as a full disk, may be another next time."""


@dataclass(frozen=True)
class Written:
    """A file that a session build left."""

    relation: str
    path: Path
    rows: int
    bytes: int
    seconds: float

    def event(self, session: date) -> Event:
        """Return what a log says of it."""
        return Event("build", session, self.relation, self.rows, self.seconds, self.bytes)


@dataclass(frozen=True)
class Outcome:
    """What a session build gave: files, and failures that may keep them from counting."""

    session: date
    written: tuple[Written, ...] = ()
    failures: tuple[Failure, ...] = ()
