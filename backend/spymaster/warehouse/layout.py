"""Where everything lies inside a warehouse folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path


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
    def stamp(self) -> Path:
        """What the published catalog says, in 64 digits; private to the command line."""
        return self.root / "published.json"

    @property
    def link(self) -> Path:
        """The symlink every reader opens."""
        return self.root / "spymaster.duckdb"

    def raw_partition(self, schema: str, day: date, file_id: str) -> Path:
        """Path of the landed records of one vendor schema, UTC date and source file."""
        return self.root / "raw" / schema / f"date={day}" / f"{file_id}.parquet"

    def model_partition(self, relation: str, session: date, fingerprint: str) -> Path:
        """Path of one relation's rows of one session."""
        parts = ("models", relation, f"session={session}", f"{fingerprint}.parquet")
        return self.root.joinpath(*parts)  # at once: a plan asks for thousands
