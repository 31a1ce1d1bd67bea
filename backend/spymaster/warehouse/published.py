"""The note beside each catalog: for which folder it was written, and what it says.

Not read from the catalog itself: a client that may write could hold it locked, and must not keep a
build from publishing the next one. A note is there before readers are pointed at its catalog, so
whoever follows the link finds both.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from spymaster.warehouse.files import scratch, settle
from spymaster.warehouse.layout import Layout


class Note(NamedTuple):
    """What is known of a catalog without opening it."""

    root: str
    """The folder whose files it lists, by absolute paths."""
    digest: str
    """64 hex digits of everything that it says."""


def beside(catalog: Path) -> Path:
    """Return where the note about a catalog lies.

    >>> beside(Path("catalog/spymaster_1.duckdb")).name
    'spymaster_1.json'
    """
    return catalog.with_suffix(".json")


def write(layout: Layout, catalog: Path, digest: str) -> None:
    """Note what a catalog says that readers will be pointed at."""
    note = beside(catalog)
    with scratch(layout) as folder:
        fresh = folder / note.name
        written = Note(str(layout.root), digest)
        fresh.write_text(json.dumps(written._asdict()), encoding="utf-8")
        settle(fresh, note)


def read(layout: Layout) -> Note | None:
    """Return the note about the published catalog; None where there is none."""
    if not layout.link.is_symlink():
        return None
    note = beside(layout.link.parent / layout.link.readlink())
    try:
        return Note(**json.loads(note.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def is_elsewhere(layout: Layout) -> bool:
    """Whether the published catalog was written for another folder, as after a move."""
    if not layout.link.is_symlink():
        return False
    note = read(layout)
    return note is None or note.root != str(layout.root.resolve())
