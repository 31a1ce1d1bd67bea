"""The catalog: a small DuckDB file of views over partition files, with comments on everything."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from spymaster.errors import DataError
from spymaster.models import meta, statements, variables
from spymaster.models.meta import Edition
from spymaster.models.project import Model
from spymaster.models.state import State
from spymaster.models.template import Templates
from spymaster.warehouse import duck
from spymaster.warehouse.columns import Column
from spymaster.warehouse.files import point, scratch, settle
from spymaster.warehouse.layout import Layout

KEPT = 3
"""Catalogs that stay, so that a reader that opened an older one can reopen it."""
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
    final = layout.catalogs / f"spymaster_{edition.published_at:%Y%m%dT%H%M%S%f}Z.duckdb"
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
    _prune(layout)
    return final


def _write(fresh: Path, folder: Path, edition: Edition) -> None:
    with duck.in_memory(folder / "spill") as connection:
        path = statements.text(str(fresh))
        connection.execute(f"attach {path} as fresh (storage_version '{STORAGE}')")
        connection.execute("use fresh; begin")
        _fill(connection, edition.state, _there(edition))
        meta.write(connection, edition)
        connection.execute("commit; use memory; detach fresh")


def _there(edition: Edition) -> dict[str, list[Path]]:
    """Return the partition files of each model; one that someone removed is left out."""
    partition = edition.state.layout.model_partition
    found: dict[str, list[Path]] = {}
    for relation, builds in edition.in_force.items():
        paths = [partition(relation, build.session, build.fingerprint) for build in builds]
        found[relation] = [path for path in paths if path.exists()]
    return found


def _fill(connection: duck.Connection, state: State, paths: dict[str, list[Path]]) -> None:
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
        query = statements.files(files, raw.columns)
        connection.execute(f"create view {statements.name(name)} as {query}")
        _comment(connection, name, "view", raw.doc, raw.columns)
    templates = Templates(project.sql, variables.of_settings(project.settings))
    for model in project.models.values():
        if model.relation in paths:
            _create(connection, state, model, templates, paths[model.relation])


def _create(
    connection: duck.Connection,
    state: State,
    model: Model,
    templates: Templates,
    paths: list[Path],
) -> None:
    """Create a model under its full name, and a view of it under its bare name."""
    kind = "table" if model.header.materialize == "table" else "view"
    if model.header.materialize == "view":
        query = templates.render(model.source.template)
    else:
        is_mixed = _is_mixed(state, model)
        query = statements.files(paths, model.header.columns, by_name=is_mixed)
    bare = f"main.{model.bare_name}"
    for name, what, body in (
        (model.relation, kind, query),
        (bare, "view", f"select * from {statements.name(model.relation)}"),
    ):
        connection.execute(f"create {what} {statements.name(name)} as\n{body}")
        _comment(connection, name, what, model.header.doc, model.header.columns)


def _is_mixed(state: State, model: Model) -> bool:
    """Whether some sessions in force were built from other SQL, so that columns may differ."""
    expected = f'"sql":{{"":"{model.digest}"}}'
    return any(
        expected not in build.reasons
        for (relation, _), build in state.builds.items()
        if relation == model.relation
    )


def _comment(
    connection: duck.Connection, relation: str, kind: str, doc: str, columns: Iterable[Column]
) -> None:
    name = statements.name(relation)
    there = {row[0] for row in connection.execute(f"describe {name}").fetchall()}
    said = [f"comment on {kind} {name} is {statements.text(doc)}"]
    for column in columns:
        if column.name in there:
            place = f"{name}.{statements.name(column.name)}"
            said.append(f"comment on column {place} is {statements.text(column.comment)}")
    connection.execute("; ".join(said))


def _prune(layout: Layout) -> None:
    current = layout.link.resolve()
    old = sorted(layout.catalogs.glob("spymaster_*.duckdb"), reverse=True)
    for path in [path for path in old if path != current][KEPT - 1 :]:
        path.unlink()
