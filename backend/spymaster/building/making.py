"""One piece of a session: its relation made once what it awaits is there, its file written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from spymaster.book.passage import Objection, ReaderError
from spymaster.building import slices
from spymaster.building.checks import grain_breach
from spymaster.building.hands import Rest
from spymaster.building.task import Failure, Piece, Task, Written
from spymaster.errors import DataError
from spymaster.warehouse import duck, statements
from spymaster.warehouse.files import settle
from spymaster.warehouse.relations import create, write

PATIENCE_SECONDS = 3_600.0
"""How long a build waits for an earlier session's before it says that this one is not coming."""
POLL_SECONDS = 0.02


class PieceError(Exception):
    """A piece that could not be made."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def make_piece(
    task: Task, connection: duck.Connection, piece: Piece
) -> Written | Rest[Written | None] | None:
    """Make a piece; what is left of one that others may read by now is to see it written.

    Raises
    ------
    PieceError
        If its SQL fails, its grain is no key, or an earlier session's file does not come.
    """
    with _told(task, piece):
        start = _make(connection, task, piece)
    if piece.form != "file":
        return None
    finish = partial(_finish, task, connection, piece, start)
    return finish() if piece.slicing or piece.is_streamed else Rest(finish)


def _finish(task: Task, connection: duck.Connection, piece: Piece, start: float) -> Written:
    with _told(task, piece):
        return _see_written(connection, task, piece, start)


@contextmanager
def _told(task: Task, piece: Piece) -> Iterator[None]:
    """Say of whatever goes wrong which piece it was."""
    try:
        yield
    except duck.DuckError as error:
        raise PieceError(failure_of(task.session, piece.relation, error)) from error
    except ReaderError as error:
        failure = failure_of(task.session, error.relation, error.error)
        raise PieceError(replace(failure, position=None)) from error
    except DataError as error:
        raise PieceError(Failure(task.session, piece.relation, str(error))) from error


def _make(connection: duck.Connection, task: Task, piece: Piece) -> float:
    """Make what others read; return when it began, by ``perf_counter``."""
    for path in piece.awaits:
        if not _appears(path):
            message = f"{path}: no build has left it within {PATIENCE_SECONDS:.0f} s"
            raise PieceError(Failure(task.session, piece.relation, message, kind="circumstance"))
    start = time.perf_counter()
    for statement in (*piece.wire.constants, *piece.before):
        connection.execute(statement)
    wrong = _create(connection, task, piece)
    if wrong:
        raise PieceError(Failure(task.session, wrong.relation, wrong.message, wrong.position))
    for statement in piece.after:
        connection.execute(statement)
    return start


def _see_written(connection: duck.Connection, task: Task, piece: Piece, start: float) -> Written:
    breach = grain_breach(connection, piece.relation, piece.grain)
    if breach:
        raise PieceError(Failure(task.session, piece.relation, breach, kind="grain"))
    written = _write(connection, _path(task, piece), piece, start)
    if piece.slicing:
        slices.joined(connection, piece.relation, written.path, task.folder)
    elif piece.is_streamed and piece.final:  # it was moved
        connection.execute(slices.read_from(piece.relation, [piece.final]))
    return written


def _create(connection: duck.Connection, task: Task, piece: Piece) -> Objection | None:
    if piece.passage:
        from spymaster.book.feed import run

        return run(connection, piece.passage)
    name, table = statements.name(piece.relation), statements.built(piece.relation)
    wrong = None
    if piece.form == "view":
        wrong = create(connection, f"view {name}", piece.query)
    elif piece.slicing and len(cut := slices.spans(connection, piece.slicing)) > 1:
        wrong = slices.make(
            connection, piece.relation, piece.query, piece.slicing, cut, task.folder
        )
    elif piece.is_streamed:
        path = _path(task, piece)
        wrong = write(connection, piece.query, path)
        if wrong is None:
            connection.execute(slices.read_from(piece.relation, [path]))
    elif not piece.is_made:
        wrong = create(connection, f"table {table}", piece.query)
    if wrong is None and piece.form != "view":
        wrong = create(connection, f"view {name}", f"select * from {table}")
    return Objection(piece.relation, *wrong) if wrong else None


def _path(task: Task, piece: Piece) -> Path:
    return task.folder / f"{piece.relation}.parquet"


def _write(connection: duck.Connection, path: Path, piece: Piece, start: float) -> Written:
    copied = statements.copy(piece.relation, path)
    counted = f"select count(*) from {statements.built(piece.relation)}"
    ((rows,),) = connection.execute(counted if piece.is_streamed else copied).fetchall()
    size = path.stat().st_size
    if piece.final:
        settle(path, piece.final)
    seconds = time.perf_counter() - start
    return Written(piece.relation, piece.final or path, int(rows), size, seconds)


def _appears(path: Path) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not path.exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def failure_of(session: date, relation: str, error: duck.DuckError) -> Failure:
    """Return what DuckDB refused, with its place; whether the machine is why."""
    message, position = duck.placed_message(error)
    if duck.is_circumstance(error):
        return Failure(session, relation, message, position, "circumstance")
    return Failure(session, relation, message, position)
