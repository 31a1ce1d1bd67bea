"""Which columns a column is computed from, as sqlglot reads it out of rendered SQL.

What it cannot follow is an error and never a column of fewer sources: it leaves out what it does
not know and says so in a log, or marks it in what it gives.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from textwrap import shorten

from sqlglot import exp
from sqlglot import lineage as columns
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node

from spymaster.book.relations import GRID, MADE_OF
from spymaster.definitions.parsing import parse
from spymaster.definitions.project import Project
from spymaster.errors import ModelError
from spymaster.warehouse.columns import Column

LONGEST_REASON = 200
"""Characters: the library repeats whole queries."""


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
        self._sources: dict[str, dict[str, set[str]]] = {}

    def above(self, column: str) -> list[str]:
        """Return the columns that one is computed from, as schema.table.column.

        Raises
        ------
        ModelError
            If the query of its relation cannot be traced.
        """
        relation, name = column.rsplit(".", 1)
        if relation not in self._project.models:
            return []
        if relation not in self._sources:
            self._sources[relation] = self._read(relation)
        sources, replay = self._sources[relation], self._project.models[relation].header.replay
        if not replay:
            return sorted(sources[name.lower()])
        read = MADE_OF[replay["gives"]][name]
        counted = {f"{replay['grid']}.{one}" for one in read if one in GRID}
        return sorted(counted.union(*(sources[one] for one in read if one in sources)))

    def _read(self, relation: str) -> dict[str, set[str]]:
        source = self._project.models[relation].source
        tree = parse(self._project.renderer.probe.render(source.template))
        try:
            with _log_raises():
                nodes = columns.lineage(
                    None,
                    _read_by_subqueries(tree),
                    self._schema(relation),
                    dialect="duckdb",
                    copy=False,
                    trim_selects=False,
                )
            return {name: _leaves(node) for name, node in nodes.items()}
        except (SqlglotError, ValueError) as error:
            reason = shorten(str(error), LONGEST_REASON, placeholder=" ...")
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


def _read_by_subqueries(tree: exp.Expr) -> exp.Expr:
    """Put ``from (select * from t) as t (a, b)`` for ``from t as t (a, b)``, and return the tree.

    Of names given to a table's columns the library knows only those of a subquery.
    """
    for table in list(tree.find_all(exp.Table)):
        alias = table.args.get("alias")
        if table.name and alias and alias.columns:
            alias.pop()
            table.replace(exp.select("*").from_(table.copy()).subquery(alias))
    return tree


def _leaves(node: Node) -> set[str]:
    """Return the table columns at the end of a column's nodes."""
    nodes = list(node.walk())
    ends = [found for found in nodes if isinstance(found.expression, exp.Table)]
    unknown = {found.name for found in nodes if isinstance(found.expression, exp.Placeholder)}
    # a recursive query reads itself, too, and is known from where it begins
    if lost := unknown - {found.name for found in ends}:
        raise SqlglotError(f"{', '.join(sorted(lost))}: where from is not known")
    return {_column(found) for found in ends if found.expression.name}


def _column(node: Node) -> str:
    assert isinstance(node.expression, exp.Table)
    table = ".".join(part.name for part in node.expression.parts)
    return f"{table}.{node.name.split('.')[-1]}".replace('"', "").lower()


@contextmanager
def _log_raises() -> Iterator[None]:
    """Have what the library would only log end it."""
    log, handler = logging.getLogger("sqlglot"), _Raising(logging.WARNING)
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


class _Raising(logging.Handler):
    """What the library warns of is a part of the query that it leaves out."""

    def emit(self, record: logging.LogRecord) -> None:
        raise SqlglotError(record.getMessage())
