"""A result in each format that ``query`` writes; bytes on stdout are an interface."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from spymaster.errors import DataError
from spymaster.read import exact_types as travel
from spymaster.read.objects import as_objects
from spymaster.read.text_table import grid
from spymaster.warehouse import duck

ROWS_PER_BATCH = 65_536
TABLE_ROWS = 200
"""A table is for eyes: it holds no more rows than this."""


@dataclass(frozen=True)
class Sink:
    """Where a result goes."""

    out: IO[bytes]
    width: int | None = None
    """Characters of a terminal's line; none for anything else."""


def table(result: duck.Relation, sink: Sink) -> bool:
    """Write an aligned table of the first rows; return whether there are more."""
    rows = travel.as_text(result.limit(TABLE_ROWS + 1)).fetchall()
    numbers = [at for at, kind in enumerate(result.types) if kind.id in travel.NUMBERS]
    shown = [["" if value is None else value for value in row] for row in rows[:TABLE_ROWS]]
    for line in grid(result.columns, shown, right=numbers, width=sink.width):
        sink.out.write(line.encode() + b"\n")
    return len(rows) > TABLE_ROWS


def csv(result: duck.Relation, sink: Sink) -> None:
    """Write RFC 4180 lines with a header."""
    sink.out.write(",".join(map(_field, result.columns)).encode() + b"\n")
    for lines in _lines(travel.as_csv(result)):
        sink.out.write("".join(f"{line}\n" for line in lines).encode())


def jsonl(result: duck.Relation, sink: Sink) -> None:
    """Write one JSON object a line."""
    for lines in _lines(_objects(result)):
        sink.out.write("".join(f"{line}\n" for line in lines).encode())


def json(result: duck.Relation, sink: Sink) -> None:
    """Write one JSON array of objects, each on its line."""
    before = "["
    for lines in _lines(_objects(result)):
        sink.out.write((before + ",\n".join(lines)).encode())
        before = ",\n"
    sink.out.write(b"[]\n" if before == "[" else b"]\n")


def arrow(result: duck.Relation, sink: Sink) -> None:
    """Write an Arrow IPC stream."""
    import pyarrow as pa

    reader = travel.as_arrow(result).to_arrow_reader(ROWS_PER_BATCH)
    with pa.ipc.new_stream(sink.out, reader.schema) as stream:
        for batch in _read(reader):
            stream.write_batch(batch)


def parquet(result: duck.Relation, sink: Sink) -> None:
    """Write a Parquet file, zstd."""
    import pyarrow.parquet as pq

    reader = travel.as_arrow(result).to_arrow_reader(ROWS_PER_BATCH)
    file = pq.ParquetWriter(sink.out, reader.schema, compression="zstd")
    try:
        for batch in _read(reader):
            file.write_batch(batch)
        file.close()
    finally:
        file.is_open = False  # a part never gets the footer that makes it look whole


WRITERS: dict[str, Callable[[duck.Relation, Sink], bool | None]] = {
    "table": table,
    "csv": csv,
    "json": json,
    "jsonl": jsonl,
    "parquet": parquet,
    "arrow": arrow,
}


def _read(reader: Any) -> Iterator[Any]:
    """Yield the batches of an Arrow reader; it tells a query's error as one of input and output."""
    while True:
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            return
        except OSError as error:
            raise duck.DuckError(str(error)) from error
        yield batch


def _lines(result: duck.Relation) -> Iterator[list[str]]:
    """Yield the texts of one column, a batch at a time."""
    for batch in _read(result.to_arrow_reader(ROWS_PER_BATCH)):
        yield batch.column(0).to_pylist()


def _objects(result: duck.Relation) -> duck.Relation:
    names = result.columns
    if len(set(names)) < len(names):
        raise DataError(f"two columns of one name, which JSON cannot hold: {', '.join(names)}")
    return as_objects(result)


def _field(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if set(name) & set('",\r\n') or not name else name
