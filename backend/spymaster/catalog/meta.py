"""The schema ``meta`` of a catalog: what there is, since when, and out of which files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from spymaster import units
from spymaster.planning.snapshot import Snapshot
from spymaster.warehouse import duck, statements
from spymaster.warehouse.ledger import Build, Partition

TABLES = {
    "catalog": {
        "root": "VARCHAR",
        "published_at": "TIMESTAMP",
        "duckdb": "VARCHAR",
        "shape": "VARCHAR",
        "renewals": "INTEGER",
    },
    "relations": {
        "relation": "VARCHAR",
        "doc": "VARCHAR",
        "grain": "VARCHAR",
        "as_of": "VARCHAR",
        "sessions": "BIGINT",
        "rows": "BIGINT",
        "bare_name": "VARCHAR",
    },
    "columns": {
        "relation": "VARCHAR",
        "position": "INTEGER",
        "name": "VARCHAR",
        "type": "VARCHAR",
        "unit": "VARCHAR",
        "meaning": "VARCHAR",
    },
    "sessions": {
        "session": "DATE",
        "window_start": "TIMESTAMP",
        "window_end": "TIMESTAMP",
        "relations": "BIGINT",
    },
    "files": {
        "relation": "VARCHAR",
        "date": "DATE",
        "file": "VARCHAR",
        "rows": "BIGINT",
        "bytes": "BIGINT",
        "written_at": "TIMESTAMP",
    },
    "acceptances": {
        "session": "DATE",
        "audit": "VARCHAR",
        "relations": "VARCHAR[]",
        "found": "VARCHAR",
        "reason": "VARCHAR",
        "accepted_by": "VARCHAR",
        "accepted_at": "TIMESTAMP",
    },
}
"""Columns of each table."""
DOCS = {
    "catalog": "The warehouse folder whose files are listed here, and when it was published, UTC",
    "relations": "Every relation with its sessions and rows, null where none are written out",
    "columns": "Every column: type, unit and meaning, from the headers",
    "sessions": "Every session: its window, UTC, and how many relations are built",
    "files": "Every file behind a relation, below the warehouse folder; date is the session, null "
    "where a file holds many dates",
    "acceptances": "Audits that find rows in a session, in these relations, and who let it through",
}


@dataclass(frozen=True)
class Edition:
    """What one catalog is made from."""

    snapshot: Snapshot
    in_force: dict[str, list[Build]]
    """The partitions that readers see, by model."""
    promises: list[str]
    """What it says whatever has landed."""
    published_at: datetime
    """UTC, without a zone."""


def create(connection: duck.Connection) -> None:
    """Create the tables, empty, in the database in use."""
    for table, columns in TABLES.items():
        listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        connection.execute(f"create table meta.{table} ({listed})")
        connection.execute(f"comment on table meta.{table} is '{DOCS[table]}'")


def write(connection: duck.Connection, edition: Edition, shape: str, renewals: int) -> None:
    """Fill the empty tables in the database in use.

    Parameters
    ----------
    shape : str
        Digest of all views and comments.
    renewals : int
        How often the catalog was renewed since it was written whole.
    """
    snapshot, in_force = edition.snapshot, edition.in_force
    rows: dict[str, Sequence[Sequence[Any]]] = {
        "catalog": [
            (str(snapshot.layout.root), edition.published_at, duck.VERSION, shape, renewals)
        ],
        "relations": [*_raw_relations(snapshot), *_model_relations(snapshot, in_force)],
        "columns": list(_columns(snapshot, in_force)),
        "sessions": list(_sessions(snapshot, in_force)),
        "files": [*raw_files(snapshot), *model_files(in_force)],
        "acceptances": list(_acceptances(snapshot)),
    }
    for table in TABLES:
        _insert(connection, table, rows[table])


def _insert(connection: duck.Connection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        connection.execute(f"insert into meta.{table} {statements.rows(TABLES[table], rows)}")


def _raw_relations(snapshot: Snapshot) -> Iterable[Sequence[Any]]:
    for name, raw in snapshot.project.raw.items():
        counts = [p.records for p in snapshot.landed.partitions if p.schema == raw.schema]
        yield name, raw.doc, "", "", None, sum(counts), name.split(".")[1]


def _model_relations(
    snapshot: Snapshot, in_force: dict[str, list[Build]]
) -> Iterable[Sequence[Any]]:
    for name, builds in in_force.items():
        model = snapshot.project.models[name]
        header = model.header
        is_counted = header.is_written or builds
        sessions, rows = len(builds), sum(build.rows for build in builds)
        counted = (sessions, rows) if is_counted else (None, None)
        grain = ", ".join(header.grain)
        yield name, header.doc, grain, header.as_of, *counted, model.bare_name


def _columns(snapshot: Snapshot, in_force: dict[str, list[Build]]) -> Iterable[Sequence[Any]]:
    raw = {name: relation.columns for name, relation in snapshot.project.raw.items()}
    models = {name: snapshot.project.models[name].header.columns for name in in_force}
    for relation, columns in (raw | models).items():
        for position, column in enumerate(columns, 1):
            yield relation, position, column.name, column.type, column.unit, column.meaning


def _sessions(snapshot: Snapshot, in_force: dict[str, list[Build]]) -> Iterable[Sequence[Any]]:
    built = Counter(build.session for builds in in_force.values() for build in builds)
    for session in snapshot.landed.sessions:
        start, end = (
            units.from_ns(ns).replace(tzinfo=None) for ns in snapshot.landed.window(session)
        )
        yield session, start, end, built[session]


def _acceptances(snapshot: Snapshot) -> Iterable[Sequence[Any]]:
    for given in snapshot.standing.values():
        relations = snapshot.project.audits[given.audit].upstream
        yield (
            given.session,
            given.audit,
            relations,
            given.found,
            given.reason,
            given.accepted_by,
            given.accepted_at,
        )


def raw_files(snapshot: Snapshot) -> Iterable[Sequence[Any]]:
    """Yield relation, date, file below the warehouse folder, and its facts, of all that landed."""
    by_file: dict[str, list[Partition]] = {}
    for part in snapshot.landed.partitions:
        by_file.setdefault(part.file, []).append(part)
    for file, parts in by_file.items():
        part, rows = parts[0], sum(part.records for part in parts)
        day = None if part.is_shared else part.date
        yield part.relation, day, file, rows, part.bytes, part.landed_at


def model_files(in_force: dict[str, list[Build]]) -> Iterable[Sequence[Any]]:
    """Yield relation, session, file below the warehouse folder, and its facts."""
    for builds in in_force.values():
        for build in builds:
            yield build.relation, build.session, build.file, build.rows, build.bytes, build.built_at
