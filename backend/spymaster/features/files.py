"""The files of the registry, ``sql/features/*.yml``: families, and what carries them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spymaster import texts
from spymaster.errors import ModelError

FOLDER = "features"
RELATIONS = "relations.yml"
"""The one file without families: how many rows each relation has, in the order of the wide form."""


@dataclass(frozen=True)
class Files:
    """What the files say, unchecked."""

    families: dict[str, Any] = field(default_factory=dict)
    """By name, in the order of files and within them."""
    places: dict[str, str] = field(default_factory=dict)
    """How errors call the file of a family."""
    rows: dict[str, int] = field(default_factory=dict)
    """Rows that a relation has per bucket, and per level where it has levels."""


def read(sql: Path) -> Files:
    """Return what the files below the SQL folder say; nothing where there are none.

    Raises
    ------
    ModelError
        Naming file and line, or a family that two files have.
    """
    groups = {path: _load(path) for path in sorted((sql / FOLDER).glob("*.yml"))}
    rows = {
        name: count for path in groups if _is_rows(path) for name, count in groups[path].items()
    }
    written = [
        (_label(path), name, family)
        for path, families in groups.items()
        if not _is_rows(path)
        for name, family in families.items()
    ]
    if doubles := list(_doubles(written)):
        raise ModelError("\n".join(doubles))
    return Files(
        {name: family for _, name, family in written}, {name: at for at, name, _ in written}, rows
    )


def _is_rows(path: Path) -> bool:
    return path.name == RELATIONS


def _load(path: Path) -> dict[str, Any]:
    name = _label(path)
    _, written = texts.parse(name, texts.read(path, name))
    if not isinstance(written, dict):
        raise ModelError(f"{name}: expected families by name, found {type(written).__name__}")
    if _is_rows(path) and not all(type(rows) is int and rows > 0 for rows in written.values()):
        raise ModelError(f"{name}: expected a number of rows for each relation")
    return written


def _doubles(written: Iterable[tuple[str, str, Any]]) -> Iterator[str]:
    counted = Counter(name for _, name, _ in written)
    for at, name, _ in written:
        if counted[name] > 1:
            yield f"{at}: {name} is a family of another file too"


def _label(path: Path) -> str:
    """Return how errors call a file, such as ``sql/features/states.yml``."""
    return f"{path.parents[1].name}/{FOLDER}/{path.name}"
