"""The note beside the published catalog: for which folder it was written, and what it says.

Not read from the catalog itself: a client that may write could hold it locked, and must not keep a
build from publishing the next one.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from spymaster.warehouse.files import scratch, settle
from spymaster.warehouse.layout import Layout


class Note(NamedTuple):
    """What is known of a catalog without opening it."""

    catalog: str
    """Name of its file."""
    root: str
    """The folder whose files it lists, by absolute paths."""
    digest: str
    """64 hex digits of everything that it says."""


def write(layout: Layout, digest: str) -> None:
    """Note what the catalog says that readers are pointed at now."""
    with scratch(layout) as folder:
        fresh = folder / layout.note.name
        written = Note(layout.link.readlink().name, str(layout.root), digest)
        fresh.write_text(json.dumps(written._asdict()), encoding="utf-8")
        settle(fresh, layout.note)


def read(layout: Layout) -> Note | None:
    """Return the note about the published catalog; None where it is missing, or about another."""
    if not (layout.link.is_symlink() and layout.note.exists()):
        return None
    found = Note(**json.loads(layout.note.read_text(encoding="utf-8")))
    return found if found.catalog == layout.link.readlink().name else None


def is_elsewhere(layout: Layout) -> bool:
    """Whether the published catalog was written for another folder, as after a move."""
    if not layout.link.is_symlink():
        return False
    note = read(layout)
    return note is None or note.root != str(layout.root.resolve())
