"""Files and folders that one process holds at a time, by advisory locks that die with it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from spymaster.errors import LockedError

POLL_SECONDS = 0.05
GLANCE_SECONDS = 0.1
"""Longer than anyone holds a lock who only looks whether it is held."""
SIGNATURE_BYTES = 200


@contextmanager
def held(
    path: Path, refusal: Callable[[str], str], *, wait: float = 0.0, is_folder: bool = False
) -> Iterator[int]:
    """Hold a file, made where there is none, or a folder; yield what ``sign`` writes a file with.

    Parameters
    ----------
    refusal : callable
        What the error says, by who holds it.
    wait : float, seconds
        How long to wait for another process; 0 gives up almost at once.

    Raises
    ------
    LockedError
        If another process still holds it.
    OSError
        If it cannot be opened.
    """
    handle = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR | os.O_CREAT, 0o644)
    try:
        deadline = time.monotonic() + max(wait, GLANCE_SECONDS)
        while not _take(handle, fcntl.LOCK_EX):
            if time.monotonic() >= deadline:
                raise LockedError(refusal(_signature(handle)))
            time.sleep(POLL_SECONDS)
        yield handle
    finally:
        os.close(handle)


def sign(handle: int, holder: str) -> None:
    """Write into a file that is held who holds it."""
    os.ftruncate(handle, 0)
    os.pwrite(handle, holder.encode(), 0)


def holder_of(path: Path) -> str | None:
    """Return who holds a file or a folder, if any process does.

    Raises
    ------
    OSError
        If it is not there, or cannot be opened.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        # shared: two who look at once do not take each other for a holder
        return None if _take(handle, fcntl.LOCK_SH) else _signature(handle)
    finally:
        os.close(handle)


def _take(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _signature(handle: int) -> str:
    try:
        signed = os.pread(handle, SIGNATURE_BYTES, 0)
    except IsADirectoryError:  # it is held by being locked alone
        signed = b""
    return signed.decode(errors="replace") or "another process"
