"""What the site says about relations, gathered from models, registry and catalog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from spymaster.catalog import meta
from spymaster.definitions.binding import bind
from spymaster.definitions.project import Model, Project
from spymaster.definitions.tracing import of_columns
from spymaster.features import Feature, Registry
from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.warehouse.columns import Column
from spymaster.warehouse.layout import Layout

KINDS = {
    "landed": "Landed records, one file for each source file and date",
    "partition": "One file for each session",
    "table": "A file for each session, and a table inside the catalog",
    "view": "A view; its rows are computed when they are read",
    "kept": "As long as the raw day: a file only for sessions whose settings keep it",
    "step": "A table inside a build, in no catalog",
    "inline": "A view inside a build, in no catalog",
    "meta": "A table inside the catalog, about the catalog itself",
}
"""What becomes of a relation's rows, by ``Page.kind``."""
FLOW = ("raw", "staging", "market", "book", "levels", "pressure", "options")
"""Schemas in the order in which data passes through them; others come after, by name."""
SUFFIXES = ("_d1", "_d2", "_d3", "_support")
"""Of the columns that come with another one: its differences, and what a ratio is over."""


@dataclass(frozen=True)
class Field:
    """One column as the site shows it."""

    column: Column
    feature: Feature | None
    """The feature it is, or belongs to."""
    is_derived: bool
    """Whether it is a difference or the support of the column that it is named after."""
    above: tuple[str, ...]
    """What its values are computed from directly, as schema.table.column."""
    below: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stored:
    """What the published catalog holds of a relation."""

    rows: int | None
    """None where its rows are not written out."""
    bytes: int
    files: int
    sessions: int | None
    """None where it is not built by session."""


@dataclass(frozen=True)
class Page:
    """One relation as the site shows it."""

    name: str
    """schema.table."""
    bare_name: str
    """What it also answers to; empty where that is another relation."""
    doc: str
    kind: str
    """A key of ``KINDS``."""
    grain: tuple[str, ...]
    as_of: str
    lookback: Mapping[str, int]
    fields: tuple[Field, ...]
    upstream: tuple[str, ...]
    downstream: tuple[str, ...]
    path: str
    """Where it is written, such as sql/book/flow_5s.sql."""
    stored: Stored | None
    """None where no catalog is published, or the relation is not in it."""

    @property
    def schema(self) -> str:
        """The part before the dot."""
        return self.name.split(".")[0]

    @property
    def is_inner(self) -> bool:
        """Whether its rows normally live inside a build only."""
        return self.kind in ("step", "inline")

    @property
    def summary(self) -> str:
        """The first sentence of the doc."""
        return self.doc.split(". ", 1)[0].rstrip(".")


def pages(settings: Settings, project: Project) -> dict[str, Page]:
    """Return a page for every relation, by schema and name, inner matters of a build last.

    Raises
    ------
    ModelError
        If a model cannot be bound or traced.
    """
    bound = bind(project)
    bound.demand()
    above = of_columns(project, bound)
    below = _turned(above)
    downstream = _turned(project.upstream)
    stored = _stored(settings)
    found = sorted([*_landed(project), *_models(project, above), *_meta()], key=_place)
    return {
        page.name: replace(
            page,
            downstream=downstream.get(page.name, ()),
            stored=stored.get(page.name),
            fields=tuple(
                replace(one, below=below.get(f"{page.name}.{one.column.name}".lower(), ()))
                for one in page.fields
            ),
        )
        for page in found
    }


def _place(page: Page) -> tuple[int, str, bool, str]:
    flow = FLOW.index(page.schema) if page.schema in FLOW else len(FLOW)
    return flow, page.schema, page.is_inner, page.name


def _turned(above: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return what lies below each name, from what lies above."""
    found: dict[str, list[str]] = {}
    for name, sources in above.items():
        for source in sources:
            found.setdefault(source, []).append(name)
    return {name: tuple(sorted(readers)) for name, readers in found.items()}


def _landed(project: Project) -> Iterator[Page]:
    for name, raw in project.raw.items():
        fields = tuple(Field(column, None, False, ()) for column in raw.columns)
        where = f"{project.sql.name}/raw.yml"
        yield Page(name, "", raw.doc, "landed", (), "", {}, fields, (), (), where, None)


def _models(project: Project, above: Mapping[str, tuple[str, ...]]) -> Iterator[Page]:
    registry = Registry(project.sql)
    for name, model in project.models.items():
        features = {feature.name: feature for feature in registry[name]}
        yield Page(
            name=name,
            bare_name=model.bare_name,
            doc=model.header.doc,
            kind=model.header.materialize,
            grain=model.header.grain,
            as_of=model.header.as_of,
            lookback=model.header.lookback,
            fields=tuple(_fields(model, features, above)),
            upstream=model.upstream,
            downstream=(),
            path=model.source.label,
            stored=None,
        )


def _fields(
    model: Model, features: Mapping[str, Feature], above: Mapping[str, tuple[str, ...]]
) -> Iterator[Field]:
    names = {column.name for column in model.header.columns}
    for column in model.header.columns:
        ends = (end for end in SUFFIXES if column.name.endswith(end))
        base = column.name.removesuffix(next(ends, ""))
        is_derived = base != column.name and base in names
        feature = features.get(base if is_derived else column.name)
        yield Field(column, feature, is_derived, above[f"{model.relation}.{column.name}"])


def _meta() -> Iterator[Page]:
    for table, columns in meta.TABLES.items():
        fields = tuple(
            Field(Column(name, kind, "", ""), None, False, ()) for name, kind in columns.items()
        )
        doc = meta.DOCS[table]
        yield Page(f"meta.{table}", "", doc, "meta", (), "", {}, fields, (), (), "", None)


def _stored(settings: Settings) -> dict[str, Stored]:
    """Return what the published catalog holds; nothing where none is published."""
    if not Layout(settings.warehouse).link.exists():
        return {}
    with catalog(settings) as connection:
        rows = connection.execute(
            "select relation, any_value(relations.rows), coalesce(sum(files.bytes), 0)::bigint,"
            " count(files.file), any_value(sessions)"
            " from meta.relations left join meta.files using (relation) group by relation"
        ).fetchall()
    return {name: Stored(*counts) for name, *counts in rows}
