"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

from spymaster.warehouse.holding import held, holder_of
from spymaster.warehouse.layout import Layout

SPILL = "spymaster-spill-"
"""What the folders of readers in the system's temporary folder begin with."""
YOUNG_SECONDS = 60.0
"""A folder may not be locked yet."""
_passing_folders: set[Path] = set()


def settle(written: Path, final: Path) -> None:
    """Move a finished file to its name so that a power cut cannot undo it: sync, rename, sync."""
    final.parent.mkdir(parents=True, exist_ok=True)
    sync(written)
    written.replace(final)
    sync(final.parent)


def point(link: Path, target: Path) -> None:
    """Flip a symlink to a target beside or below it; a reader sees the old or the new one."""
    passing = link.with_name(f".{link.name}.{os.getpid()}")
    passing.unlink(missing_ok=True)
    passing.symlink_to(target.relative_to(link.parent))
    passing.replace(link)
    sync(link.parent)


@contextmanager
def scratch(layout: Layout) -> Iterator[Path]:
    """Yield an empty folder on the warehouse's own disk, removed at the end."""
    layout.tmp.mkdir(parents=True, exist_ok=True)
    with _passing(layout.tmp, f"{os.getpid()}-") as folder:
        yield folder


@contextmanager
def spill() -> Iterator[Path]:
    """Yield a folder for a reader's spill, outside the warehouse, which it may not write.

    One for each process: DuckDB's own default is shared by all readers of a file, and they delete
    each other's. It is locked while its process lives, so that ``gc`` knows what nobody uses.
    """
    with (
        _passing(Path(gettempdir()), SPILL) as folder,
        held(folder, lambda holder: f"{folder}: held by {holder}", is_folder=True),
    ):
        yield folder


def left_spills() -> list[Path]:
    """Return the folders of readers that were killed."""
    found = sorted(Path(gettempdir()).glob(f"{SPILL}*"))
    return [folder for folder in found if folder.is_dir() and _is_left(folder)]


def drop() -> None:
    """Remove every temporary folder of this process, which is about to end."""
    for folder in list(_passing_folders):
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _passing(parent: Path, prefix: str) -> Iterator[Path]:
    # known before it is there: a signal may come in between
    folder = parent / f"{prefix}{os.urandom(6).hex()}"
    _passing_folders.add(folder)
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _passing_folders.discard(folder)


def _is_left(folder: Path) -> bool:
    try:
        is_young = time.time() - folder.stat().st_mtime < YOUNG_SECONDS
        return not is_young and holder_of(folder) is None
    except OSError:  # gone meanwhile, or another user's
        return False


def sweep(layout: Layout) -> None:
    """Remove what killed writers left in the scratch folder; only the lock holder may call it."""
    if layout.tmp.exists():
        for left in layout.tmp.iterdir():
            shutil.rmtree(left, ignore_errors=True)


def sync(path: Path) -> None:
    """Have a file on the disk, or what a folder lists."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
