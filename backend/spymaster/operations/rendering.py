"""The SQL of a model as it runs, ready to be pasted into a DuckDB prompt."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from spymaster.definitions import graph, variables
from spymaster.definitions.project import Model, Project
from spymaster.errors import UsageError
from spymaster.planning import snapshot as snapshots
from spymaster.planning.snapshot import Snapshot
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL


def render(settings: Settings, model: str, session: date | None = None, *, sql: Path = SQL) -> str:
    """Return the SQL of one model in a session; the last one that exists by default.

    Raises
    ------
    UsageError
        If there is no such model, or it prints a session's times and there is no session.
    """
    from spymaster.definitions.template import Templates  # loads jinja2

    snapshot = snapshots.load(settings, sql)
    found = one(snapshot.project, model)
    values = variables.of(settings, session or _last(snapshot, found))
    return Templates(snapshot.project.sql, values).render(found.source.template)


def one(project: Project, name: str) -> Model:
    """Return the one model that a name means.

    Raises
    ------
    UsageError
        If it names none, or a whole folder.
    """
    names = sorted(graph.select(project.upstream, name, project.bare_names))
    if len(names) > 1 or name != name.strip("+"):
        raise UsageError(f"{name} names {len(names)} models; give one: {', '.join(names)}")
    return project.models[names[0]]


def _last(snapshot: Snapshot, model: Model) -> date:
    if snapshot.landed.sessions:
        return snapshot.landed.sessions[-1]
    uses = sorted(set(model.uses) & variables.SETTING_OF.keys())
    if uses:
        printed = ", ".join(uses)
        raise UsageError(
            f"{model.relation} prints {printed} and nothing has landed; give a session"
        )
    return variables.PROBE_SESSION
