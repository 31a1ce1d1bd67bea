"""Which columns a column is computed from, as sqlglot reads it out of rendered SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp
from sqlglot import lineage as columns
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node

from spymaster.book.relations import GRID, MADE_OF
from spymaster.definitions.parsing import parse
from spymaster.definitions.project import Project
from spymaster.errors import ModelError
from spymaster.warehouse.columns import Column


def of_columns(project: Project) -> dict[str, tuple[str, ...]]:
    """Return the columns that each column of every model is computed from directly.

    Parameters
    ----------
    project : Project
        Of models that bind: then their columns are those that the headers promise.

    Raises
    ------
    ModelError
        If a query cannot be traced.
    """
    tracer = Tracer(project)
    names = [
        f"{relation}.{column.name}"
        for relation, model in project.models.items()
        for column in model.header.columns
    ]
    return {name: tuple(tracer.above(name)) for name in names}


class Tracer:
    """Traces columns one query at a time, by the types that headers promise."""

    def __init__(self, project: Project) -> None:
        self._project = project
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
                None,
                tree,
                self._schema(relation),
                dialect="duckdb",
                copy=False,
                trim_selects=False,
            )
        except (SqlglotError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise ModelError(f"{source.label}: columns cannot be traced: {reason}") from error

    def _schema(self, relation: str) -> dict[str, dict[str, dict[str, str]]]:
        """Return the columns that a query may name: the library reads all that it is given."""
        found: dict[str, dict[str, dict[str, str]]] = {}
        for upstream in self._project.models[relation].upstream:
            schema, table = upstream.split(".")
            columns = self._columns(upstream)
            found.setdefault(schema, {})[table] = {one.name: one.type for one in columns}
        return found

    def _columns(self, relation: str) -> Sequence[Column]:
        raw = self._project.raw.get(relation)
        return raw.columns if raw else self._project.models[relation].header.columns


def _leaves(node: Node) -> Iterator[str]:
    """Yield the table columns at the end of a column's nodes."""
    for found in node.walk():
        if isinstance(found.expression, exp.Table) and found.expression.name:
            table = ".".join(part.name for part in found.expression.parts)
            yield f"{table}.{found.name.split('.')[-1]}".replace('"', "").lower()
