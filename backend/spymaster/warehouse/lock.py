"""One writer at a time, told apart by an advisory lock that dies with its process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

from spymaster.errors import UsageError
from spymaster.warehouse.files import sweep
from spymaster.warehouse.holding import held, holder_of, sign
from spymaster.warehouse.layout import Layout

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
    with held(layout.lock, partial(_refusal, layout), wait=wait) as handle:
        now = datetime.now(UTC)
        sign(handle, f"{command} (pid {os.getpid()}, since {now:%H:%M:%S} UTC)")
        _held.add(handle)
        try:
            if clean:
                sweep(layout)
            yield
        finally:
            _held.discard(handle)


def is_writing() -> bool:
    """Whether this process holds a warehouse for writing."""
    return bool(_held)


def holder(layout: Layout) -> str | None:
    """Return who holds the warehouse for writing, if anyone does."""
    try:
        return holder_of(layout.lock)
    except FileNotFoundError:
        return None


def _refusal(layout: Layout, holder: str) -> str:
    return f"{layout.root}: held by {holder}; wait for it or give --wait SECONDS"
