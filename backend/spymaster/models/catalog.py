"""The catalog: a small DuckDB file of views over partition files, with comments on everything."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from shutil import copyfile
from typing import TypeAlias

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

Paths: TypeAlias = dict[str, dict[str, date]]
"""The files behind each relation, and the date or session of each."""
RENEWALS = 50
"""How often a copy is renewed before a catalog is written whole, since it grows by what it lost."""
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
    """Write a catalog whole, or renew a copy of the one before where only files and rows differ.

    Views find their files through a macro, and so stay as they are, comments included: to write
    those of thousands of columns takes longer than all the rest.
    """
    paths, link = _there(edition), edition.state.layout.link
    shape = _shape(edition, paths)
    with (
        duck.in_memory(folder / "spill") as connection,
        attached(connection, link) as before,
    ):
        is_renewed = before.shape == shape and before.renewals < RENEWALS
        if is_renewed:
            copyfile(link.resolve(), fresh)
        path = statements.text(str(fresh))
        connection.execute(f"attach {path} as fresh (storage_version '{STORAGE}')")
        connection.execute("use fresh; begin")
        if not is_renewed:
            connection.execute(statements.schemas(paths, "meta"))
        for relation, files in paths.items():
            _list(connection, relation, files)
        if is_renewed:
            _renew(connection, edition.state, paths, before)
        else:
            _fill(connection, edition.state, paths, before)
        meta.write(connection, edition, shape, before.renewals + 1 if is_renewed else 0)
        connection.execute("commit; use memory; detach fresh")


def _shape(edition: Edition, paths: Paths) -> str:
    """Return 64 hex digits of everything in a catalog but rows and lists of files."""
    lines = [STORAGE, *edition.promises, *sorted(_mixed(edition.state))]
    lines += [f"{relation} {bool(files)}" for relation, files in paths.items()]
    return sha256("\n".join(lines).encode()).hexdigest()


def _list(connection: duck.Connection, relation: str, files: dict[str, date]) -> None:
    """Let a macro say which files a relation is made of."""
    if files:
        listed = ", ".join(map(statements.text, files))
        connection.execute(f"create or replace macro {_lister(relation)}() as [{listed}]")


def _lister(relation: str) -> str:
    return f'meta."files of {relation}"'


def _renew(connection: duck.Connection, state: State, paths: Paths, before: Before) -> None:
    """Fill the tables anew where their files are others."""
    mixed = _mixed(state)
    for model in state.project.models.values():
        if model.header.materialize != "table" or model.relation not in paths:
            continue
        query = _rows(model, paths[model.relation], before, is_mixed=model.relation in mixed)
        name = statements.name(model.relation)
        connection.execute(f"delete from {name}")
        connection.execute(f"insert into {name} by name {query}")


def _rows(model: Model, files: dict[str, date], before: Before, *, is_mixed: bool) -> str:
    if is_mixed:
        return statements.files(files, model.header.columns, by_name=True)
    return before.select(model, files)


def _there(edition: Edition) -> Paths:
    """Return the files behind each relation; a partition that someone removed is left out."""
    state, root = edition.state, f"{edition.state.layout.root}/"
    found: Paths = {relation: {} for relation in (*state.project.raw, *edition.in_force)}
    for relation, at, file, *_ in meta.raw_files(state):
        found[relation][root + file] = at
    for relation, at, file, *_ in meta.model_files(edition.in_force):
        if os.path.exists(root + file):  # noqa: PTH110  thousands of paths
            found[relation][root + file] = at
    return found


def _fill(connection: duck.Connection, state: State, paths: Paths, before: Before) -> None:
    project, mixed = state.project, _mixed(state)
    for macro in project.macros.values():
        connection.execute(macro)
    for name, raw in project.raw.items():
        query = _view(name, paths[name], raw.columns, folders="date")
        connection.execute(f"create view {statements.name(name)} as {query}")
        _comment(connection, name, "view", raw.doc, raw.columns)
    templates = Templates(project.sql, variables.of_settings(project.settings))
    for model in project.models.values():
        if model.relation not in paths:
            continue
        files, columns, is_mixed = (
            paths[model.relation],
            model.header.columns,
            model.relation in mixed,
        )
        if model.header.materialize == "view":
            query = templates.render(model.source.template)
        elif model.header.materialize == "table":
            query = _rows(model, files, before, is_mixed=is_mixed)
        else:
            has_session = any(column.name == "session" for column in columns)
            folders = "session" if has_session else None
            query = _view(model.relation, files, columns, by_name=is_mixed, folders=folders)
        _create(connection, model, query, is_mixed=is_mixed)


def _view(
    relation: str,
    files: dict[str, date],
    columns: Iterable[Column],
    *,
    by_name: bool = False,
    folders: str | None,
) -> str:
    if not files:
        return statements.empty(columns)
    return statements.read(f"{_lister(relation)}()", by_name=by_name, folders=folders)


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
