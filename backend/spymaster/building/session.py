"""One session: plain values in, partition files out, in a database of its own."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path

from spymaster.building import hands
from spymaster.building.checks import audit_breach, grain_breach
from spymaster.building.hands import Hands
from spymaster.building.making import PieceError, failure_of, make_piece
from spymaster.building.report import Event, Report, silent
from spymaster.building.task import Failure, Outcome, Task, Written
from spymaster.warehouse import duck


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
    if task.unread:
        return failed(task.session, task.unread, "input")
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


def failed(session: date, message: str, subject: str = "build") -> Outcome:
    """Return what a session gives that its models have nothing to do with."""
    return Outcome(session, failures=(Failure(session, subject, message, kind="circumstance"),))


def _build(connection: duck.Connection, task: Task, report: Report, cores: int) -> Outcome:
    wrong = _set_up(connection, task)
    if wrong:
        return Outcome(task.session, failures=(wrong,))
    with closing(Hands(connection, hands.number(cores), cores)) as side_by_side:
        try:
            written = _build_pieces(connection, task, report, side_by_side)
        except PieceError as error:
            return Outcome(task.session, failures=(error.failure,))
    failures = (*_breached_grains(connection, task), *_failed_audits(connection, task))
    return Outcome(task.session, written, failures)


def _build_pieces(
    connection: duck.Connection, task: Task, report: Report, side_by_side: Hands
) -> tuple[Written, ...]:
    """Make all pieces; return what is written, in their order."""
    found: dict[str, Written | None] = {}
    left = list(task.pieces)
    for piece, written in side_by_side.work(task.pieces, partial(make_piece, task)):
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
        return failure_of(task.session, "input", error)
    return None


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
            failures.append(failure_of(task.session, audit, error))
        else:
            if breach:
                failures.append(Failure(task.session, audit, breach, kind="audit"))
    return failures
