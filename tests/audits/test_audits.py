"""Each audit finds what it is for, and nothing beside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pyarrow as pa
import pytest

from audits.rows import RIGHT, SESSION, WRONG, Tables
from spymaster.definitions.loading import load
from spymaster.settings import Settings
from spymaster.warehouse import duck, statements
from spymaster.warehouse.columns import SQL


@cache
def prepared() -> tuple[duck.Connection, dict[str, tuple[tuple[str, ...], str]]]:
    """A connection with an empty table for all that audits read, and each audit's query."""
    project = load(Settings(), SQL, {})
    templates = project.renderer.session(SESSION)
    connection = duck.in_memory(Path(mkdtemp()), threads=1)
    connection.execute(statements.schemas([*project.raw, *project.models]))
    audits = {
        name.partition(".")[2]: (tuple(audit.upstream), templates.render(audit.source.template))
        for name, audit in project.audits.items()
    }
    for name in {name for upstream, _ in audits.values() for name in upstream}:
        columns = project.models[name].header.columns
        connection.execute(f"create table {name} as {statements.empty(columns)}")
    return connection, audits


def found(audit: str, tables: Tables) -> list[tuple[Any, ...]]:
    """Return what an audit finds in rows; a column that a row leaves out is null."""
    connection, audits = prepared()
    upstream, query = audits[audit]
    assert tables.keys() <= set(upstream)
    for name in upstream:
        connection.execute(f"truncate {name}")
        if rows := tables.get(name):
            columns = [row[0] for row in connection.execute(f"describe {name}").fetchall()]
            kept = [{key: row[key] for key in row if key in columns} for row in rows]
            connection.register("given", pa.Table.from_pylist(kept))
            connection.execute(f"insert into {name} by name from given")
            connection.unregister("given")
    return connection.execute(query).fetchall()


def test_every_audit_has_what_it_must_find_and_what_it_must_not() -> None:
    assert set(prepared()[1]) == RIGHT.keys() == WRONG.keys()


@pytest.mark.parametrize(
    ("audit", "tables"), [(name, one) for name, all_of in RIGHT.items() for one in all_of]
)
def test_an_audit_finds_nothing_where_all_is_right(audit: str, tables: Tables) -> None:
    assert found(audit, tables) == []


@pytest.mark.parametrize(
    ("audit", "tables"), [(name, one) for name, all_of in WRONG.items() for one in all_of]
)
def test_an_audit_finds_what_is_wrong(audit: str, tables: Tables) -> None:
    assert found(audit, tables) != []
