"""Where a model or one of its columns comes from, up to what landed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spymaster.definitions import variables
from spymaster.definitions.project import Project
from spymaster.errors import ModelError, UsageError
from spymaster.operations.rendering import one
from spymaster.planning import snapshot as snapshots
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL

if TYPE_CHECKING:
    from sqlglot.lineage import Node

    from spymaster.definitions.binding import Bound
    from spymaster.definitions.template import Templates


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
    from spymaster.definitions.binding import bind  # loads jinja2
    from spymaster.definitions.template import Templates

    bound = bind(project)
    bound.demand()
    tracer = _Tracer(project, bound, Templates(project.sql, variables.probe(settings)))
    return Lineage(f"{relation}.{column}", _trace(f"{relation}.{column}", tracer.above))


def of_columns(project: Project, bound: Bound) -> dict[str, tuple[str, ...]]:
    """Return the columns that each column of every model is computed from directly.

    Parameters
    ----------
    bound : Bound
        The same models bound, without findings.

    Raises
    ------
    ModelError
        If a query cannot be traced.
    """
    from spymaster.definitions.template import Templates

    tracer = _Tracer(project, bound, Templates(project.sql, variables.probe(project.settings)))
    names = [
        f"{relation}.{column.name}"
        for relation, model in project.models.items()
        for column in model.header.columns
    ]
    return {name: tuple(tracer.above(name)) for name in names}


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
        raise UsageError(f"{name} has no column {column!r}; there is: {', '.join(columns)}")
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


class _Tracer:
    """Traces columns one query at a time, by the types that binding gave."""

    def __init__(self, project: Project, bound: Bound, templates: Templates) -> None:
        self._project = project
        self._templates = templates
        self._schema: dict[str, dict[str, dict[str, str]]] = {}
        for relation, columns in bound.columns.items():
            schema, table = relation.split(".")
            self._schema.setdefault(schema, {})[table] = dict(columns)
        self._nodes: dict[str, dict[str, Node]] = {}

    def above(self, column: str) -> list[str]:
        """Return the columns that one is computed from, as schema.table.column."""
        relation, name = column.rsplit(".", 1)
        if relation not in self._project.models:
            return []
        if relation not in self._nodes:
            self._nodes[relation] = self._read(relation)
        return sorted(set(_leaves(self._nodes[relation][name.lower()])))

    def _read(self, relation: str) -> dict[str, Node]:
        from sqlglot import lineage as columns
        from sqlglot.errors import SqlglotError

        from spymaster.definitions.parsing import parse

        source = self._project.models[relation].source
        tree = parse(self._templates.render(source.template))
        try:
            return columns.lineage(
                None, tree, self._schema, dialect="duckdb", copy=False, trim_selects=False
            )
        except (SqlglotError, ValueError) as error:
            said = " ".join(str(error).split())
            raise ModelError(f"{source.label}: columns cannot be traced: {said}") from error


def _leaves(node: Node) -> Iterator[str]:
    """Yield the table columns at the end of a column's nodes."""
    from sqlglot import exp

    for found in node.walk():
        if isinstance(found.expression, exp.Table) and found.expression.name:
            table = ".".join(part.name for part in found.expression.parts)
            yield f"{table}.{found.name.split('.')[-1]}".replace('"', "").lower()
