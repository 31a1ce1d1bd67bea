"""Who captures, and who builds: one process each, by a lock that dies with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from spymaster.errors import DataError
from spymaster.warehouse.holding import held, holder_of, sign


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
    with ExitStack() as stack:
        with _said(path):
            refusal = f"{path.parent}: {what} by"
            handle = stack.enter_context(held(path, lambda holder: f"{refusal} {holder}"))
            sign(handle, f"process {os.getpid()}")
        yield


def is_taken(path: Path) -> bool:
    """Whether some process is at it."""
    return path.exists() and holder_of(path) is not None


@contextmanager
def _said(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error.strerror}") from error
