"""One writer at a time, told apart by an advisory lock that dies with its process."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from spymaster.errors import LockedError
from spymaster.warehouse.files import sweep
from spymaster.warehouse.layout import Layout

POLL_SECONDS = 0.1


@contextmanager
def writer(layout: Layout, command: str, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the warehouse for writing; what a killed writer left behind is swept first.

    Parameters
    ----------
    command : str
        What the holder does, for the message another writer gets.
    wait : float, seconds
        How long to wait for another writer; 0 gives up at once.

    Raises
    ------
    LockedError
        If another process still holds the warehouse, naming it.
    """
    layout.root.mkdir(parents=True, exist_ok=True)
    handle = os.open(layout.lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _acquire(handle, layout, time.monotonic() + wait)
        os.ftruncate(handle, 0)
        now = datetime.now(UTC)
        os.pwrite(handle, f"{command} (pid {os.getpid()}, since {now:%H:%M:%S} UTC)".encode(), 0)
        sweep(layout)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, layout: Layout, deadline: float) -> None:
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = os.pread(handle, 200, 0).decode(errors="replace") or "another process"
                raise LockedError(
                    f"{layout.root}: held by {holder}; wait for it or give --wait SECONDS"
                ) from None
            time.sleep(POLL_SECONDS)
