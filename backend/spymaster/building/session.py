"""One session: plain values in, partition files out, in a database of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from spymaster.book.passage import Objection, ReaderError
from spymaster.building import hands, slices
from spymaster.building.checks import audit_breach, grain_breach
from spymaster.building.hands import Hands, Rest
from spymaster.building.report import Event, Report, silent
from spymaster.building.task import Failure, Outcome, Piece, Task, Written
from spymaster.errors import DataError
from spymaster.warehouse import duck, statements
from spymaster.warehouse.files import settle
from spymaster.warehouse.relations import create, write


class _PieceError(Exception):
    """A piece that could not be made."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


PATIENCE_SECONDS = 3_600.0
"""How long a build waits for an earlier session's before it says that this one is not coming."""
POLL_SECONDS = 0.02


def build(
    task: Task, report: Report = silent, *, shares: int = 1, spill: Path | None = None
) -> Outcome:
    """Build one session; the first model that fails ends it, every audit is run.

    Parameters
    ----------
    shares : int
        How many builds this machine's cores and memory are for.
    spill : Path
        Where DuckDB may put what memory does not hold; in the task's folder by default.
    """
    if any(piece.passage for piece in task.pieces):
        # the compiler loads while DuckDB makes what comes before
        threading.Thread(target=_load_compiler, daemon=True).start()
    cores = max(duck.cores() // shares, 1)
    where = spill or task.folder / "spill"
    with duck.in_memory(where, threads=cores, shares=shares) as connection:
        connection.execute("set errors_as_json = true")
        try:
            return _build(connection, task, report, cores)
        except OSError as error:
            message = f"{error.filename or task.folder}: {error.strerror or error}"
            return failed(task.session, message)


def _load_compiler() -> None:
    """Load numba, which only a build of a book needs."""
    import spymaster.book.feed  # noqa: F401


def failed(session: date, message: str) -> Outcome:
    """Return what a session gives that its models have nothing to do with."""
    return Outcome(session, failures=(Failure(session, "build", message, kind="circumstance"),))


def _build(connection: duck.Connection, task: Task, report: Report, cores: int) -> Outcome:
    wrong = _set_up(connection, task)
    if wrong:
        return Outcome(task.session, failures=(wrong,))
    with closing(Hands(connection, hands.number(cores), cores)) as side_by_side:
        try:
            written = _build_pieces(connection, task, report, side_by_side)
        except _PieceError as error:
            return Outcome(task.session, failures=(error.failure,))
    failures = (*_breached_grains(connection, task), *_failed_audits(connection, task))
    return Outcome(task.session, written, failures)


def _build_pieces(
    connection: duck.Connection, task: Task, report: Report, side_by_side: Hands
) -> tuple[Written, ...]:
    """Make all pieces; return what is written, in their order."""
    found: dict[str, Written | None] = {}
    left = list(task.pieces)
    for piece, written in side_by_side.work(task.pieces, partial(_build_piece, task)):
        found[piece.relation] = written
        made = Event("make", task.session, piece.relation)
        report(written.event(task.session) if written else made)
        while left and left[0].relation in found:  # who stands before a last reader may be later
            for drop in left.pop(0).drops:
                connection.execute(drop)
    return tuple(one for piece in task.pieces if (one := found[piece.relation]))


def _set_up(connection: duck.Connection, task: Task) -> Failure | None:
    try:
        for statement in task.setup:
            connection.execute(statement)
    except duck.DuckError as error:
        return _failure(task.session, "input", error)
    return None


def _build_piece(
    task: Task, connection: duck.Connection, piece: Piece
) -> Written | Rest[Written | None] | None:
    """Make a piece; what is left of one that others may read by now is to see it written."""
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
        raise _PieceError(_failure(task.session, piece.relation, error)) from error
    except ReaderError as error:
        failure = _failure(task.session, error.relation, error.error)
        raise _PieceError(replace(failure, position=None)) from error
    except DataError as error:
        raise _PieceError(Failure(task.session, piece.relation, str(error))) from error


def _make(connection: duck.Connection, task: Task, piece: Piece) -> float:
    """Make what others read; return when it began, by ``perf_counter``."""
    for path in piece.awaits:
        if not _appears(path):
            message = f"{path}: no build has left it within {PATIENCE_SECONDS:.0f} s"
            raise _PieceError(Failure(task.session, piece.relation, message, kind="circumstance"))
    start = time.perf_counter()
    for statement in (*piece.wire.constants, *piece.before):
        connection.execute(statement)
    wrong = _create(connection, task, piece)
    if wrong:
        raise _PieceError(Failure(task.session, wrong.relation, wrong.message, wrong.position))
    for statement in piece.after:
        connection.execute(statement)
    return start


def _see_written(connection: duck.Connection, task: Task, piece: Piece, start: float) -> Written:
    breach = grain_breach(connection, piece.relation, piece.grain)
    if breach:
        raise _PieceError(Failure(task.session, piece.relation, breach, kind="grain"))
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


def _breached_grains(connection: duck.Connection, task: Task) -> list[Failure]:
    found = [(name, grain_breach(connection, name, grain)) for name, grain in task.grains]
    return [
        Failure(task.session, name, message, kind="grain") for name, message in found if message
    ]


def _failed_audits(connection: duck.Connection, task: Task) -> list[Failure]:
    failures = []
    for audit, query in task.audits:
        try:
            breach = audit_breach(connection, query)
        except duck.DuckError as error:
            failures.append(_failure(task.session, audit, error))
        else:
            if breach:
                failures.append(Failure(task.session, audit, breach, kind="audit"))
    return failures


def _failure(session: date, relation: str, error: duck.DuckError) -> Failure:
    message, position = duck.placed_message(error)
    if duck.is_circumstance(error):
        return Failure(session, relation, message, position, "circumstance")
    return Failure(session, relation, message, position)
