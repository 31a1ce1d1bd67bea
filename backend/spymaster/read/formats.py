"""A result in each format that ``query`` writes; bytes on stdout are an interface."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import IO, Any

from spymaster.errors import DataError
from spymaster.read import exact_types as travel
from spymaster.read.asking import ROWS_PER_BATCH
from spymaster.read.objects import as_objects
from spymaster.read.text_table import grid, pointed
from spymaster.warehouse import duck

TABLE_ROWS = 200
"""What is for eyes holds no more rows than this."""
WIDEST = 1_000_000
"""Characters of a box where no terminal limits it."""
MOST_KEYS = 3
"""Columns that are repeated where a table is wider than the terminal."""


@dataclass(frozen=True)
class Sink:
    """Where a result goes."""

    out: IO[bytes]
    width: int | None = None
    """Characters of a terminal's line; none for anything else."""
    is_exact: bool = False
    """Whether text for people has every digit."""
    most: int = TABLE_ROWS
    """Rows of what is for eyes."""


def table(result: duck.Relation, sink: Sink) -> bool:
    """Write an aligned table of the first rows; return whether there are more."""
    rows, is_cut = _first(result, sink)
    shown = [["" if value is None else value for value in row] for row in rows]
    keys = telling(result, rows)
    for line in grid(result.columns, shown, right=_numbers(result), width=sink.width, keys=keys):
        sink.out.write(line.encode() + b"\n")
    return is_cut


def box(result: duck.Relation, sink: Sink) -> None:
    """Write the box that DuckDB draws; it says itself what it leaves out."""
    drawn = StringIO()
    with redirect_stdout(drawn):
        rows = result if sink.is_exact else travel.as_read(result)
        rows.show(max_width=sink.width or WIDEST, max_rows=TABLE_ROWS, null_value="")
    sink.out.write(drawn.getvalue().rstrip("\n").encode() + b"\n")


def line(result: duck.Relation, sink: Sink) -> bool:
    """Write the first rows as a line for each value; return whether there are more."""
    rows, is_cut = _first(result, sink)
    widest = max(map(len, result.columns))
    for number, row in enumerate(rows):
        lines = [
            f"{name:>{widest}} = {'' if value is None else value}".rstrip()
            for name, value in zip(result.columns, row, strict=True)
        ]
        sink.out.write(("\n" * bool(number) + "\n".join(lines) + "\n").encode())
    return is_cut


def markdown(result: duck.Relation, sink: Sink) -> bool:
    """Write the first rows as a table of Markdown; return whether there are more."""
    rows, is_cut = _first(result, sink)
    numbers = _numbers(result)
    rule = ["---:" if at in numbers else "---" for at in range(len(result.columns))]
    cells = [[_cell(value) for value in row] for row in (result.columns, *rows)]
    for row in (cells[0], rule, *cells[1:]):
        sink.out.write(f"| {' | '.join(row)} |\n".encode())
    return is_cut


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
    "box": box,
    "line": line,
    "markdown": markdown,
    "csv": csv,
    "json": json,
    "jsonl": jsonl,
    "parquet": parquet,
    "arrow": arrow,
}


def _first(result: duck.Relation, sink: Sink) -> tuple[list[tuple[str | None, ...]], bool]:
    """Return the first rows as text, and whether there are more."""
    cut = result.limit(sink.most + 1)
    rows = travel.as_text(cut if sink.is_exact else travel.as_read(cut)).fetchall()
    is_cut, rows = len(rows) > sink.most, rows[: sink.most]
    if not sink.is_exact and rows:
        fractions = [at for at, kind in enumerate(result.types) if kind.id in travel.FRACTIONS]
        columns = list(zip(*rows, strict=True))
        rows = list(
            zip(
                *(pointed(c) if at in fractions else c for at, c in enumerate(columns)), strict=True
            )
        )
    return rows, is_cut


def _numbers(result: duck.Relation) -> list[int]:
    return [at for at, kind in enumerate(result.types) if kind.id in travel.NUMBERS]


def telling(result: duck.Relation, rows: Sequence[Sequence[str | None]]) -> list[int]:
    """Return the columns that say which row it is: those that vary, before the first measure."""
    kinds = result.types
    first = next((at for at, kind in enumerate(kinds) if kind.id in travel.FRACTIONS), len(kinds))
    varying = [at for at in range(first) if len({row[at] for row in rows}) > 1]
    return varying[:MOST_KEYS]


def _cell(value: str | None) -> str:
    return (value or "").replace("|", "\\|").replace("\n", "<br>")


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
