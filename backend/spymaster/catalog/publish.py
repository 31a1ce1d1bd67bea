"""Whether the catalog says what is in force, and a new one if it does not."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from spymaster.definitions import discover
from spymaster.definitions.binding import demand
from spymaster.definitions.header import COMMENT
from spymaster.definitions.project import Model
from spymaster.errors import DataError
from spymaster.planning import snapshot as snapshots
from spymaster.planning.snapshot import Snapshot
from spymaster.settings import Settings
from spymaster.warehouse import duck, published
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.ledger import Build
from spymaster.warehouse.lock import writer


def publish(settings: Settings, *, sql: Path = SQL, wait: float = 0.0) -> Path | None:
    """Write a catalog of all that landed and was built, and point readers at it.

    Returns
    -------
    Path or None
        The new catalog; None if the published one says the same.

    Raises
    ------
    ModelError
        If a model cannot be read or bound; then readers keep what they have.
    LockedError
        If another process holds the warehouse.
    """
    with writer(snapshots.layout(settings), "spymaster publish", wait=wait):
        snapshot = snapshots.load(settings, sql)
        if snapshot.project.fresh:
            snapshot.ledger.remember(snapshot.project.fresh)
        if not is_outdated(snapshot):
            return None
        demand(snapshot.project, snapshot.ledger)
        return write(snapshot)


def is_outdated(snapshot: Snapshot) -> bool:
    """Whether there is no catalog, or one that says something else.

    Raises
    ------
    DataError
        If something else lies where the link to it should be.
    """
    layout = snapshot.layout
    if layout.link.exists() and not layout.link.is_symlink():
        raise DataError(f"{layout.link}: expected a link to a catalog, found a file; move it away")
    note = published.read(layout)
    if note is None or not layout.link.exists():
        return True
    return note.root != str(layout.root) or note.digest != digest(snapshot)


def write(snapshot: Snapshot) -> Path:
    """Write a catalog and point readers at it; only the lock holder may call it."""
    from spymaster.catalog.meta import Edition
    from spymaster.catalog.write import write_catalog  # loads jinja2

    now = datetime.now(UTC).replace(tzinfo=None)
    edition = Edition(snapshot, in_force(snapshot), promises(snapshot), now)
    return write_catalog(edition, digest(snapshot))


def in_force(snapshot: Snapshot) -> dict[str, list[Build]]:
    """Return the partitions that readers see, by model and in the order of sessions.

    Those of a model that is not kept any more count as long as they are what a build would give.
    What lives inside a build only has none.
    """
    models = snapshot.project.models.values()
    shown = [model.relation for model in models if not model.header.is_inner]
    found: dict[str, list[Build]] = {name: [] for name in shown}
    sessions = set(snapshot.landed.sessions)
    for pair, build in sorted(snapshot.builds.items()):
        model = snapshot.project.models.get(build.relation)
        if model and model.relation in found and build.session in sessions:
            is_written = build.relation in snapshot.project.written
            if is_written or build.fingerprint == snapshot.fingerprints.of(*pair):
                found[build.relation].append(build)
    return found


def digest(snapshot: Snapshot) -> str:
    """Return 64 hex digits of everything that a catalog says."""
    lines = promises(snapshot)
    lines += [f"{part.schema} {part.date} {part.file_id}" for part in snapshot.landed.partitions]
    lines += [str(given) for given in snapshot.standing.values()]
    for relation, builds in in_force(snapshot).items():
        lines += [f"{relation} {build.session} {build.fingerprint}" for build in builds]
    return sha256("\n".join(lines).encode()).hexdigest()


def promises(snapshot: Snapshot) -> list[str]:
    """Return all that a catalog says whatever has landed: its relations, columns and macros."""
    sql = snapshot.project.sql
    lines = [duck.VERSION, *snapshot.project.settings.keep]
    lines += [path.read_text(encoding="utf-8") for path in discover.registries(sql)]
    lines += [path.read_text(encoding="utf-8") for path in discover.macros(sql)]
    return lines + [_promise(model) for model in snapshot.project.models.values()]


def listed(catalog: Path) -> set[str]:
    """Return the files behind a catalog's relations, below the warehouse folder.

    Raises
    ------
    LockedError
        If a client holds it locked.
    DataError
        If it is no catalog.
    """
    with duck.reader(catalog) as connection:
        try:
            rows = connection.execute("select file from meta.files").fetchall()
        except duck.DuckError as error:
            raise DataError(f"{catalog}: not a catalog: {duck.message(error)}") from error
    return {file for (file,) in rows}


def _promise(model: Model) -> str:
    """Return what a model's text adds to a catalog: its header, and the query of a view."""
    header = COMMENT.match(model.source.text)
    query = model.digest if model.header.materialize == "view" else ""
    return f"{model.source.template} {query} {header and header.group(1)}"
