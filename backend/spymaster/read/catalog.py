"""What the catalog holds: its relations and their columns, as the headers promise them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches

from spymaster.errors import MovedError, UsageError
from spymaster.settings import Settings
from spymaster.warehouse import duck, published
from spymaster.warehouse.columns import Column
from spymaster.warehouse.files import spill
from spymaster.warehouse.layout import Layout


@dataclass(frozen=True)
class Relation:
    """One relation of the catalog."""

    name: str
    """Qualified, such as book.flow_5s."""
    doc: str
    grain: str
    """Columns that tell its rows apart; empty where the vendor promises none."""
    sessions: int | None
    """Partitions it is made of; none where it is a view, or lives inside builds only."""
    rows: int | None
    bare_name: str
    """What it answers to without a schema; raw.mbo leaves mbo to staging.mbo."""

    @property
    def summary(self) -> str:
        """The first sentence of the doc."""
        return self.doc.split(". ", 1)[0].rstrip(".")

    @property
    def counted(self) -> str:
        """The rows as a person writes them."""
        if self.rows is not None:
            return f"{self.rows:,}"
        return "view" if self.name.startswith("staging.") else "not kept"


@contextmanager
def catalog(settings: Settings) -> Iterator[duck.Connection]:
    """Open the published catalog read-only, with a spill folder of this process's own.

    Raises
    ------
    UsageError
        Where nothing was published yet.
    MovedError
        Where the folder was moved since; the next command writes the catalog anew.
    """
    layout = Layout(settings.warehouse)
    if not layout.link.exists():
        raise UsageError(f"{layout.link}: no catalog yet; land files and run the models first")
    if published.is_elsewhere(layout):
        raise MovedError(f"{layout.link}: was written for another folder; run the models again")
    with spill() as folder, duck.reader(layout.link.resolve(), spill=folder) as connection:
        yield connection


def tables(settings: Settings) -> list[Relation]:
    """Return every relation of the catalog by name."""
    with catalog(settings) as connection:
        rows = connection.execute(
            "select relation, doc, grain, sessions, rows, bare_name from meta.relations"
            " order by relation"
        ).fetchall()
    return [Relation(*row) for row in rows]


def acceptances(settings: Settings, relation: str) -> list[str]:
    """Return a line for each audit that finds rows in a relation and was let through."""
    with catalog(settings) as connection:
        rows = connection.execute(
            "select session, audit, accepted_by, reason, found from meta.acceptances "
            f"where list_contains(relations, {duck.literal(relation)}) order by session, audit"
        ).fetchall()
    return [f"{at} {audit}, accepted by {by}: {why}; {what}" for at, audit, by, why, what in rows]


def describe(settings: Settings, name: str) -> tuple[Relation, list[Column]]:
    """Return a relation, by its qualified or bare name, with its columns in order.

    Raises
    ------
    UsageError
        For a name that is not in the catalog, with near matches.
    """
    known = {relation.name: relation for relation in tables(settings)}
    by_raw_first = sorted(known, key=lambda full: not full.startswith("raw."))
    bare = {known[full].bare_name: full for full in by_raw_first}
    full = bare.get(name, name)
    if full not in known:
        near = get_close_matches(name, [*known, *bare], n=3)
        hint = f"near: {', '.join(near)}" if near else f"there are: {', '.join(known)}"
        raise UsageError(f"{name}: no such relation; {hint}")
    with catalog(settings) as connection:
        rows = connection.execute(
            "select name, type, unit, meaning from meta.columns "
            f"where relation = {duck.literal(full)} order by position"
        ).fetchall()
    return known[full], [Column(*row) for row in rows]
