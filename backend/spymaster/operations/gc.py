"""Files that nothing points to: which there are, and their removal."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from spymaster.catalog import meta
from spymaster.catalog import publish as publishing
from spymaster.catalog import write as catalog
from spymaster.planning import snapshot as snapshots
from spymaster.planning.snapshot import Snapshot
from spymaster.settings import Settings
from spymaster.warehouse import published
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.files import left_spills
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.lock import writer

PARTITIONS = ("raw", "models")
CHECKPOINT_SECONDS = 7 * 86_400
"""After so long without a new one no more of its session is waited for."""


@dataclass(frozen=True)
class Orphan:
    """A file or folder that nothing points to."""

    path: Path
    kind: Literal["partition", "catalog", "temporary", "checkpoint"]
    """Of no kept catalog; older than those kept; left by a command that was killed; of a session
    of which nothing landed for a week, or nothing is left."""
    bytes: int


def gc(
    settings: Settings, *, dry_run: bool = False, sql: Path = SQL, wait: float = 0.0
) -> list[Orphan]:
    """Remove what nothing points to, and return it; readers of the kept catalogs notice nothing.

    Parameters
    ----------
    dry_run : bool
        Only return it.
    wait : float, seconds
        How long to wait for another writer.

    Raises
    ------
    ModelError
        If a model cannot be read: its partitions would look like nobody's.
    DataError
        If a kept catalog cannot be read.
    LockedError
        If another process holds the warehouse.
    """
    layout = snapshots.layout(settings)
    if not layout.root.exists():
        return []
    with writer(layout, "spymaster gc", wait=wait, clean=False):
        found = find(snapshots.load(settings, sql))
        for orphan in () if dry_run else found:
            _remove(orphan.path, layout)
        return found


def find(snapshot: Snapshot) -> list[Orphan]:
    """Return every file that neither the ledger nor a kept catalog knows, by kind and path."""
    layout = snapshot.layout
    known = _known(snapshot)
    found = [
        Orphan(Path(entry.path), "partition", _bytes(entry))
        for folder in PARTITIONS
        for entry in _files(layout.root / folder)
        if os.path.relpath(entry.path, layout.root) not in known
    ]
    found += [Orphan(path, "catalog", _size(path)) for path in _old_catalogs(layout)]
    found += [Orphan(path, "checkpoint", _size(path)) for path in _old_checkpoints(snapshot)]
    left = [*_entries(layout.tmp), *layout.root.glob(f".{layout.link.name}.*"), *left_spills()]
    found += [Orphan(path, "temporary", _size(path)) for path in left]
    return sorted(found, key=lambda orphan: (orphan.kind, orphan.path))


def _known(snapshot: Snapshot) -> set[str]:
    """Return the partition files, below the warehouse folder, that anyone may still read."""
    in_force = publishing.in_force(snapshot)
    known = {row[2] for row in (*meta.raw_files(snapshot), *meta.model_files(in_force))}
    for path in catalog.kept(snapshot.layout):
        known |= publishing.listed(path)
    return known


def _old_catalogs(layout: Layout) -> list[Path]:
    kept = {*catalog.kept(layout), layout.link.resolve()}
    known = kept | {published.beside(path) for path in kept}
    ours = (path for path in _entries(layout.catalogs) if catalog.OURS.match(path.name))
    return [path for path in ours if path not in known]


def _old_checkpoints(snapshot: Snapshot) -> list[Path]:
    layout, oldest = snapshot.layout, time.time() - CHECKPOINT_SECONDS
    alive = {layout.checkpoint(session) for session in snapshot.landed.sessions}
    return [
        path
        for path in _entries(layout.checkpoints)
        if path not in alive or path.stat().st_mtime < oldest
    ]


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yield what lies in a folder at any depth; a link is its maker's, and so is what it leads to.

    Nothing here makes links to folders of partitions: who does has put them on another disk. What a
    command removes while someone looks is not there.
    """
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path))
            elif not entry.is_symlink():
                yield entry


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _size(path: Path) -> int:
    if path.is_dir() and not path.is_symlink():
        return sum(map(_bytes, _files(path)))
    return _bytes(path)


def _bytes(file: Path | os.DirEntry[str]) -> int:
    """Return the bytes of a file or link; 0 of what is gone meanwhile."""
    with suppress(FileNotFoundError):
        return os.lstat(file).st_size
    return 0


def _remove(path: Path, layout: Layout) -> None:
    """Remove a file or folder, and what folders of partitions become empty by it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
        return
    path.unlink()
    folder = path.parent
    while folder.parent not in (layout.root, folder) and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
