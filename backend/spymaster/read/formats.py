"""A result in each format that ``query`` writes; bytes on stdout are an interface."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from spymaster.errors import DataError
from spymaster.warehouse import duck

ROWS_PER_BATCH = 65_536
TABLE_ROWS = 200
"""A table is for eyes: more rows than this are counted, not printed."""
EXACT_IN_JSON = 2**53
"""Integers from here on travel as text: a JSON reader may hold them as doubles."""


def table(result: duck.Connection, out: IO[bytes]) -> None:
    """Write an aligned table of the first rows."""
    from rich.console import Console
    from rich.table import Table

    names = _names(result)
    grid = Table(*names, box=None, pad_edge=False, header_style="bold")
    rows = result.fetchmany(TABLE_ROWS + 1)
    for row in rows[:TABLE_ROWS]:
        grid.add_row(*("" if value is None else _text(value) for value in row))
    text = io.StringIO()
    # as wide as the rows are: a cut number is a wrong number
    Console(file=text, width=10_000, no_color=True).print(grid)
    lines = (line.rstrip() for line in text.getvalue().splitlines())
    out.write(("\n".join(lines) + "\n").encode())
    if len(rows) > TABLE_ROWS:
        out.write(f"... first {TABLE_ROWS} rows; another --format writes all\n".encode())


def csv(result: duck.Connection, out: IO[bytes]) -> None:
    """Write RFC 4180 lines with a header; null is an empty field."""
    import csv as writer

    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    lines = writer.writer(text, lineterminator="\n")
    lines.writerow(_names(result))
    for row in _rows(result):
        lines.writerow(["" if value is None else _text(value) for value in row])
    text.detach()


def jsonl(result: duck.Connection, out: IO[bytes]) -> None:
    """Write one JSON object a line."""
    for line in _objects(result):
        out.write(line.encode() + b"\n")


def json_array(result: duck.Connection, out: IO[bytes]) -> None:
    """Write one JSON array of objects."""
    out.write(b"[" + b",\n".join(line.encode() for line in _objects(result)) + b"]\n")


def arrow(result: duck.Connection, out: IO[bytes]) -> None:
    """Write an Arrow IPC stream."""
    import pyarrow as pa

    reader = result.to_arrow_reader(ROWS_PER_BATCH)
    with pa.ipc.new_stream(out, reader.schema) as sink:
        for batch in reader:
            sink.write_batch(batch)


def parquet(result: duck.Connection, out: IO[bytes]) -> None:
    """Write a Parquet file, zstd."""
    import pyarrow.parquet as pq

    reader = result.to_arrow_reader(ROWS_PER_BATCH)
    with pq.ParquetWriter(out, reader.schema, compression="zstd") as sink:
        for batch in reader:
            sink.write_batch(batch)


WRITERS: dict[str, Callable[[duck.Connection, IO[bytes]], None]] = {
    "table": table,
    "csv": csv,
    "json": json_array,
    "jsonl": jsonl,
    "parquet": parquet,
    "arrow": arrow,
}


def _names(result: duck.Connection) -> list[str]:
    return [column[0] for column in result.description or []]


def _rows(result: duck.Connection) -> Iterator[tuple[Any, ...]]:
    while rows := result.fetchmany(ROWS_PER_BATCH):
        yield from rows


def _objects(result: duck.Connection) -> Iterator[str]:
    names = _names(result)
    if len(set(names)) < len(names):
        raise DataError(f"two columns of one name, which JSON cannot hold: {', '.join(names)}")
    for row in _rows(result):
        yield json.dumps(dict(zip(names, map(_plain, row), strict=True)), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """A value as JSON has it: exact integers, ISO times, no infinities."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if abs(value) < EXACT_IN_JSON else str(value)
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return _text(value)


def _text(value: Any) -> str:
    """A value as a person writes it; times are UTC in ISO form."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | Decimal):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    return value if isinstance(value, str) else str(value)
