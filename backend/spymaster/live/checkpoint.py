"""Where a builder stands, once a minute, so that one that begins after it goes on from there.

``live/<session>/checkpoint-<bucket>/``: the tables of its sandboxes, Parquet by name,
``state.pickle``, its book and how far it has read, and ``made``, of which models and code. Written
under another name, synced and renamed; then the one before goes, ``made`` first. What is built
after it is held against what was sent.
"""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from spymaster.book import source
from spymaster.building.sandbox import Sandbox
from spymaster.errors import DataError
from spymaster.warehouse import duck
from spymaster.warehouse.files import sync

STATE, MADE, WRITING = "state.pickle", "made", ".checkpoint"
TABLES = """
    select
        schema_name || '."' || table_name || '"' as name,
        schema_name || '.' || table_name as file
    from duckdb_tables()
    where
        schema_name = 'held'
        or (schema_name = 'built' and table_name like 'raw.%' and table_name not like '% earlier')
    order by all
"""


@dataclass
class Standing:
    """What goes on: plain objects of a builder's parts, by the name of the part."""

    n: int
    """Buckets of the window that are sent."""
    parts: dict[str, Any]


class Checkpoints:
    """The checkpoints of a session; only the newest stays.

    Parameters
    ----------
    folder : Path
        Where its buckets are sent to.
    boxes : mapping of str to Sandbox
        Whose tables are kept, by name. Those of ``growing`` are only ever added to, and of them
        each checkpoint writes what is new.
    """

    def __init__(
        self, folder: Path, boxes: Mapping[str, Sandbox], *, growing: tuple[str, ...]
    ) -> None:
        self._folder, self._boxes, self._growing = folder, boxes, growing
        self._made = made_of(boxes)
        self._newest = self._find()
        self._drop_but(self._newest)
        self._had: dict[tuple[str, str], int] = {}
        """Rows that the newest holds of tables that grow."""

    def read(self) -> Standing | None:
        """Fill the tables from the newest checkpoint and return what goes on from it.

        One of other models, settings or code is none, and goes.
        """
        if not self._newest:
            return None
        if (self._newest / MADE).read_text(encoding="ascii") != self._made:
            self._drop_but(None)
            return None
        found: Standing = pickle.loads((self._newest / STATE).read_bytes())
        for box, connection, name, file in self._tables():
            parts = sorted(map(str, self._newest.glob(f"{box}.{file}.*.parquet")))
            listed = ", ".join(map(duck.literal, parts))
            connection.execute(f"insert into {name} by name from read_parquet([{listed}])")
            self._note(box, connection, name)
        return found

    def write(self, n: int, parts: dict[str, Any]) -> None:
        """Keep what goes on after a bucket.

        Raises
        ------
        DataError
            If it cannot be written.
        """
        writing, final = self._folder / WRITING, self._folder / f"checkpoint-{n:05}"
        try:
            shutil.rmtree(writing, ignore_errors=True)
            writing.mkdir()
            for box, connection, name, file in self._tables():
                self._keep(connection, writing / f"{box}.{file}", box, name)
            (writing / STATE).write_bytes(pickle.dumps(Standing(n, parts)))
            (writing / MADE).write_text(self._made, encoding="ascii")
            for path in (*writing.iterdir(), writing):
                sync(path)
            writing.rename(final)
        except (OSError, duck.DuckError) as error:
            raise DataError(f"{writing}: cannot be written: {error}") from error
        self._drop_but(final)

    def _drop_but(self, kept: Path | None) -> None:
        self._newest = kept
        for path in self._folder.glob("checkpoint-*"):
            if path != kept:
                (path / MADE).unlink(missing_ok=True)  # what a kill leaves of the rest is none
                shutil.rmtree(path)

    def _keep(self, connection: duck.Connection, stem: Path, box: str, name: str) -> None:
        """Write a table; of one that grows what is new beside links to what there was."""
        had = self._had.get((box, name), 0) if box in self._growing else 0
        before = sorted(self._newest.glob(f"{stem.name}.*.parquet")) if self._newest and had else []
        for path in before:
            os.link(path, stem.parent / path.name)
        target = duck.literal(str(stem.with_name(f"{stem.name}.{len(before):04}.parquet")))
        connection.execute(f"copy (from {name} where rowid >= {had}) to {target} (format parquet)")
        self._note(box, connection, name)

    def _note(self, box: str, connection: duck.Connection, name: str) -> None:
        if box in self._growing:
            (self._had[box, name],) = connection.execute(
                f"select count(*) from {name}"
            ).fetchone() or (0,)

    def _tables(self) -> list[tuple[str, duck.Connection, str, str]]:
        return [
            (box, sandbox.connection, name, file)
            for box, sandbox in self._boxes.items()
            for name, file in sandbox.connection.execute(TABLES).fetchall()
        ]

    def _find(self) -> Path | None:
        return max(
            (path.parent for path in self._folder.glob(f"checkpoint-*/{MADE}")), default=None
        )


def made_of(boxes: Mapping[str, Sandbox]) -> str:
    """Return a digest of what some sandboxes build, settings included, and of the code beside."""
    texts = [text.encode() for box in boxes.values() for _, text in box.creations()]
    code = [path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))]
    return sha256(b"\n".join([source.version().encode(), *code, *texts])).hexdigest()[:16]
