"""The catalog: a small DuckDB file of views over partition files, with comments on everything."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from spymaster.catalog import file_macros as listing
from spymaster.catalog import meta, views
from spymaster.catalog.file_macros import Paths
from spymaster.catalog.meta import Edition
from spymaster.catalog.previous import NAME, attached
from spymaster.errors import DataError
from spymaster.warehouse import duck, statements
from spymaster.warehouse.files import point, scratch, settle
from spymaster.warehouse.layout import Layout

STORAGE = "v1.4.0"
"""The oldest DuckDB that reads a catalog."""
KEPT = 3
"""Catalogs that stay, so that a reader that opened an older one can reopen it."""
PREFIX, TIME, SUFFIX = "spymaster_", "%Y%m%dT%H%M%S%f", "Z.duckdb"


def write_catalog(edition: Edition) -> Path:
    """Write a catalog whole, settle it, flip the link to it, and drop old ones.

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
    """Write a catalog: what the one before promises, or all anew if that differs; then its rows.

    It is made in memory and copied at the end, so that it holds nothing but what it says.
    """
    snapshot, paths = edition.snapshot, _there(edition)
    project, layout = snapshot.project, snapshot.layout
    with duck.in_memory(folder / "spill", threads=1) as connection:
        with attached(connection, layout) as before:
            odd = listing.odd_ones(connection, snapshot, paths)
            shape = _shape(edition, paths, odd)
            if is_renewed := before.shape == shape:
                connection.execute(f"copy from database {NAME} to memory (schema)")
            else:
                views.create_blank(connection, project, paths)
            filled = {name: files for name, files in paths.items() if files or name in before.files}
            listing.define(connection, project, filled, odd)
            views.create(connection, project, {name: paths[name] for name in paths if name in odd})
            even = {name: paths[name] for name in paths if name not in odd}
            views.fill(connection, project, even, before)
            meta.write(connection, edition, shape, before.renewals + 1 if is_renewed else 0)
        path = statements.text(str(fresh))
        connection.execute(f"attach {path} as fresh (storage_version '{STORAGE}')")
        connection.execute("copy from database memory to fresh; detach fresh")


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
