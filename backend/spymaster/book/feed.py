"""One pass over a contract's orders: records out of DuckDB, tables of what they change into it.

While the loop replays a batch, without the interpreter's lock, DuckDB reads the next one and adds
up the one before. So no table holds all changes of a day, unless a reader asks for all of them.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spymaster.book import arrays, checkpoint
from spymaster.book.arrays import Array, Grid, Records
from spymaster.book.checkpoint import Taken
from spymaster.book.passage import Objection, Passage, ReaderError
from spymaster.book.relations import GIVES, GRID, NULLS
from spymaster.book.replay import Replayed, Room, replay
from spymaster.book.state import State
from spymaster.errors import DataError
from spymaster.warehouse import duck, statements
from spymaster.warehouse.relations import create

NOTHING = {
    "changes": np.empty(0, arrays.CHANGE),
    "rests": np.empty(0, arrays.REST),
    "tallies": np.empty(0, arrays.TALLY),
}
BATCH = 1 << 19
"""Records replayed at once: so many that what each batch costs by itself does not count."""


def run(connection: duck.Connection, passage: Passage) -> Objection | None:
    """Make the tables of all readers.

    Raises
    ------
    DataError
        For records that cannot be a book.
    DuckError
        Where records cannot be read.
    ReaderError
        Where a batch cannot be added up.
    """
    with duck.beside(connection) as sums:
        for relation, what in passage.gives:
            _hand_over(sums, what, NOTHING[what])
            sums.execute(_view(relation, what))
        for reader in passage.readers:
            if wrong := create(sums, f"or replace table {reader.table}", reader.query):
                return Objection(reader.relation, *wrong)
        if grid := _grid(connection, passage.grid):
            _replay(connection, passage, sums, grid)
        for relation, _ in passage.gives:
            sums.execute(f"drop view {statements.name(relation)}")
    return None


def _grid(connection: duck.Connection, relation: str) -> Grid | None:
    listed = ", ".join(GRID)
    rows = connection.execute(f"select {listed} from {statements.name(relation)}").fetchall()
    if rows and None in rows[0]:
        raise DataError(f"{relation}: {listed} is {rows[0]}; expected three numbers")
    return Grid(*rows[0]) if rows else None


def _replay(
    connection: duck.Connection, passage: Passage, sums: duck.Connection, grid: Grid
) -> None:
    state, taken, batches = _begin(connection, passage, sums, grid)
    keeps = any(what != "tallies" for _, what in passage.gives)
    rooms, place = [Room(BATCH, keeps=keeps) for _ in range(2)], passage.checkpoint
    under_way: Future[None] | None = None
    with ThreadPoolExecutor(1) as adding:
        for records in batches:
            taken = taken.with_more(records) if passage.scratch else taken
            done = replay(state, records, room=rooms[0])
            under_way = _add_up(adding, under_way, sums, passage, done)
            rooms.reverse()
        if under_way is not None:
            under_way.result()
    if place and passage.scratch and taken.count:
        checkpoint.write(sums, passage.scratch, passage, state, taken)
        checkpoint.drop(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        passage.scratch.rename(place)
    elif place:
        checkpoint.drop(place)
    _add(sums, passage, replay(state, arrays.no_records(), is_end=True, room=rooms[0]))


def _begin(
    connection: duck.Connection, passage: Passage, sums: duck.Connection, grid: Grid
) -> tuple[State, Taken, Iterator[Records]]:
    """Return the state to go on from, the records that it took, and those that follow."""
    place = passage.checkpoint
    found = checkpoint.find(place, passage, grid) if place else None
    if place and found:
        state, taken = found
        batches = _batches(connection, passage.records)
        rest = taken.rest_of(batches)
        if rest is not None:
            checkpoint.put_back(sums, place, passage.readers)
            return state, taken, rest
        batches.close()
    return State(grid), Taken(), _batches(connection, passage.records)


def _batches(connection: duck.Connection, query: str) -> Generator[Records, None, None]:
    """Yield records in file order; the next ones are read meanwhile."""
    found = connection.sql(query).to_arrow_reader(BATCH)
    with ThreadPoolExecutor(1) as reading:
        coming = reading.submit(next, found, None)
        while (read := coming.result()) is not None:
            coming = reading.submit(next, found, None)
            yield Records(*(_values(column) for column in read.columns))


def _values(column: pa.Array) -> NDArray[Any]:
    """Landed records have no nulls; rows that are given by hand leave columns out."""
    filled = column.fill_null(0) if column.null_count else column
    values: NDArray[Any] = np.from_dlpack(filled)  # to_numpy imports pandas
    return values


def _add_up(
    adding: ThreadPoolExecutor,
    under_way: Future[None] | None,
    sums: duck.Connection,
    passage: Passage,
    done: Replayed,
) -> Future[None]:
    """Begin to add up what a batch gave, once the one before is, whose room comes next."""
    if under_way is not None:
        under_way.result()
    return adding.submit(_add, sums, passage, done)


def _add(sums: duck.Connection, passage: Passage, done: Replayed) -> None:
    for _, what in passage.gives:
        _hand_over(sums, what, getattr(done, what))
    for reader in passage.readers:
        try:
            sums.execute(f"insert into {reader.table}\n{reader.query}")
        except duck.DuckError as error:
            raise ReaderError(reader.relation, error) from error


def _hand_over(sums: duck.Connection, what: str, given: Array) -> None:
    """Let a name of this connection be what a batch gave, in the memory where it lies.

    As numpy's arrays: for a table of Arrow's, DuckDB imports pandas, which takes longer than the
    book of a small session.
    """
    sums.register(f"batch_{what}", {name: given[name] for name in GIVES[what]})


def _view(relation: str, what: str) -> str:
    listed = ", ".join(
        f"nullif({name}, {NULLS[name]}) as {name}" if name in NULLS else name
        for name in GIVES[what]
    )
    return f"create view {statements.name(relation)} as select {listed} from batch_{what}"
