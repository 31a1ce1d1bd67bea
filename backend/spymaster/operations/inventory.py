"""All that the models promise, as plain values, for whoever writes it down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from spymaster.catalog import meta
from spymaster.catalog.file_macros import day_of
from spymaster.definitions import discover, variables
from spymaster.definitions.binding import bind
from spymaster.definitions.project import Model, Project
from spymaster.planning import coverage
from spymaster.planning import snapshot as snapshots
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL, Column

if TYPE_CHECKING:
    from spymaster.definitions.template import Templates
    from spymaster.features.registry import Registry


@dataclass(frozen=True)
class Described:
    """One relation: landed, a model, or of the schema meta."""

    name: str
    """schema.table."""
    doc: str
    kind: str
    """How a model is materialized; landed or meta for what is no model."""
    columns: tuple[Column, ...]
    bare_name: str = ""
    """What it also answers to; empty where that is another relation."""
    grain: tuple[str, ...] = ()
    as_of: str = ""
    lookback: Mapping[str, int] | None = None
    upstream: tuple[str, ...] = ()
    path: str = ""
    """Where it is written, such as sql/book/flow_5s.sql."""
    sql: str = ""
    """A model's query as it runs in the inventory's session."""
    day: str | None = None
    """The date that its macro in the catalog takes: session, or date of raw records."""


@dataclass(frozen=True)
class Audit:
    """A query that must return no row."""

    name: str
    doc: str
    upstream: tuple[str, ...]
    sql: str


@dataclass(frozen=True)
class MacroFile:
    """Functions that every query on the catalog may call."""

    path: str
    """Such as sql/macros/black76.duckdb.sql."""
    written: str
    """The file with its comments."""
    sql: str
    """The ``create macro`` statements."""


@dataclass(frozen=True)
class Inventory:
    """What there is."""

    session: date
    """The last that landed; any where none did."""
    relations: Mapping[str, Described]
    above: Mapping[str, tuple[str, ...]]
    """What each column of a model is computed from directly, all as schema.table.column."""
    audits: tuple[Audit, ...]
    macros: tuple[MacroFile, ...]
    features: Registry

    def read_by(self, query: str) -> tuple[str, ...]:
        """Return the full names of all that a query reads; of what is unknown, as it is written."""
        from spymaster.definitions.parsing import read_query  # loads sqlglot

        models = (one for one in self.relations.values() if one.bare_name)
        full = {one.bare_name: one.name for one in models}
        names = {reference.name for reference in read_query(query).references}
        return tuple(sorted(full.get(name, name) for name in names))


def inventory(settings: Settings, *, sql: Path = SQL) -> Inventory:
    """Return all that the models promise.

    Raises
    ------
    ModelError
        If a model cannot be read, bound or traced.
    """
    from spymaster.definitions.tracing import of_columns  # loads sqlglot

    snapshot = snapshots.load(settings, sql)
    project = snapshot.project
    session = (snapshot.landed.sessions or (variables.PROBE_SESSION,))[-1]
    landed = coverage.of(snapshot.landed, session)
    templates = project.renderer.session(session, landed=landed)
    if not project.is_bound:
        bind(project).demand()
    relations = [*_landed(project), *_models(project, templates), *_meta()]
    return Inventory(
        session,
        {one.name: one for one in relations},
        of_columns(project),
        tuple(_audit(project.audits[name], templates) for name in sorted(project.audits)),
        tuple(_macros(project)),
        project.renderer.features,
    )


def _landed(project: Project) -> Iterator[Described]:
    for name, raw in project.raw.items():
        path, day = f"{project.sql.name}/raw.yml", day_of(project, name)
        yield Described(name, raw.doc, "landed", raw.columns, path=path, day=day)


def _models(project: Project, templates: Templates) -> Iterator[Described]:
    for name, model in project.models.items():
        header = model.header
        yield Described(
            name,
            header.doc,
            header.materialize,
            header.columns,
            model.bare_name,
            header.grain,
            header.as_of,
            header.lookback,
            model.upstream,
            model.source.label,
            templates.render(model.source.template),
            day_of(project, name),
        )


def _meta() -> Iterator[Described]:
    for table, columns in meta.TABLES.items():
        listed = tuple(Column(name, kind, "", "") for name, kind in columns.items())
        yield Described(f"meta.{table}", meta.DOCS[table], "meta", listed)


def _audit(audit: Model, templates: Templates) -> Audit:
    name, query = audit.relation.split(".")[1], templates.render(audit.source.template)
    return Audit(name, audit.header.doc, audit.upstream, query)


def _macros(project: Project) -> Iterator[MacroFile]:
    for path in discover.duckdb_macros(project.sql):
        label = discover.label(project.sql, path)
        written = path.read_text(encoding="utf-8")
        yield MacroFile(label, written, project.renderer.macros[label])
