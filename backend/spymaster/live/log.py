"""A log of what one process after the other says: a line of JSON is there whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from spymaster.errors import DataError


class Log:
    """Appends to it; who reads takes whole lines only.

    What a kill left of a line is cut off as the log is opened: another one after it would be lost
    with it.

    Raises
    ------
    DataError
        If it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            self._end = path.read_bytes().rfind(b"\n") + 1
            os.ftruncate(self._handle, self._end)
        except OSError as error:
            raise self._unwritten(error) from error

    def write(self, said: dict[str, Any]) -> None:
        """Append a line.

        Raises
        ------
        DataError
            If it cannot be written.
        """
        line = f"{json.dumps(said)}\n".encode()
        left = line
        try:
            while left:  # a disk that has no room for all of it takes a part first
                left = left[os.write(self._handle, left) :]
        except OSError as error:
            os.ftruncate(self._handle, self._end)
            raise self._unwritten(error) from error
        self._end += len(line)

    def sync(self) -> None:
        """Have all lines on the disk."""
        os.fsync(self._handle)

    def close(self) -> None:
        """Let the file go, with all lines on the disk."""
        self.sync()
        os.close(self._handle)

    def _unwritten(self, error: OSError) -> DataError:
        return DataError(f"{self._path}: cannot be written: {error.strerror}")
