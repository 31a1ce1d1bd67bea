"""Which columns a column is computed from, as sqlglot reads it out of rendered SQL."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot import lineage as columns
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node

from spymaster.book.relations import GRID, MADE_OF
from spymaster.definitions.binding import Bound
from spymaster.definitions.parsing import parse
from spymaster.definitions.project import Project
from spymaster.errors import ModelError


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
    tracer = Tracer(project, bound)
    names = [
        f"{relation}.{column.name}"
        for relation, model in project.models.items()
        for column in model.header.columns
    ]
    return {name: tuple(tracer.above(name)) for name in names}


class Tracer:
    """Traces columns one query at a time, by the types that binding gave."""

    def __init__(self, project: Project, bound: Bound) -> None:
        self._project = project
        self._schema: dict[str, dict[str, dict[str, str]]] = {}
        for relation, found in bound.columns.items():
            schema, table = relation.split(".")
            self._schema.setdefault(schema, {})[table] = dict(found)
        self._nodes: dict[str, dict[str, Node]] = {}

    def above(self, column: str) -> list[str]:
        """Return the columns that one is computed from, as schema.table.column."""
        relation, name = column.rsplit(".", 1)
        if relation not in self._project.models:
            return []
        if relation not in self._nodes:
            self._nodes[relation] = self._read(relation)
        nodes, replay = self._nodes[relation], self._project.models[relation].header.replay
        if not replay:
            return sorted(set(_leaves(nodes[name.lower()])))
        read = MADE_OF[replay["gives"]][name]
        counted = {f"{replay['grid']}.{one}" for one in read if one in GRID}
        return sorted(counted.union(*(_leaves(nodes[one]) for one in read if one in nodes)))

    def _read(self, relation: str) -> dict[str, Node]:
        source = self._project.models[relation].source
        tree = parse(self._project.renderer.probe.render(source.template))
        try:
            return columns.lineage(
                None, tree, self._schema, dialect="duckdb", copy=False, trim_selects=False
            )
        except (SqlglotError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise ModelError(f"{source.label}: columns cannot be traced: {reason}") from error


def _leaves(node: Node) -> Iterator[str]:
    """Yield the table columns at the end of a column's nodes."""
    for found in node.walk():
        if isinstance(found.expression, exp.Table) and found.expression.name:
            table = ".".join(part.name for part in found.expression.parts)
            yield f"{table}.{found.name.split('.')[-1]}".replace('"', "").lower()
