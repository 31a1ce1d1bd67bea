"""What the catalog holds: its relations and their columns, as the headers promise them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase

from spymaster.errors import MovedError, UsageError
from spymaster.read import meta
from spymaster.read.relation import Relation
from spymaster.settings import Settings
from spymaster.suggestions import suggestion
from spymaster.warehouse import duck, published
from spymaster.warehouse.columns import Column
from spymaster.warehouse.files import spill
from spymaster.warehouse.layout import DEMO, Layout

DIFFERENCE = re.compile(r"(.+)(_d[123]|_c30s)")
"""A column that says how another changed: over buckets, or half a minute."""
NAMED = 3
"""Most owners of a column that an error names."""


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
        raise UsageError(f"{layout.link}: no catalog yet; {_way_out()}")
    if published.is_elsewhere(layout):
        raise MovedError(f"{layout.link}: was written for another folder; run the models again")
    with spill() as folder, duck.reader(layout.link.resolve(), spill=folder) as connection:
        yield connection


def _way_out() -> str:
    if Layout(DEMO).link.exists():
        return f"the demo's is there: --warehouse {DEMO}"
    return "land files and run the models first"


def tables(settings: Settings, like: str | None = None) -> list[Relation]:
    """Return the relations of the catalog by name: all, or those whose name holds a text.

    Parameters
    ----------
    like : str
        A part of the name, or all of it with ``*`` for anything.

    Raises
    ------
    UsageError
        If no name is like it.
    """
    with catalog(settings) as connection:
        known = _relations(connection)
    pattern = (like if like and "*" in like else f"*{like or ''}*").lower()
    found = [relation for relation in known if fnmatchcase(relation.name.lower(), pattern)]
    if known and not found:
        raise UsageError(f"--like {like}: no relation; there are {len(known)}")
    return found


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

    Parameters
    ----------
    name : str
        Of a relation, or of one column behind a dot; then that column is the only one. In any
        case, as in a query.

    Raises
    ------
    UsageError
        For a name that is not in the catalog, with near matches.
    """
    with catalog(settings) as connection:
        known = {relation.name: relation for relation in _relations(connection)}
        by_raw_first = sorted(known, key=lambda full: not full.startswith("raw."))
        bare = {known[full].bare_name: full for full in by_raw_first}
        its_own = meta.comments(connection)
        wanted = name.lower()
        full, column = bare.get(wanted, wanted), ""
        there = [*known, *its_own]
        if full not in there:
            owner, _, column = wanted.rpartition(".")
            full = bare.get(owner, owner)
        if full not in there:
            hint = _owners(connection, wanted) or _macro(connection, wanted)
            raise UsageError(f"{name}: no such relation; {hint or suggestion(wanted, there)}")
        if full in its_own:
            relation, columns = meta.described(connection, full, its_own[full])
        else:
            relation, columns = known[full], _columns(connection, full)
    return relation, _named(full, columns, column) if column else columns


def _relations(connection: duck.Connection) -> list[Relation]:
    rows = connection.execute(
        "select relation, doc, grain, sessions, rows, bare_name from meta.relations"
        " order by relation"
    ).fetchall()
    return [Relation(*row) for row in rows]


def _columns(connection: duck.Connection, relation: str) -> list[Column]:
    rows = connection.execute(
        "select name, type, unit, meaning from meta.columns "
        f"where relation = {duck.literal(relation)} order by position"
    ).fetchall()
    return [Column(*row) for row in rows]


def _owners(connection: duck.Connection, column: str) -> str:
    """Return what has a column of a name, nothing where none has."""
    rows = connection.execute(
        f"select relation from meta.columns where name = {duck.literal(column)} order by relation"
    ).fetchall()
    names = [f"{relation}.{column}" for (relation,) in rows]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"a column by that name: {', '.join(names[:NAMED])}{more}" if names else ""


def _macro(connection: duck.Connection, name: str) -> str:
    """Return how a macro of the catalog is called, nothing where none has that name."""
    rows = connection.execute(
        "select function_name, any_value(parameters) from duckdb_functions() where not internal"
        f" and function_type = 'macro' and function_name = {duck.literal(name)} group by all"
    ).fetchall()
    told = "; what it does is on the website that spymaster docs writes"
    called = (f"{macro}({', '.join(takes)})" for macro, takes in rows)
    return next((f"a macro by that name: {call}{told}" for call in called), "")


def _named(relation: str, columns: list[Column], name: str) -> list[Column]:
    names = [column.name for column in columns]
    found = [column for column in columns if column.name.lower() == name]
    if not found:
        raise UsageError(f"{relation}.{name}: no such column; {suggestion(name, names)}")
    return found


def folded(columns: list[Column]) -> list[tuple[Column, str]]:
    """Return the columns that are no other's difference, each with the suffixes of its own.

    >>> net, change = (Column(name, "DOUBLE", "ratio", "") for name in ("net", "net_d1"))
    >>> [(column.name, also) for column, also in folded([net, change])]
    [('net', '_d1')]
    """
    names = {column.name for column in columns}
    also: dict[str, list[str]] = {}
    for name in names:
        base, suffix = _split(name)
        if base in names:
            also.setdefault(base, []).append(suffix)
    bases = (column for column in columns if _split(column.name)[0] not in names)
    return [(column, " ".join(sorted(also.get(column.name, ())))) for column in bases]


def _split(name: str) -> tuple[str, str]:
    found = DIFFERENCE.fullmatch(name)
    return (found[1], found[2]) if found else ("", "")
