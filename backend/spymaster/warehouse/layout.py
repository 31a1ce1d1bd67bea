"""Where everything lies inside a warehouse folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path


def raw_file(schema: str, day: date, file_id: str) -> str:
    """Return where a raw partition lies below the warehouse folder."""
    return f"raw/{schema}/date={day}/{file_id}.parquet"


def model_file(relation: str, session: date, fingerprint: str) -> str:
    """Return where a model's partition lies below the warehouse folder.

    Text and not a Path, which costs more than to look: a plan asks for thousands.
    """
    return f"models/{relation}/session={session}/{fingerprint}.parquet"


@dataclass(frozen=True)
class Layout:
    """Paths of one warehouse; nothing is created by asking."""

    root: Path

    @property
    def ledger(self) -> Path:
        """What landed and what was built; private to the command line."""
        return self.root / "ledger.duckdb"

    @property
    def lock(self) -> Path:
        """Held by the one process that writes."""
        return self.root / "writer.lock"

    @property
    def tmp(self) -> Path:
        """Half-written files and spill; a leftover here is garbage of a killed process."""
        return self.root / "tmp"

    @property
    def catalogs(self) -> Path:
        """Folder of the published catalogs."""
        return self.root / "catalog"

    @property
    def note(self) -> Path:
        """What is known of the published catalog without opening it, see ``published``."""
        return self.root / "published.json"

    @property
    def link(self) -> Path:
        """The symlink every reader opens."""
        return self.root / "spymaster.duckdb"

    @property
    def checkpoints(self) -> Path:
        """Folder of what replays of orders can go on from, a folder for each session."""
        return self.root / "checkpoints"

    def checkpoint(self, session: date) -> Path:
        """Folder of a session's checkpoint, there as long as more of its window may land."""
        return self.checkpoints / f"session={session}"

    def raw_partition(self, schema: str, day: date, file_id: str) -> Path:
        """Path of the landed records of one vendor schema, UTC date and source file."""
        return self.root / raw_file(schema, day, file_id)

    def model_partition(self, relation: str, session: date, fingerprint: str) -> Path:
        """Path of one relation's rows of one session."""
        return self.root / model_file(relation, session, fingerprint)
