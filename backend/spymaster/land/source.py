"""Source files: which ones a path means, what they hash to, and their bytes uncompressed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from io import BufferedReader
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spymaster.errors import DataError, UsageError

SUFFIXES = (".dbn", ".dbn.zst")
CONDITION = "condition.json"
MANIFEST = "manifest.json"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


def find(paths: Iterable[Path]) -> list[Path]:
    """Return the files meant: a file is itself, a folder what can land anywhere below it.

    Raises
    ------
    UsageError
        If a path does not exist or a folder holds nothing that can land.
    """
    return [file for path in paths for file in _meant(path)]


def _meant(path: Path) -> Iterator[Path]:
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder")
    if not path.is_dir():
        yield path
        return
    found = sorted(file for file in _below(path) if _can_land(file.name) and file.is_file())
    if not found:
        raise UsageError(f"{path}: no {', '.join(SUFFIXES)} or {CONDITION} file in this folder")
    yield from found


def _below(folder: Path) -> Iterator[Path]:
    """Yield what lies in a folder at any depth, through links to folders too, each of them once."""
    seen: set[str] = set()
    for at, folders, names in os.walk(folder, followlinks=True):
        folders.sort()
        real = os.path.realpath(at)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        yield from (Path(at, name) for name in names)


def _can_land(name: str) -> bool:
    return name.endswith(SUFFIXES) or name == CONDITION


def digest(handle: BufferedReader, name: str) -> str:
    """Return the sha256 of an open file in hex and go back to its start.

    Raises
    ------
    DataError
        If it cannot be read; ``name`` is what the message calls it.
    """
    try:
        found = hashlib.file_digest(handle, "sha256").hexdigest()
        handle.seek(0)
    except OSError as error:
        raise DataError(f"{name}: cannot be read: {error.strerror}") from error
    return found


def check_manifest(file: Path, sha256: str) -> None:
    """Compare a file with what the manifest of its batch folder says, if there is one.

    Raises
    ------
    DataError
        If they differ, or the manifest cannot be read.
    """
    manifest = file.parent / MANIFEST
    expected = _hashes(manifest).get(file.name, sha256) if manifest.exists() else sha256
    if expected != sha256:
        raise DataError(f"{file}: sha256 is {sha256}, {MANIFEST} says {expected}")


def _hashes(manifest: Path) -> dict[str, str]:
    try:
        entries = json.loads(manifest.read_text(encoding="utf-8"))["files"]
        hashes = {entry["filename"]: str(entry["hash"]).partition(":") for entry in entries}
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise DataError(f"{manifest}: not the manifest of a batch: {error!r}") from error
    return {name: value for name, (kind, _, value) in hashes.items() if kind == "sha256"}


class Inflated:
    """The bytes of an open file, uncompressed where it is compressed."""

    def __init__(self, handle: BufferedReader, name: str) -> None:
        magic = handle.read(len(ZSTD_MAGIC))
        if not magic:
            raise DataError(f"{name}: zero bytes")
        handle.seek(0)
        self._name = name
        self._stream = (
            pa.CompressedInputStream(pa.PythonFile(handle, mode="r"), "zstd")
            if magic == ZSTD_MAGIC
            else handle
        )

    def read(self, count: int) -> NDArray[np.uint8]:
        """Return the next bytes, fewer than asked for only at the end of the file.

        Raises
        ------
        DataError
            If the file is cut short within its compression, damaged or unreadable.
        """
        buffer = np.empty(count, np.uint8)
        filled = 0
        try:
            while filled < count and (got := self._stream.readinto(buffer.data[filled:])):
                filled += got
        except OSError as error:
            raise DataError(f"{self._name}: {error}") from error
        return buffer[:filled]
