"""The catalog: a small DuckDB file of views over partition files, with comments on everything."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from spymaster.catalog import file_macros, meta
from spymaster.catalog.file_macros import Paths
from spymaster.catalog.meta import Edition
from spymaster.definitions.project import Model, Project
from spymaster.errors import DataError
from spymaster.warehouse import duck, published, statements
from spymaster.warehouse.files import point, scratch, settle
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.relations import describe

STORAGE = "v1.4.0"
"""The oldest DuckDB that reads a catalog."""
KEPT = 3
"""Catalogs that stay, so that a reader that opened an older one can reopen it."""
PREFIX, TIME, SUFFIX = "spymaster_", "%Y%m%dT%H%M%S%f", "Z.duckdb"
NAME = re.compile(rf"{PREFIX}\d{{8}}T\d{{12}}{re.escape(SUFFIX)}", re.ASCII)
"""Of a catalog; what else lies beside, as a copy that somebody made, is none."""
OURS = re.compile(rf"{PREFIX}\d{{8}}T\d{{12}}Z\.", re.ASCII)
"""How names begin of catalogs, their notes, and what DuckDB leaves beside one."""


def write_catalog(edition: Edition, digest: str) -> Path:
    """Write a catalog whole, settle it and its note, flip the link to it, and drop old ones.

    Parameters
    ----------
    digest : str
        64 hex digits of everything that it says.

    Raises
    ------
    DataError
        If a file that it should list cannot be read; then readers keep what they have.
    """
    layout = edition.snapshot.layout
    final = _next(layout, edition.published_at)
    with scratch(layout) as folder:
        try:
            _write(folder / final.name, folder, edition)
        except duck.DuckError as error:
            reason = _in_the_way(edition) or duck.message(error)
            raise DataError(f"{final.name}: the catalog cannot be written: {reason}") from error
        # a client that could open it to write would lock out every reader
        (folder / final.name).chmod(0o444)
        settle(folder / final.name, final)
    published.write(layout, final, digest)
    point(layout.link, final)
    for old in set(_all(layout)) - set(kept(layout)):
        old.unlink()
        published.beside(old).unlink(missing_ok=True)
    return final


def kept(layout: Layout) -> list[Path]:
    """Return the published catalog and those before it that stay, newest first."""
    current = layout.link.resolve()
    there = [path for path in _all(layout) if path <= current]
    return there[:KEPT]


def _all(layout: Layout) -> list[Path]:
    """Return every catalog, last written first: their names are in order."""
    found = layout.catalogs.glob(f"{PREFIX}*{SUFFIX}")
    return sorted((path for path in found if NAME.fullmatch(path.name)), reverse=True)


def _next(layout: Layout, now: datetime) -> Path:
    """Return the path of a catalog after all others, even if the clock was put back."""
    newest = next((path.name for path in _all(layout)), "")
    if newest:
        last = datetime.strptime(newest.removeprefix(PREFIX).removesuffix(SUFFIX), TIME)
        now = max(now, last + timedelta(microseconds=1))
    return layout.catalogs / f"{PREFIX}{now.strftime(TIME)}{SUFFIX}"


def _write(fresh: Path, folder: Path, edition: Edition) -> None:
    """Write a catalog in memory and copy it at the end, so that it holds nothing but what it says.

    Its promises come from the catalog before where they are the same: 3,000 comments cost five
    times as much as all the rest.
    """
    snapshot, paths = edition.snapshot, _there(edition)
    project = snapshot.project
    with duck.in_memory(folder / "spill", threads=1) as connection:
        odd = file_macros.odd_ones(connection, snapshot, paths)
        shape = _shape(edition, paths, odd)
        renewals = _renew(connection, snapshot.layout, shape)
        if not renewals:
            _create_blank(connection, project, paths)
        file_macros.define(connection, project, paths, odd, snapshot.landed)
        _create_all(connection, project, {name: paths[name] for name in paths if name in odd})
        _fill(connection, project, {name: paths[name] for name in paths if name not in odd})
        meta.write(connection, edition, shape, renewals)
        path = statements.text(str(fresh))
        connection.execute(f"attach {path} as fresh (storage_version '{STORAGE}')")
        connection.execute("copy from database memory to fresh; detach fresh")


def _renew(connection: duck.Connection, layout: Layout, shape: str) -> int:
    """Copy the promises of the published catalog, no rows; return how often that was done in a row.

    0 where it promises something else, where there is none, and where a client holds it locked.
    """
    try:
        path = statements.text(str(layout.link.resolve(strict=True)))
        connection.execute(f"attach {path} as previous (read_only)")
    except (FileNotFoundError, duck.DuckError):
        return 0
    about = connection.execute("select shape, renewals from previous.meta.catalog").fetchone()
    is_same = about is not None and about[0] == shape
    if is_same:
        connection.execute("copy from database previous to memory (schema)")
    connection.execute("detach previous")
    return about[1] + 1 if about and is_same else 0


def _shape(edition: Edition, paths: Paths, odd: set[str]) -> str:
    """Return 64 hex digits of everything in a catalog but rows and lists of files."""
    lines = [STORAGE, *edition.promises, *paths, *sorted(odd)]
    return sha256("\n".join(lines).encode()).hexdigest()


def _there(edition: Edition) -> Paths:
    """Return the files behind each relation; a partition that someone removed is left out."""
    snapshot, root = edition.snapshot, f"{edition.snapshot.layout.root}/"
    found: Paths = {relation: {} for relation in (*snapshot.project.raw, *edition.in_force)}
    for relation, at, file, *_ in meta.raw_files(snapshot):
        found[relation][root + file] = at
    for relation, at, file, *_ in meta.model_files(edition.in_force):
        if os.path.exists(root + file):  # noqa: PTH110  thousands of paths
            found[relation][root + file] = at
    return found


def _in_the_way(edition: Edition) -> str | None:
    """Return which folder lies where a file should; a copy or a mount may leave one."""
    for relation, paths in _there(edition).items():
        again = "land its source again" if relation in edition.snapshot.project.raw else "run again"
        for path in paths:
            if os.path.isdir(path):  # noqa: PTH112  thousands of paths
                return f"{path}: is a folder and no Parquet file; remove it, then {again}"
    return None


def _create_blank(connection: duck.Connection, project: Project, relations: Iterable[str]) -> None:
    """Create all that a catalog has whatever has landed, in a database in memory of one thread.

    Each statement for itself, and none is optimized: a comment copies what it is about, and
    thousands cost three times as much in one transaction on a file.
    """
    blank: Paths = {relation: {} for relation in relations}
    connection.execute("pragma disable_optimizer")
    connection.execute(statements.schemas(blank, "meta"))
    for macro in project.renderer.macros.values():
        connection.execute(macro)
    file_macros.define(connection, project, blank)
    _create_all(connection, project, blank)
    meta.create(connection)
    connection.execute("pragma enable_optimizer")


def _create_all(connection: duck.Connection, project: Project, paths: Paths) -> None:
    """Create or replace relations, models under their bare names too, and comment on everything."""
    models = {name: model for name, model in project.models.items() if name in paths}
    queries = _rendered(project, models.values())
    for relation in paths:
        model = models.get(relation)
        if model is None:
            doc = project.raw[relation].doc
            _create(
                connection, project, relation, relation, doc, "view", file_macros.through(relation)
            )
            continue
        doc, kind = model.header.doc, "view"
        query = queries.get(relation) or file_macros.through(relation)
        if model.header.materialize == "table":
            kind = "table"
        _create(connection, project, relation, relation, doc, kind, query)
        query = f"select * from {statements.name(relation)}"
        _create(connection, project, relation, f"main.{model.bare_name}", doc, "view", query)


def _fill(connection: duck.Connection, project: Project, paths: Paths) -> None:
    """Put the rows of their files into empty tables."""
    for relation, files in paths.items():
        model = project.models.get(relation)
        if files and model and model.header.materialize == "table":
            rows = file_macros.through(relation)
            connection.execute(f"insert into {statements.name(relation)} by name {rows}")


def _rendered(project: Project, models: Iterable[Model]) -> dict[str, str]:
    """Return the queries of models that readers compute anew; Jinja only loads if there are any."""
    views = [model for model in models if model.header.materialize == "view"]
    if not views:
        return {}
    templates = project.renderer.sessionless
    return {model.relation: templates.render(model.source.template) for model in views}


def _create(
    connection: duck.Connection,
    project: Project,
    relation: str,
    called: str,
    doc: str,
    kind: str,
    query: str,
) -> None:
    name = statements.name(called)
    connection.execute(f"create or replace {kind} {name} as\n{query}")
    there = dict(describe(connection, called))
    comments = [f"comment on {kind} {name} is {statements.text(doc)}"]
    comments += [
        f"comment on column {name}.{statements.name(column.name)}"
        f" is {statements.text(column.comment)}"
        for column in project.columns[relation]
        if column.name in there
    ]
    connection.execute("; ".join(comments))
