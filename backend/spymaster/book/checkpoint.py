"""A replay that can go on: its state, which records it took, and what its readers made of them.

Kept in a folder of a session as long as more of its window may land. A later pass reads the same
records again, which costs a fifth of replaying and adding them up, and goes on from there if they
are the same; else it begins anew.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path

import numpy as np

from spymaster.book.arrays import Grid, Records, rows
from spymaster.book.passage import Passage, Reader
from spymaster.book.source import digest
from spymaster.book.state import State, load, save
from spymaster.warehouse import duck, statements

STATE, TAKEN = "state.npz", "taken.json"


@dataclass(frozen=True)
class Taken:
    """Which records a replay took."""

    count: int = 0
    number: int = 0
    """Of their content, see ``mark.mark``."""

    def with_more(self, records: Records) -> Taken:
        """Return these records and some more."""
        from spymaster.book.mark import mark  # compiles

        return Taken(self.count + len(records.seq), int(mark(records, np.uint64(self.number))))

    def rest_of(self, batches: Iterator[Records]) -> Iterator[Records] | None:
        """Return what follows these records; None where batches begin with others."""
        found = Taken()
        for records in batches:
            cut = min(self.count - found.count, len(records.seq))
            found = found.with_more(rows(records, 0, cut))
            if found.count == self.count:
                return chain([rows(records, cut, None)], batches) if found == self else None
        return None


def find(folder: Path, passage: Passage, grid: Grid) -> tuple[State, Taken] | None:
    """Return what a checkpoint holds, if it is of the same rules and has what the readers need."""
    try:
        written = json.loads((folder / TAKEN).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    made = written.pop("readers")
    if written.pop("rules") != _rules(grid) or any(
        made.get(reader.relation) != _digest(reader.query) for reader in passage.readers
    ):
        return None
    return load(folder / STATE), Taken(**written)


def put_back(connection: duck.Connection, folder: Path, readers: Iterable[Reader]) -> None:
    """Fill the tables of readers with what they had."""
    for reader in readers:
        path = statements.text(str(_rows(folder, reader)))
        connection.execute(f"insert into {reader.table} {statements.read(f'[{path}]')}")


def write(
    connection: duck.Connection, folder: Path, passage: Passage, state: State, taken: Taken
) -> None:
    """Write a checkpoint into a folder that is not there."""
    folder.mkdir(parents=True)
    save(state, folder / STATE)
    for reader in passage.readers:
        path = statements.text(str(_rows(folder, reader)))
        connection.execute(f"copy {reader.table} to {path} ({statements.PARQUET})")
    readers = {reader.relation: _digest(reader.query) for reader in passage.readers}
    said = {**asdict(taken), "rules": _rules(state.grid), "readers": readers}
    (folder / TAKEN).write_text(json.dumps(said), encoding="utf-8")


def drop(folder: Path) -> None:
    """Remove a checkpoint; what a kill leaves of it is none."""
    (folder / TAKEN).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _rows(folder: Path, reader: Reader) -> Path:
    return folder / f"{reader.relation}.parquet"


def _rules(grid: Grid) -> str:
    return _digest(f"{digest()} {tuple(grid)}")


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
