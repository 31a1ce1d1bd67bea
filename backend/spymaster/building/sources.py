"""What a session reads of files: the partitions of a relation, without what they hold of others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from spymaster.planning.snapshot import Snapshot
from spymaster.warehouse import duck, statements
from spymaster.warehouse.ledger import Partition


def files(snapshot: Snapshot, relation: str, sessions: Sequence[date]) -> str:
    """Return the select over a relation's partitions of some sessions."""
    project = snapshot.project
    # raw files of a schema have the same columns; partitions may be of another SQL
    by_name = relation in project.models and len(sessions) > 1
    paths = snapshot.files(relation, sessions)
    query = statements.files(paths, project.columns[relation], by_name=by_name)
    if relation in project.models:
        return query
    shared = [part for part in snapshot.parts(relation, sessions) if part.is_shared]
    return f"{query} where {_one_of(shared)}" if shared else query


def _one_of(parts: Iterable[Partition]) -> str:
    """Return the condition that picks partitions out of files of many dates."""
    keys = [(duck.literal(part.date), duck.literal(part.file_id)) for part in parts]
    days = ", ".join(dict.fromkeys(day for day, _ in keys))  # by itself it skips row groups
    return f"date in ({days}) and (date, file_id) in ({', '.join(f'({d}, {f})' for d, f in keys)})"
