"""Where a capture lies: a file per connection, numbered, beside a log of what happened.

``capture/<session>/000.dbn, 001.dbn ...`` below the warehouse. No file is appended to by a process
that did not make it, so that a torn end stays at an end.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from datetime import date
from pathlib import Path

from spymaster.errors import DataError

FLUSH_SECONDS = 0.01
"""At most so much is lost when the process is killed."""
SYNC_SECONDS = 1.0
"""At most so much is lost when the power fails."""
BUFFER_BYTES = 1 << 20
EVENTS = "events.jsonl"


def capture_folder(warehouse: Path, session: date) -> Path:
    """Return where the capture of a session lies in a warehouse."""
    return warehouse / "capture" / str(session)


def segment_path(folder: Path, number: int) -> Path:
    """Return the file of a capture's connection, counted from 0."""
    return folder / f"{number:03}.dbn"


def next_number(folder: Path) -> int:
    """Return the number that the next connection's file gets."""
    return len(list(folder.glob("[0-9][0-9][0-9]*.dbn")))


class Segment:
    """The file of one connection, written through a buffer that a thread of its own empties.

    Unbuffered writes may be short, and the vendor's client does not look.
    """

    def __init__(self, path: Path) -> None:
        """Create the file.

        Raises
        ------
        DataError
            If it is there already, or cannot be made.
        """
        self.path = path
        self.failure: OSError | None = None
        """Why bytes could not be written; nothing after it was."""
        try:
            self.file = path.open("xb", buffering=BUFFER_BYTES)
        except OSError as error:
            raise DataError(f"{path}: cannot be made: {error.strerror}") from error
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"keep {path.name}", daemon=True)
        self._thread.start()

    def fail(self, error: Exception) -> None:
        """Take note that the client could not write."""
        self.failure = error if isinstance(error, OSError) else OSError(str(error))

    def close(self) -> None:
        """Write and sync what is left; what was refused before stays in ``failure``."""
        self._closing.set()
        self._thread.join()
        try:
            self._sync()
            self.file.close()
        except OSError as error:
            self.failure = self.failure or error
            with suppress(OSError):
                self.file.close()

    def _keep(self) -> None:
        synced = time.monotonic()
        while not self._closing.wait(FLUSH_SECONDS) and self.failure is None:
            try:
                self.file.flush()
                if time.monotonic() - synced >= SYNC_SECONDS:
                    self._sync()
                    synced = time.monotonic()
            except OSError as error:
                self.failure = error

    def _sync(self) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
