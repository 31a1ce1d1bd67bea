"""Where everything lies inside a warehouse folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from spymaster.errors import UsageError

DEMO = Path("demo/warehouse")
"""Where ``spymaster demo`` puts its warehouse, below the working directory."""
SENT = "buckets.jsonl"
"""Log of what was sent, in the folder of a session's newest buckets."""
WHOLE = ("condition", "ohlcv-1d", "symbology")
"""Schemas of few records a day: the dates of a source share a file; thousands of files are slow."""

MORE_THAN_A_NAME = re.compile(r"/[^/=]+=|\?|[\ud800-\udfff]")
"""What DuckDB finds in a path: a column of everything below, such as size=9 in place of the
records' own, the options of a file, and what is no text at all."""


def raw_file(schema: str, day: date, name: str) -> str:
    """Return where a raw partition lies below the warehouse folder.

    >>> raw_file("mbo", date(2024, 3, 5), "1f2e")
    'raw/mbo/date=2024-03-05/1f2e.parquet'
    >>> raw_file("ohlcv-1d", date(2024, 3, 5), "1f2e")
    'raw/ohlcv-1d/1f2e.parquet'
    """
    folder = f"raw/{schema}" if schema in WHOLE else f"raw/{schema}/date={day}"
    return f"{folder}/{name}.parquet"


def model_file(relation: str, session: date, fingerprint: str) -> str:
    """Return where a model's partition lies below the warehouse folder.

    Text and not a Path, which costs more than to look: a plan asks for thousands.
    """
    return f"models/{relation}/session={session}/{fingerprint}.parquet"


@dataclass(frozen=True)
class Layout:
    """Paths of one warehouse; nothing is created by asking.

    Raises
    ------
    UsageError
        For a folder whose path DuckDB does not take as it is.
    """

    root: Path

    def __post_init__(self) -> None:
        path = str(self.root.resolve())
        if MORE_THAN_A_NAME.search(path):
            said = "DuckDB reads more than names in this path"
            raise UsageError(f"warehouse = {path!r}: {said}; allowed: one of text without = and ?")

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
    def link(self) -> Path:
        """The symlink every reader opens."""
        return self.root / "spymaster.duckdb"

    @property
    def checkpoints(self) -> Path:
        """Folder of what replays of orders can go on from, a folder for each session."""
        return self.root / "checkpoints"

    @property
    def live(self) -> Path:
        """Folder of the newest buckets as they were sent, a folder for each session."""
        return self.root / "live"

    def checkpoint(self, session: date) -> Path:
        """Folder of a session's checkpoint, there as long as more of its window may land."""
        return self.checkpoints / f"session={session}"

    def model_partition(self, relation: str, session: date, fingerprint: str) -> Path:
        """Path of one relation's rows of one session."""
        return self.root / model_file(relation, session, fingerprint)


def raw_relation(schema: str) -> str:
    """Return the relation that records of a vendor schema land in.

    >>> raw_relation("mbp-1")
    'raw.mbp_1'
    """
    return f"raw.{schema.replace('-', '_')}"
