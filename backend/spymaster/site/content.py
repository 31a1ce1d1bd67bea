"""What the site says about relations, gathered from the inventory and the catalog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from spymaster.features import Feature
from spymaster.operations import Described, Inventory
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
    "replay": "Made by the compiled replay of orders, batch by batch; never whole, in no catalog",
    "batches": "A table inside a build, made of each batch of a replay, in no catalog",
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
    below: tuple[str, ...]


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
    sql: str
    """A model's query as it runs; empty of what is no model."""
    day: str | None
    """The date that its macro in the catalog takes, if it takes one."""

    @property
    def schema(self) -> str:
        """The part before the dot."""
        return self.name.split(".")[0]

    @property
    def is_inner(self) -> bool:
        """Whether its rows normally live inside a build only."""
        return self.kind in ("step", "inline", "replay", "batches")

    @property
    def summary(self) -> str:
        """The first sentence of the doc."""
        return self.doc.split(". ", 1)[0].rstrip(".")


def pages(settings: Settings, found: Inventory) -> dict[str, Page]:
    """Return a page for every relation, by schema and name, inner matters of a build last."""
    below, stored = _turned(found.above), _stored(settings)
    downstream = _turned({name: one.upstream for name, one in found.relations.items()})
    made = [
        Page(
            name=one.name,
            bare_name=one.bare_name,
            doc=one.doc,
            kind=one.kind,
            grain=one.grain,
            as_of=one.as_of,
            lookback=one.lookback or {},
            fields=tuple(_fields(one, found, below)),
            upstream=one.upstream,
            downstream=downstream.get(one.name, ()),
            path=one.path,
            stored=stored.get(one.name),
            sql=one.sql,
            day=one.day,
        )
        for one in found.relations.values()
    ]
    return {page.name: page for page in sorted(made, key=_place)}


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


def _fields(
    of: Described, found: Inventory, below: Mapping[str, tuple[str, ...]]
) -> Iterator[Field]:
    features = {feature.name: feature for feature in found.features[of.name]}
    names = {column.name for column in of.columns}
    for column in of.columns:
        ends = (end for end in SUFFIXES if column.name.endswith(end))
        base = column.name.removesuffix(next(ends, ""))
        is_derived = base != column.name and base in names
        feature = features.get(base if is_derived else column.name)
        full = f"{of.name}.{column.name}"
        above = found.above.get(full, ())
        yield Field(column, feature, is_derived, above, below.get(full.lower(), ()))


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
