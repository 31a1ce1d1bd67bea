"""What landed of earlier sessions, for models that look back at them."""

from __future__ import annotations

from datetime import date

from spymaster.building.sandbox import Sandbox
from spymaster.definitions.graph import widened
from spymaster.planning.snapshot import Snapshot
from spymaster.warehouse import statements


def show_past(sandbox: Sandbox, snapshot: Snapshot, session: date) -> None:
    """Give a sandbox the rows of earlier sessions that its models look back at."""
    project, counts = snapshot.project, dict[str, int]()
    for relation in sandbox.relations:
        for leaf, count in widened(project, project.models[relation]).items():
            counts[leaf] = max(count, counts.get(leaf, 0))
    before = [day for day in snapshot.landed.sessions if day < session]
    for leaf, count in counts.items():
        paths = snapshot.files(leaf, before[-count:])
        columns = project.columns[leaf]
        query = statements.files(paths, columns, by_name=leaf in project.models)
        sandbox.give_earlier(leaf, query)
