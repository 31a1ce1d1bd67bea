"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from spymaster.warehouse.layout import Layout


def settle(written: Path, final: Path) -> None:
    """Move a finished file to its name so that a power cut cannot undo it: sync, rename, sync."""
    final.parent.mkdir(parents=True, exist_ok=True)
    _sync(written)
    written.replace(final)
    _sync(final.parent)


def point(link: Path, target: Path) -> None:
    """Flip a symlink to a target beside or below it; a reader sees the old or the new one."""
    passing = link.with_name(f".{link.name}.{os.getpid()}")
    passing.unlink(missing_ok=True)
    passing.symlink_to(target.relative_to(link.parent))
    passing.replace(link)
    _sync(link.parent)


@contextmanager
def scratch(layout: Layout) -> Iterator[Path]:
    """Yield an empty folder on the warehouse's own disk, removed at the end."""
    layout.tmp.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix=f"{os.getpid()}-", dir=layout.tmp))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def spill() -> Iterator[Path]:
    """Yield a folder for a reader's spill, outside the warehouse, which it may not write.

    One for each process: DuckDB's own default is shared by all readers of a file, and they delete
    each other's.
    """
    with TemporaryDirectory(prefix="spymaster-") as folder:
        yield Path(folder)


def sweep(layout: Layout) -> None:
    """Remove what killed writers left in the scratch folder; only the lock holder may call it."""
    if layout.tmp.exists():
        for left in layout.tmp.iterdir():
            shutil.rmtree(left, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
