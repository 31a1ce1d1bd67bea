"""A long relation made some buckets at a time: memory goes by a slice of it, not by the session.

A model whose header says ``slices`` crosses no buckets. While a slice is made, relations that are
made so too show that slice alone, and ``getvariable`` gives its first and its last bucket end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from spymaster.units import BUCKET_NS
from spymaster.warehouse import duck, statements
from spymaster.warehouse.relations import SLICE, create

ROWS = 1_000_000
"""About how many rows a slice has; a row of a chain takes some 750 bytes on the way."""
FIRST, LAST = SLICE
_SHOWN = f"bucket_end between getvariable('{FIRST}') and getvariable('{LAST}')"


@dataclass(frozen=True)
class Slicing:
    """How the slices of a relation come about."""

    rows: str
    """Query of about how many rows a bucket has."""
    start_ns: int
    end_ns: int
    """The window, ns since 1970."""
    shows: tuple[str, ...]
    """Of its upstream what shows one slice after the other."""
    narrowed: tuple[str, ...]
    """Statements that let it do so."""
    whole: tuple[str, ...]
    """Statements that undo that."""


def view(name: str, query: str) -> str:
    """Return the statement that lets a relation show the rows of a slice."""
    return statements.view(name, f"select * from ({query}) where {_SHOWN}")


def spans(connection: duck.Connection, slicing: Slicing) -> list[tuple[int, int]]:
    """Return the first and last bucket end of each slice, ns; one where memory holds it all."""
    ((found,),) = connection.execute(slicing.rows).fetchall()
    first = slicing.start_ns + BUCKET_NS
    buckets = ceil(ROWS / max(found or 0, 1))
    if buckets * BUCKET_NS >= slicing.end_ns - slicing.start_ns:
        return [(first, slicing.end_ns)]
    starts = range(first, slicing.end_ns + 1, buckets * BUCKET_NS)
    return [(start, start + (buckets - 1) * BUCKET_NS) for start in starts]


def make(
    connection: duck.Connection,
    relation: str,
    query: str,
    slicing: Slicing,
    cut: list[tuple[int, int]],
    folder: Path,
) -> tuple[str, int | None] | None:
    """Make a relation slice by slice, in ``spans``; return what DuckDB objects to, and where.

    It is a view over the files of its slices, which lie in ``folder``, in the order of buckets.
    """
    parts, table = [], statements.built(relation)
    for statement in slicing.narrowed:
        connection.execute(statement)
    for number, span in enumerate(cut):
        for statement in _set(span):
            connection.execute(statement)
        if wrong := create(connection, f"table {table}", query):
            return wrong
        parts.append(folder / f"{relation}.{number}.parquet")
        connection.execute(statements.copy(relation, parts[-1]))
        connection.execute(f"drop table {table}")
    for statement in (*slicing.whole, f"reset variable {FIRST}", f"reset variable {LAST}"):
        connection.execute(statement)
    connection.execute(read_from(relation, parts))
    return None


def read_from(relation: str, paths: list[Path]) -> str:
    """Return the statement that lets a built relation be what files hold."""
    listed = ", ".join(statements.text(str(path)) for path in paths)
    shown = statements.read(f"[{listed}]")
    return f"create or replace view {statements.built(relation)} as {shown}"


def joined(connection: duck.Connection, relation: str, final: Path, folder: Path) -> None:
    """Read a relation that was made in slices from the one file they went to; remove theirs."""
    if parts := list(folder.glob(f"{relation}.[0-9]*.parquet")):
        connection.execute(read_from(relation, [final]))
        for part in parts:
            part.unlink()


def _set(span: tuple[int, int]) -> Iterator[str]:
    for name, ns in zip((FIRST, LAST), span, strict=True):
        yield f"set variable {name} = make_timestamp({ns // 1000})"
