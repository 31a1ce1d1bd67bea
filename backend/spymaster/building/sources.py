"""What a session reads of files: the partitions of a relation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from spymaster.planning import files as landed
from spymaster.planning.snapshot import Snapshot
from spymaster.warehouse import statements


def files(snapshot: Snapshot, relation: str, sessions: Sequence[date]) -> str:
    """Return the select over a relation's partitions of some sessions."""
    project = snapshot.project
    columns = project.columns[relation]
    if relation in project.raw:  # files of a schema have the same columns
        return landed.rows(snapshot.layout.root, snapshot.parts(relation, sessions), columns)
    # partitions may be of another SQL
    by_name = len(sessions) > 1
    return statements.files(snapshot.files(relation, sessions), columns, by_name=by_name)
