"""One session: plain values in, partition files out, in a database of its own."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from spymaster.models import statements
from spymaster.models.report import Event, Report, silent
from spymaster.models.task import Piece, Task
from spymaster.models.verify import audit_breach, create, grain_breach
from spymaster.warehouse import duck


@dataclass(frozen=True)
class Failure:
    """A model that could not be built, or an audit that found something."""

    session: date
    relation: str
    """A model, or audits.<name>."""
    message: str
    position: int | None = None
    """The character of its SQL that the message is about."""
    kind: Literal["model", "grain", "audit", "circumstance"] = "model"
    """What is wrong; a circumstance, such as a full disk, may be another next time."""


@dataclass(frozen=True)
class Written:
    """A file that a session build left."""

    relation: str
    path: Path
    rows: int
    bytes: int
    seconds: float

    def event(self, session: date) -> Event:
        """Return what a log says of it."""
        return Event("build", session, self.relation, self.rows, self.seconds, self.bytes)


@dataclass(frozen=True)
class Outcome:
    """What a session build gave: files, and failures that may keep them from counting."""

    written: tuple[Written, ...] = ()
    failures: tuple[Failure, ...] = ()


def build(task: Task, report: Report = silent) -> Outcome:
    """Build one session; the first model that fails ends it, audits are all heard."""
    with duck.in_memory(task.folder / "spill") as connection:
        connection.execute("set errors_as_json = true")
        wrong = _set_up(connection, task)
        if wrong:
            return Outcome(failures=(wrong,))
        written: list[Written] = []
        for piece in task.pieces:
            found = _build_piece(connection, task, piece)
            if isinstance(found, Failure):
                return Outcome(failures=(found,))
            if found:
                written.append(found)
                report(found.event(task.session))
        failures = (*_breached_grains(connection, task), *_failed_audits(connection, task))
        return Outcome(tuple(written), failures)


def _set_up(connection: duck.Connection, task: Task) -> Failure | None:
    try:
        for statement in task.setup:
            connection.execute(statement)
    except duck.DuckError as error:
        return _failure(task.session, "input", error)
    return None


def _build_piece(connection: duck.Connection, task: Task, piece: Piece) -> Written | Failure | None:
    try:
        return _try_piece(connection, task, piece)
    except duck.DuckError as error:
        return _failure(task.session, piece.relation, error)


def _try_piece(connection: duck.Connection, task: Task, piece: Piece) -> Written | Failure | None:
    start = time.perf_counter()
    for statement in piece.before:
        connection.execute(statement)
    wrong = _create(connection, piece)
    if wrong:
        return Failure(task.session, piece.relation, *wrong)
    for statement in piece.after:
        connection.execute(statement)
    if piece.form != "file":
        return None
    breach = grain_breach(connection, piece.relation, piece.grain)
    if breach:
        return Failure(task.session, piece.relation, breach, kind="grain")
    return _write(connection, task.folder / f"{piece.relation}.parquet", piece, start)


def _create(connection: duck.Connection, piece: Piece) -> tuple[str, int | None] | None:
    name, table = statements.name(piece.relation), statements.built(piece.relation)
    if piece.form == "view":
        return create(connection, f"view {name}", piece.query)
    wrong = create(connection, f"table {table}", piece.query)
    return wrong or create(connection, f"view {name}", f"select * from {table}")


def _write(connection: duck.Connection, path: Path, piece: Piece, start: float) -> Written:
    (rows,) = connection.execute(statements.copy(piece.relation, path)).fetchone() or (0,)
    seconds = time.perf_counter() - start
    return Written(piece.relation, path, int(rows), path.stat().st_size, seconds)


def _breached_grains(connection: duck.Connection, task: Task) -> list[Failure]:
    found = [(name, grain_breach(connection, name, grain)) for name, grain in task.grains]
    return [Failure(task.session, name, said, kind="grain") for name, said in found if said]


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
