"""What a model is: its SQL as it runs, and where it or one of its columns comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from spymaster.definitions import graph, variables
from spymaster.definitions.binding import bind
from spymaster.definitions.project import Model, Project
from spymaster.errors import UsageError
from spymaster.planning import coverage
from spymaster.planning import snapshot as snapshots
from spymaster.planning.snapshot import Snapshot
from spymaster.settings import Settings
from spymaster.suggestions import suggestion
from spymaster.warehouse.columns import SQL


@dataclass(frozen=True)
class Lineage:
    """What a relation or a column is made of."""

    target: str
    """schema.table or schema.table.column."""
    upstream: dict[str, tuple[str, ...]]
    """What each is made of directly, the target first; what landed is made of nothing."""

    def tree(self) -> list[tuple[int, str]]:
        """Return depth and name of everything above the target, each expanded once."""
        return list(self._walk(self.target, 0, set()))

    def __str__(self) -> str:
        return "\n".join(f"{'  ' * depth}{name}" for depth, name in self.tree())

    def _walk(self, name: str, depth: int, seen: set[str]) -> Iterator[tuple[int, str]]:
        yield depth, name
        if name not in seen:
            seen.add(name)
            for above in self.upstream[name]:
                yield from self._walk(above, depth + 1, seen)


def render(settings: Settings, model: str, session: date | None = None, *, sql: Path = SQL) -> str:
    """Return the SQL of one model in a session; the last one that exists by default.

    Raises
    ------
    UsageError
        If there is no such model, or it prints a session's times and there is no session.
    """
    snapshot = snapshots.load(settings, sql)
    found = one(snapshot.project, model)
    shown = session or _last(snapshot, found)
    landed = coverage.of(snapshot.landed, shown)
    templates = snapshot.project.renderer.session(shown, landed=landed)
    return templates.render(found.source.template)


def lineage(settings: Settings, target: str, *, sql: Path = SQL) -> Lineage:
    """Return where a model (``flow_5s``) or a column (``flow_5s.add_qty``) comes from.

    Of a column: the columns whose values it is computed from, not those that only filter or join.

    Raises
    ------
    UsageError
        If there is no such model or column.
    ModelError
        If a query cannot be traced.
    """
    project = snapshots.load(settings, sql).project
    relation, column = _split(project, target)
    if column is None:
        found = _trace(relation, lambda name: project.upstream.get(name, ()))
        return Lineage(relation, found)
    from spymaster.definitions.tracing import Tracer  # loads sqlglot

    if not project.is_bound:
        bind(project).demand()
    found = _trace(f"{relation}.{column}", Tracer(project).above)
    return Lineage(f"{relation}.{column}", found)


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


def _split(project: Project, target: str) -> tuple[str, str | None]:
    """Return the relation and the column that a target names; model names may lack the schema."""
    parts = target.split(".")
    is_column = len(parts) == 3 or (len(parts) == 2 and parts[0] not in _schemas(project))
    name, column = (".".join(parts[:-1]), parts[-1]) if is_column else (target, None)
    if name in project.raw:
        columns = [known.name for known in project.raw[name].columns]
    else:
        model = one(project, name)
        name, columns = model.relation, [known.name for known in model.header.columns]
    if column is not None and column not in columns:
        raise UsageError(f"{name} has no column {column!r}; {suggestion(column, columns)}")
    return name, column


def _schemas(project: Project) -> set[str]:
    return {name.split(".")[0] for name in [*project.models, *project.raw]}


def _trace(target: str, above: Callable[[str], Iterable[str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    left = [target]
    while left:
        name = left.pop()
        if name not in found:
            found[name] = tuple(above(name))
            left += found[name]
    return found


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
