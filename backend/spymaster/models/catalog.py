"""The catalog: a small DuckDB file of views over partition files, with comments on everything."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from spymaster.errors import DataError
from spymaster.models import meta, statements, variables
from spymaster.models.before import Before, attached
from spymaster.models.meta import Edition
from spymaster.models.project import Model
from spymaster.models.state import State
from spymaster.models.template import Templates
from spymaster.models.verify import describe
from spymaster.warehouse import duck
from spymaster.warehouse.columns import Column
from spymaster.warehouse.files import point, scratch, settle
from spymaster.warehouse.layout import Layout

KEPT = 3
"""Catalogs that stay, so that a reader that opened an older one can reopen it."""
PREFIX, TIME, SUFFIX = "spymaster_", "%Y%m%dT%H%M%S%f", "Z.duckdb"
STORAGE = "v1.4.0"
"""The oldest DuckDB that reads a catalog."""


def write_catalog(edition: Edition) -> Path:
    """Write a catalog whole, settle it, flip the link to it, and drop old ones.

    Raises
    ------
    DataError
        If a file that it should list cannot be read; then readers keep what they have.
    """
    layout = edition.state.layout
    final = _next(layout, edition.published_at)
    with scratch(layout) as folder:
        try:
            _write(folder / final.name, folder, edition)
        except duck.DuckError as error:
            said = duck.message(error)
            raise DataError(f"{final.name}: the catalog cannot be written: {said}") from error
        # a client that could open it to write would lock out every reader
        (folder / final.name).chmod(0o444)
        settle(folder / final.name, final)
    point(layout.link, final)
    for old in set(_all(layout)) - set(kept(layout)):
        old.unlink()
    return final


def kept(layout: Layout) -> list[Path]:
    """Return the published catalog and those before it that stay, newest first."""
    current = layout.link.resolve()
    there = [path for path in _all(layout) if path <= current]
    return there[:KEPT]


def _all(layout: Layout) -> list[Path]:
    """Return every catalog, last written first: their names are in order."""
    return sorted(layout.catalogs.glob(f"{PREFIX}*{SUFFIX}"), reverse=True)


def _next(layout: Layout, now: datetime) -> Path:
    """Return the path of a catalog after all others, even if the clock was put back."""
    newest = next((path.name for path in _all(layout)), "")
    if newest:
        last = datetime.strptime(newest.removeprefix(PREFIX).removesuffix(SUFFIX), TIME)
        now = max(now, last + timedelta(microseconds=1))
    return layout.catalogs / f"{PREFIX}{now.strftime(TIME)}{SUFFIX}"


def _write(fresh: Path, folder: Path, edition: Edition) -> None:
    with duck.in_memory(folder / "spill") as connection:
        path = statements.text(str(fresh))
        connection.execute(f"attach {path} as fresh (storage_version '{STORAGE}')")
        connection.execute("use fresh")
        with attached(connection, edition.state.layout.link) as before:
            connection.execute("begin")
            _fill(connection, edition.state, _there(edition), before)
            meta.write(connection, edition)
            connection.execute("commit; use memory; detach fresh")


def _there(edition: Edition) -> dict[str, dict[date, str]]:
    """Return the partition files of each model by session; one that someone removed is left out."""
    root = f"{edition.state.layout.root}/"
    found: dict[str, dict[date, str]] = {relation: {} for relation in edition.in_force}
    for relation, at, file, *_ in meta.model_files(edition.in_force):
        if os.path.exists(root + file):  # noqa: PTH110  thousands of paths
            found[relation][at] = root + file
    return found


def _fill(
    connection: duck.Connection,
    state: State,
    paths: dict[str, dict[date, str]],
    before: Before,
) -> None:
    project = state.project
    connection.execute(statements.schemas([*project.raw, *project.models], "meta"))
    for macro in project.macros.values():
        connection.execute(macro)
    for name, raw in project.raw.items():
        files = [
            state.layout.raw_partition(part.schema, part.date, part.file_id)
            for part in state.landed.partitions
            if part.schema == raw.schema
        ]
        query = statements.files(files, raw.columns, folders="date")
        connection.execute(f"create view {statements.name(name)} as {query}")
        _comment(connection, name, "view", raw.doc, raw.columns)
    templates = Templates(project.sql, variables.of_settings(project.settings))
    mixed = _mixed(state)
    for model in project.models.values():
        if model.relation not in paths:
            continue
        if model.header.materialize == "view":
            query = templates.render(model.source.template)
        elif model.header.materialize == "table" and model.relation not in mixed:
            query = before.select(model, paths[model.relation])
        else:
            query = _files(model, paths[model.relation], by_name=model.relation in mixed)
        _create(connection, model, query, is_mixed=model.relation in mixed)


def _files(model: Model, paths: dict[date, str], *, by_name: bool = False) -> str:
    has_session = any(column.name == "session" for column in model.header.columns)
    return statements.files(
        paths.values(),
        model.header.columns,
        by_name=by_name,
        folders="session" if has_session else None,
    )


def _create(connection: duck.Connection, model: Model, query: str, *, is_mixed: bool) -> None:
    """Create a model under its full name, and a view of it under its bare name."""
    kind = "table" if model.header.materialize == "table" else "view"
    columns = list(model.header.columns)
    bare = f"main.{model.bare_name}"
    for name, what, body in (
        (model.relation, kind, query),
        (bare, "view", f"select * from {statements.name(model.relation)}"),
    ):
        connection.execute(f"create {what} {statements.name(name)} as\n{body}")
        if is_mixed:
            there = {column for column, _ in describe(connection, name)}
            columns = [column for column in columns if column.name in there]
        _comment(connection, name, what, model.header.doc, columns)


def _mixed(state: State) -> set[str]:
    """Return models of which some sessions were built from other SQL: columns may differ."""
    expected = {
        model.relation: f'"sql":{{"":"{model.digest}"}}' for model in state.project.models.values()
    }
    return {
        relation
        for (relation, _), build in state.builds.items()
        if expected.get(relation, "") not in build.reasons
    }


def _comment(
    connection: duck.Connection, relation: str, kind: str, doc: str, columns: Iterable[Column]
) -> None:
    name = statements.name(relation)
    said = [f"comment on {kind} {name} is {statements.text(doc)}"]
    for column in columns:
        place = f"{name}.{statements.name(column.name)}"
        said.append(f"comment on column {place} is {statements.text(column.comment)}")
    connection.execute("; ".join(said))
