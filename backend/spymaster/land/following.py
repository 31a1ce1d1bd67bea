"""A date of an instrument from several files, each of which goes on where the one before ended.

So does the capture of an evening after that of the day, and hours that are bought one by one.
`row_no` is the order of a date's records, so whatever goes on is numbered behind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from spymaster.errors import DataError
from spymaster.land.intake import F_SNAPSHOT, Span
from spymaster.land.partitions import parquet_writer
from spymaster.warehouse import duck
from spymaster.warehouse.columns import raw_relations
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger, Partition

Spans = dict[int, Span]
"""First and last ts_recv of instruments, ns since 1970 UTC; the first is of a book snapshot,
which says again what rests, only where nothing else came."""


class Following:
    """Tells which landed partitions a new one goes on after, and numbers it behind them.

    Parameters
    ----------
    root : Path
        Of the warehouse.
    fresh : mapping of file to Path
        Where the files of new partitions lie until they are in their place.
    spill : Path
        Folder for what does not fit into memory.
    """

    def __init__(self, root: Path, fresh: Mapping[str, Path], spill: Path) -> None:
        self._root, self._fresh, self._spill = root, fresh, spill
        self._known: dict[tuple[str, date, str], Spans] = {}

    def goes_on(self, new: Partition, old: Partition) -> bool:
        """Return whether all that both hold comes later in the new one."""
        return self._path(old).exists() and _is_before(self._spans(old), self._spans(new))

    def comes_before(self, new: Partition, old: Partition) -> bool:
        """Return whether all that both hold comes earlier in the new one."""
        return self._path(old).exists() and _is_before(self._spans(new), self._spans(old))

    def numbered(
        self, added: Iterable[Partition], before: Mapping[str, Collection[Partition]]
    ) -> tuple[Partition, ...]:
        """Number the records of each new file from after the last of the partitions before it on.

        Parameters
        ----------
        before : mapping of file to partitions
            Of a new file that holds many dates, those before any of them.
        """
        more = {file: self._moved(file, parts) for file, parts in before.items()}
        return tuple(new._replace(first_row=new.first_row + more.get(new.file, 0)) for new in added)

    def _moved(self, file: str, before: Iterable[Partition]) -> int:
        """Number a new file higher; return by how much."""
        more = 1 + _last([self._path(old) for old in before], self._spill)
        _add(self._fresh[file], more)
        return more

    def _spans(self, part: Partition) -> Spans:
        if part.key not in self._known:
            self._known[part.key] = spans(self._path(part), part.schema, part.date, self._spill)
        return self._known[part.key]

    def _path(self, part: Partition) -> Path:
        return self._fresh.get(part.file, self._root / part.file)


def spans(path: Path, schema: str, day: date, spill: Path) -> Spans:
    """Return from when until when each instrument of a landed file has records on a date.

    Raises
    ------
    DataError
        If it is damaged.
    """
    names = {column.name for column in raw_relations()[schema].columns}
    clock = "ts_recv" if "ts_recv" in names else "ts_event"
    is_live = f"flags & {F_SNAPSHOT} = 0" if "flags" in names else "true"
    query = (
        f"select instrument_id, max({clock}),"
        f" coalesce(min({clock}) filter (where {is_live}), min({clock})) from {_read([path])}"
        f" where date = {duck.literal(day)} group by instrument_id"
    )
    try:
        with duck.in_memory(spill) as connection:
            rows = connection.execute(query).fetchall()
    except duck.DuckError as error:
        if duck.is_circumstance(error):
            raise
        said = f"{path}: {duck.message(error)}; remove it, then land its source again"
        raise DataError(said) from error
    return {instrument: (first, last) for instrument, last, first in rows}


def landed_until(layout: Layout, schema: str, day: date) -> dict[int, int]:
    """Return until when the records of each instrument have landed on a UTC date, ns."""
    found: dict[int, int] = {}
    for part in Ledger(layout).partitions():
        path = layout.root / part.file
        if (part.schema, part.date) == (schema, day) and path.exists():
            for instrument, (_, last_ns) in spans(path, schema, day, layout.tmp).items():
                found[instrument] = max(last_ns, found.get(instrument, 0))
    return found


def _last(paths: Iterable[Path], spill: Path) -> int:
    with duck.in_memory(spill) as connection:
        ((last,),) = connection.execute(f"select max(row_no) from {_read(paths)}").fetchall()
    return int(last)


def _add(path: Path, more: int) -> None:
    """Write a file anew, its records numbered higher."""
    texts = [field.name for field in pq.read_schema(path) if pa.types.is_string(field.type)]
    whole = pq.ParquetFile(path, read_dictionary=texts)
    at, moved = whole.schema_arrow.get_field_index("row_no"), path.with_suffix(".moved")
    with parquet_writer(moved, whole.schema_arrow) as writer:
        for number in range(whole.num_row_groups):
            table = whole.read_row_group(number)
            numbers = pc.add_checked(table["row_no"], pa.scalar(more, pa.uint32()))
            writer.write_table(table.set_column(at, table.schema.field(at), numbers))
    moved.replace(path)


def _is_before(one: Spans, other: Spans) -> bool:
    return all(one[key][1] < other[key][0] for key in one.keys() & other.keys())


def _read(files: Iterable[Path]) -> str:
    names = ", ".join(duck.literal(str(path)) for path in files)
    return f"read_parquet([{names}], hive_partitioning = false)"
