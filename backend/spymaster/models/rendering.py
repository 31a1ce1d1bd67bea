"""The SQL of a model as it runs, ready to be pasted into a DuckDB prompt."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from spymaster.errors import UsageError
from spymaster.models import graph, variables
from spymaster.models import state as states
from spymaster.models.project import Model, Project
from spymaster.models.state import State
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL


def render(settings: Settings, model: str, session: date | None = None, *, sql: Path = SQL) -> str:
    """Return the SQL of one model in a session; the last one that exists by default.

    Raises
    ------
    UsageError
        If there is no such model, or it prints a session's times and there is no session.
    """
    from spymaster.models.template import Templates  # loads jinja2

    state = states.load(settings, sql)
    found = one(state.project, model)
    values = variables.of(settings, session or _last(state, found))
    return Templates(state.project.sql, values).render(found.source.template)


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


def _last(state: State, model: Model) -> date:
    if state.landed.sessions:
        return state.landed.sessions[-1]
    uses = sorted(set(model.uses) & variables.SETTING_OF.keys())
    if uses:
        printed = ", ".join(uses)
        raise UsageError(
            f"{model.relation} prints {printed} and nothing has landed; give a session"
        )
    return variables.PROBE_SESSION
