"""The newest buckets as they were sent, for who shows them, and for the audit at the end.

``live/<session>/buckets.jsonl`` below the warehouse: a line for each group of a bucket's relations,
appended once its rows are there.

| key | says |
|---|---|
| seq, bucket_end | number of the bucket in the window from 1, and its end, ns since 1970 UTC |
| group | ``book``, then ``decisions`` where there are any, ``options``, and ``wide`` |
| why | null, or why a bucket is sent again: its last line of a group stands |
| sent_at | this machine's clock, ns since 1970 UTC |
| clock | the gateway's clock at that time, ns since 1970 UTC |
| part | folder of the files that hold the rows, one for each process that built |
| rows | by relation the bytes, from and to, of its rows: an Arrow record batch |

``live/<session>/<part>/<group>.<relation>.arrows`` is an Arrow stream; no part is appended to by
a process that did not make it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import Any

import pyarrow as pa

from spymaster.errors import DataError
from spymaster.live.log import Log
from spymaster.warehouse.files import sync
from spymaster.warehouse.layout import SENT, Layout

KNOWN = "session.json"
"""What is known of the session beside, see ``known``."""
DECIDED = "decisions"
"""Group of what past sessions say about touches that are decided about in a bucket."""


def sent_folder(warehouse: Path, session: date) -> Path:
    """Return where the newest buckets of a session lie in a warehouse."""
    return Layout(warehouse).live / str(session)


class Sender:
    """Writes what was built, bucket by bucket.

    What a power cut has left in the log from the first line on whose rows are not there goes.

    Raises
    ------
    DataError
        If it cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._part = f"{len(list(folder.glob('[0-9][0-9][0-9]'))):03}"
            self._folder = folder / self._part
            self._folder.mkdir()
            _cut(folder)
            for before in folder.glob("[0-9][0-9][0-9]/*"):  # what stands is not sent again
                sync(before)
        except OSError as error:
            raise _unwritten(folder, error) from error
        self._log = Log(folder / SENT)
        self._files: dict[str, tuple[pa.NativeFile, pa.RecordBatchStreamWriter]] = {}

    def send(
        self,
        seq: int,
        end_ns: int,
        group: str,
        rows: Mapping[str, pa.Table],
        *,
        clock_ns: int,
        why: str | None = None,
    ) -> Line:
        """Write a group of a bucket, then say that it is there; return that line."""
        try:
            places = {name: self._write(f"{group}.{name}", found) for name, found in rows.items()}
        except OSError as error:
            raise _unwritten(self._folder, error) from error
        line = {
            "seq": seq,
            "bucket_end": end_ns,
            "group": group,
            "why": why,
            "sent_at": time.time_ns(),
            "clock": clock_ns,
            "part": self._part,
            "rows": places,
        }
        self._log.write(line)
        return Line(self._folder.parent, line)

    def sync(self) -> None:
        """Have all that was sent on the disk."""
        for path in self._folder.iterdir():
            sync(path)
        self._log.sync()

    def close(self) -> None:
        """Close all files; the last bytes are on the disk then.

        Raises
        ------
        DataError
            If they cannot be written.
        """
        self._log.close()
        try:
            for file, writer in self._files.values():
                writer.close()
                file.close()
        except OSError as error:
            raise _unwritten(self._folder, error) from error

    def _write(self, name: str, rows: pa.Table) -> tuple[int, int]:
        file, writer = self._file(name, rows.schema)
        begin, batches = file.tell(), rows.combine_chunks().to_batches()
        writer.write_batch(batches[0] if batches else _no_rows(rows.schema))
        return begin, file.tell()

    def _file(
        self, name: str, schema: pa.Schema
    ) -> tuple[pa.NativeFile, pa.RecordBatchStreamWriter]:
        if name not in self._files:
            file = pa.OSFile(str(self._folder / f"{name}.arrows"), "wb")
            writer = pa.ipc.new_stream(file, schema)
            writer.write_batch(_no_rows(schema))  # the schema is written with the first one
            self._files[name] = file, writer
        return self._files[name]


@dataclass(frozen=True)
class Line:
    """What the log says of a group of a bucket."""

    folder: Path
    said: dict[str, Any]

    @property
    def key(self) -> tuple[int, str]:
        """Number of the bucket, and group."""
        return self.said["seq"], self.said["group"]

    @property
    def relations(self) -> list[str]:
        """What it has rows of, or could have."""
        return list(self.said["rows"])

    def rows(self, relation: str) -> pa.Table:
        """Return the rows of a relation."""
        begin, end = self.said["rows"][relation]
        with self._file(relation).open("rb") as file:
            schema = pa.ipc.open_stream(file).schema
            file.seek(begin)
            batch = pa.ipc.read_record_batch(pa.py_buffer(file.read(end - begin)), schema)
        return pa.Table.from_batches([batch])

    def has_rows(self, sizes: dict[Path, int]) -> bool:
        """Whether the rows of every relation are there; ``sizes`` keeps what was asked of files."""
        for relation, (_, end) in self.said["rows"].items():
            path = self._file(relation)
            if path not in sizes:
                sizes[path] = path.stat().st_size if path.exists() else 0
            if sizes[path] < end:
                return False
        return True

    def _file(self, relation: str) -> Path:
        return self._part / f"{self.key[1]}.{relation}.arrows"

    @cached_property
    def _part(self) -> Path:
        return self.folder / str(self.said["part"])


def read_sent(folder: Path) -> Iterator[Line]:
    """Yield what was sent, first things first; what a kill left half-written is not there."""
    yield from Following(folder).poll()


class Following:
    """What is sent into a folder, as it comes."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._path, self._read = folder, folder / SENT, 0

    def poll(self) -> list[Line]:
        """Return what was sent since; a line that is half written is left for the next time."""
        try:
            if self._path.stat().st_size == self._read:
                return []
        except FileNotFoundError:
            return []
        with self._path.open("rb") as log:
            log.seek(self._read)
            whole = log.read().rpartition(b"\n")[0]
        self._read += len(whole) + bool(whole)
        return [Line(self._folder, json.loads(line)) for line in whole.split(b"\n") if line]


def standing(folder: Path) -> dict[tuple[int, str], Line]:
    """Return the line that stands of each bucket and group."""
    return {line.key: line for line in read_sent(folder)}


def _cut(folder: Path) -> None:
    """Cut the log at the first line that is torn or of which rows are missing."""
    log, sizes = folder / SENT, dict[Path, int]()
    if log.exists():
        lines = log.read_bytes().splitlines(keepends=True)
        whole = takewhile(lambda line: line.endswith(b"\n"), lines)
        kept = takewhile(lambda line: Line(folder, json.loads(line)).has_rows(sizes), whole)
        os.truncate(log, sum(map(len, kept)))


def _no_rows(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([], schema)


def _unwritten(path: Path, error: OSError) -> DataError:
    return DataError(f"{path}: cannot be written: {error.strerror or error}")
