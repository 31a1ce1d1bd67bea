"""The Parquet files of one source file, one per UTC date or for all, written beside decoding."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from spymaster.errors import DataError

STEPS = ("ts_event", "ts_recv", "ts_in_delta", "order_id", "size", "sequence", "row_no")
"""Packed as differences: many values, a few bits from one to the next."""
FLAT = ("rtype", "publisher_id", "channel_id", "flags", "date")
"""Written as they are: the same almost everywhere, so that zstd leaves nothing of them."""
ENCODINGS = dict.fromkeys(STEPS, "DELTA_BINARY_PACKED") | dict.fromkeys(FLAT, "PLAIN")
"""Of every column but those of a dictionary, which is best where few values return."""
INCOMPRESSIBLE = ("order_id", "ts_in_delta")
"""Once packed zstd takes at most 2 % off them, for two fifths more time."""
PAGE_ROWS = 1 << 18
"""Every page costs a new compressor, and a reader as much again."""
OPEN_DATES = 8
"""Dates written side by side: a clock may step back over midnight, not over weeks."""
WAITING = 2
"""Batches that may wait for the writing thread; bounds the memory."""


class PartitionWriter:
    """Writes batches to files, in their order, in a thread of its own."""

    def __init__(self, folder: Path, name: str) -> None:
        """Write into ``folder``; ``name`` is what messages call the source."""
        self.paths: dict[str, Path] = {}
        """The files, by the name of each: a date, mostly."""
        self._folder, self._name = folder, name
        self._open: dict[str, pq.ParquetWriter] = {}
        self._pool = ThreadPoolExecutor(1)
        self._pending: deque[Future[None]] = deque()

    def write(self, part: str, batch: pa.RecordBatch) -> None:
        """Hand over a batch; an error of an earlier one surfaces here.

        Raises
        ------
        DataError
            If the disk refuses, or a date comes back long after it ended.
        """
        self._pending.append(self._pool.submit(self._write, part, batch))
        self._wait(WAITING)

    def finish(self) -> None:
        """Wait for everything handed over and close the files."""
        self._wait(0)
        while self._open:
            self._close(next(iter(self._open)))

    def __enter__(self) -> PartitionWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        while self._open:
            # Still open means that an error is on its way, and the files are thrown away.
            with suppress(DataError):
                self._close(next(iter(self._open)))

    def _wait(self, allowed: int) -> None:
        while len(self._pending) > allowed:
            self._pending.popleft().result()

    def _write(self, part: str, batch: pa.RecordBatch) -> None:
        if part not in self._open:
            self._start(part, batch.schema)
        with self._refused(part):
            self._open[part].write_batch(batch)

    def _start(self, part: str, schema: pa.Schema) -> None:
        if part in self.paths:
            raise DataError(f"{self._name}: records of {part} come back after those of later dates")
        if len(self._open) == OPEN_DATES:
            self._close(next(iter(self._open)))
        self.paths[part] = self._folder / f"{part}.parquet"
        with self._refused(part):
            self._open[part] = parquet_writer(self.paths[part], schema)

    def _close(self, part: str) -> None:
        with self._refused(part):
            self._open.pop(part).close()

    @contextmanager
    def _refused(self, part: str) -> Iterator[None]:
        try:
            yield
        except (OSError, pa.ArrowException) as error:
            raise DataError(f"{self.paths[part]}: cannot be written: {error}") from error


def parquet_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Open a Parquet file the way everything landed is written."""
    names = schema.names
    return pq.ParquetWriter(
        path,
        schema,
        compression={name: "none" if name in INCOMPRESSIBLE else "zstd" for name in names},
        compression_level={name: 1 for name in names if name not in INCOMPRESSIBLE},
        data_page_version="2.0",
        use_dictionary=[name for name in names if name not in ENCODINGS],
        column_encoding={name: ENCODINGS[name] for name in names if name in ENCODINGS},
        write_statistics=[field.name for field in schema if not pa.types.is_dictionary(field.type)],
        max_rows_per_page=PAGE_ROWS,
        store_schema=False,
    )
