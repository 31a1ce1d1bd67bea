"""Who captures, and who builds: one process each, by a lock that dies with it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spymaster.errors import DataError, LockedError


@contextmanager
def taken(path: Path, what: str) -> Iterator[None]:
    """Keep every other process out for a while; ``what`` is what this one does to the folder.

    Raises
    ------
    LockedError
        If another process is at it.
    DataError
        If the lock cannot be written.
    """
    with _said(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _lock(handle):
            holder = os.pread(handle, 20, 0).decode() or "another process"
            raise LockedError(f"{path.parent}: {what} by {holder}")
        with _said(path):
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"process {os.getpid()}".encode(), 0)
        yield
    finally:
        os.close(handle)


def is_taken(path: Path) -> bool:
    """Whether some process is at it."""
    if not path.exists():
        return False
    handle = os.open(path, os.O_RDWR)
    try:
        return not _lock(handle)
    finally:
        os.close(handle)


@contextmanager
def _said(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error.strerror}") from error


def _lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
