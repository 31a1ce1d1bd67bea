"""One source file on its way in: records in, partitions and their facts out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from spymaster.errors import DataError
from spymaster.land.arrow import EPOCH, numbers, record_batch, symbology_batch
from spymaster.land.columns import Columns, gathered
from spymaster.land.dbn import DbnReader
from spymaster.land.partitions import PartitionWriter, parquet_writer
from spymaster.units import DAY_NS, FIRST_SESSION, LAST_SESSION, from_ns, utc_date
from spymaster.warehouse.columns import raw_relations
from spymaster.warehouse.layout import WHOLE, raw_file

EARLIEST_NS, LATEST_NS = (
    (day - EPOCH).days * DAY_NS for day in (FIRST_SESSION, LAST_SESSION + timedelta(days=1))
)
F_SNAPSHOT = 32
SYMBOLOGY = "symbology"
ALL_DATES = "all"
"""What the Parquet file is called that all dates of a source share."""
Times = NDArray[np.int64]
"""(n,) ns since 1970 UTC, the clock that dates a record."""
Span = tuple[int, int]
"""Earliest and latest, ns since 1970 UTC."""


@dataclass
class Facts:
    """What is known of a partition once its records have passed."""

    records: int = 0
    live: Span | None = None
    """Of the records that are no book snapshot."""
    snapshot: Span | None = None
    instruments: set[int] = field(default_factory=set)
    gaps: int = 0
    """Steps back in time from one record of the file to the next."""
    first_row: int = 0
    """Number of its first record in the file."""

    @property
    def span(self) -> Span:
        """What the partition covers; a snapshot counts only where nothing else came."""
        span = self.live or self.snapshot
        assert span is not None, "a partition has records"
        return span

    def note(self, columns: Columns, times: Times, gaps: int) -> None:
        """Count more records."""
        self.records += len(times)
        self.gaps += gaps
        self.instruments.update(_distinct(columns["instrument_id"]))
        snapshot = _snapshot(columns)
        if not snapshot.any():
            self.live = _wider(self.live, times)
            return
        self.live = _wider(self.live, times[~snapshot])
        self.snapshot = _wider(self.snapshot, times[snapshot])


@dataclass(frozen=True)
class Written:
    """A finished Parquet file in the scratch folder."""

    schema: str
    date: date
    file_id: str
    file: str
    """Where it will lie below the warehouse folder."""
    path: Path
    """Where it lies in the scratch folder, perhaps with the records of other dates."""
    facts: Facts


class Intake:
    """Writes one source file as partitions into a scratch folder."""

    def __init__(self, reader: DbnReader, name: str, file_id: str, folder: Path) -> None:
        """Prepare to read; ``name`` is what messages call the file."""
        self._reader, self._name, self._file_id, self._folder = reader, name, file_id, folder
        self._relation = raw_relations()[reader.header.schema]
        self._columns = {column.name for column in self._relation.columns}
        self._is_shared = self._relation.schema in WHOLE
        self._facts: dict[date, Facts] = {}
        self._row_no = 0
        self._last_ns: int | None = None

    def run(self, on_batch: Callable[[], None]) -> list[Written]:
        """Write everything and return it, the symbol mappings last.

        Parameters
        ----------
        on_batch : callable
            Called after every batch of records.

        Raises
        ------
        DataError
            If the file is not what it claims to be, or the disk refuses.
        """
        with PartitionWriter(self._folder, self._name) as writer:
            for columns in gathered(self._reader.batches(), self._columns):
                self._take(columns, writer)
                on_batch()
            writer.finish()
        schema = self._relation.schema
        written = [
            self._written(
                schema, day, writer.paths[ALL_DATES if self._is_shared else str(day)], facts
            )
            for day, facts in self._facts.items()
        ]
        return [*written, *self._symbology()]

    def _written(self, schema: str, day: date, path: Path, facts: Facts) -> Written:
        place = raw_file(schema, day, self._file_id)
        return Written(schema, day, self._file_id, place, path, facts)

    def _take(self, columns: Columns, writer: PartitionWriter) -> None:
        times = self._times(columns)
        first = self._row_no
        columns = {**columns, "row_no": np.arange(first, first + len(times), dtype=np.uint32)}
        back = np.zeros(len(times), np.bool_)
        back[0] = self._last_ns is not None and times[0] < self._last_ns
        np.less(times[1:], times[:-1], out=back[1:])
        for day, rows in _by_day(times):
            part = {name: values[rows] for name, values in columns.items()}
            facts = self._facts.setdefault(day, Facts(first_row=int(part["row_no"][0])))
            facts.note(part, times[rows], int(np.count_nonzero(back[rows])))
            if not self._is_shared:
                writer.write(str(day), self._rows(part, day))
        if self._is_shared:
            writer.write(ALL_DATES, self._rows(columns, (times // DAY_NS).astype(np.int32)))
        self._row_no += len(times)
        self._last_ns = int(times[-1])

    def _rows(self, columns: Columns, day: date | NDArray[np.int32]) -> pa.RecordBatch:
        try:
            return record_batch(self._relation, columns, day, self._file_id)
        except pa.ArrowInvalid as error:
            raise DataError(f"{self._name}: after record {self._row_no}: {error}") from error

    def _times(self, columns: Columns) -> Times:
        clock = "ts_recv" if "ts_recv" in self._columns else "ts_event"
        times: Times = columns[clock].view(np.int64)
        if (wrong := (times < EARLIEST_NS) | (times >= LATEST_NS)).any():
            at = int(wrong.argmax())
            record, ns = self._row_no + at, int(times[at])
            said = f"{clock} {from_ns(ns):%Y-%m-%d}" if ns >= 0 else f"an undefined {clock}"
            allowed = f"{FIRST_SESSION} to {LAST_SESSION}"
            raise DataError(f"{self._name}: record {record} has {said}; allowed: {allowed}")
        return times

    def _symbology(self) -> list[Written]:
        """Write the symbol mappings, for every date of the records: a session reads its own."""
        header = self._reader.header
        days = sorted(self._facts) or [utc_date(header.start_ns)]
        path = self._folder / f"{SYMBOLOGY}.parquet"
        batch = symbology_batch(raw_relations()[SYMBOLOGY], header, days, self._file_id)
        with parquet_writer(path, batch.schema) as writer:
            writer.write_batch(batch)
        counts = Counter(batch.column("date").to_pylist())
        span = (header.start_ns, header.start_ns)
        return [self._written(SYMBOLOGY, day, path, Facts(counts[day], live=span)) for day in days]


def _by_day(times: Times) -> Iterator[tuple[date, slice | NDArray[np.intp]]]:
    """Yield each UTC date with its rows, which keep their order."""
    first, last = int(times.min()) // DAY_NS, int(times.max()) // DAY_NS
    if first == last:
        yield EPOCH + timedelta(days=first), slice(None)
        return
    days = times // DAY_NS
    order = np.argsort(days, kind="stable")  # not a mask a date: there may be thousands
    found, starts = np.unique(days[order], return_index=True)
    for day, rows in zip(found.tolist(), np.split(order, starts[1:]), strict=True):
        yield EPOCH + timedelta(days=day), rows


def _distinct(values: NDArray[Any]) -> list[int]:
    if (values == values[0]).all():
        return [int(values[0])]
    found: list[int] = pc.unique(numbers(values)).to_pylist()
    return found


def _snapshot(columns: Columns) -> NDArray[np.bool_]:
    if "flags" not in columns:
        return np.zeros(len(columns["instrument_id"]), np.bool_)
    snapshot: NDArray[np.bool_] = (columns["flags"] & F_SNAPSHOT) != 0
    return snapshot


def _wider(span: Span | None, times: Times) -> Span | None:
    if not len(times):
        return span
    found = (int(times.min()), int(times.max()))
    return found if span is None else (min(span[0], found[0]), max(span[1], found[1]))
