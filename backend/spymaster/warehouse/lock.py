"""One writer at a time, told apart by an advisory lock that dies with its process."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from spymaster.errors import LockedError, UsageError
from spymaster.warehouse.files import sweep
from spymaster.warehouse.layout import Layout

POLL_SECONDS = 0.05
GLANCE_SECONDS = 0.1
"""Longer than anyone holds the lock who only looks whether it is held."""

_held: set[int] = set()
"""Open locks."""


@contextmanager
def writer(
    layout: Layout, command: str, *, wait: float = 0.0, clean: bool = True
) -> Iterator[None]:
    """Hold the warehouse for writing; what a killed writer left behind is swept first.

    Parameters
    ----------
    command : str
        What the holder does, for the message another writer gets.
    wait : float, seconds
        How long to wait for another writer; 0 gives up almost at once.
    clean : bool
        Whether to sweep.

    Raises
    ------
    LockedError
        If another process still holds the warehouse, naming it.
    UsageError
        If it is no folder.
    """
    try:
        layout.root.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise UsageError(f"{layout.root}: no warehouse; it is a file") from error
    handle = os.open(layout.lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _acquire(handle, layout, time.monotonic() + max(wait, GLANCE_SECONDS))
        os.ftruncate(handle, 0)
        now = datetime.now(UTC)
        os.pwrite(handle, f"{command} (pid {os.getpid()}, since {now:%H:%M:%S} UTC)".encode(), 0)
        _held.add(handle)
        if clean:
            sweep(layout)
        yield
    finally:
        _held.discard(handle)
        os.close(handle)


def is_writing() -> bool:
    """Whether this process holds a warehouse for writing."""
    return bool(_held)


def holder(layout: Layout) -> str | None:
    """Return who holds the warehouse for writing, if anyone does."""
    try:
        handle = os.open(layout.lock, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _named(handle)
    finally:
        os.close(handle)
    return None


def _named(handle: int) -> str:
    return os.pread(handle, 200, 0).decode(errors="replace") or "another process"


def _acquire(handle: int, layout: Layout, deadline: float) -> None:
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise LockedError(
                    f"{layout.root}: held by {_named(handle)}; wait for it or give --wait SECONDS"
                ) from None
            time.sleep(POLL_SECONDS)
