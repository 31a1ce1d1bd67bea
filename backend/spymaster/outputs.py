"""Files that a caller names: the suffix says the format, and the folder is made."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from errno import EISDIR
from pathlib import Path
from typing import IO

from spymaster.errors import UsageError


def suffix(path: Path, what: str, among: Collection[str]) -> str:
    """Return how a file's name ends, in lower case.

    Parameters
    ----------
    what : str
        What the file is, for the error.

    Raises
    ------
    UsageError
        If it ends in nothing that says a format, naming what would.

    Examples
    --------
    >>> suffix(Path("night.HTML"), "a report", [".html"])
    '.html'
    """
    found = path.suffix.lower()
    if found not in among:
        raise UsageError(f"{path}: {what} ends in {', '.join(among)}")
    return found


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """Yield what writes a file that is there whole or not at all; its folder is made.

    Raises
    ------
    UsageError
        Where no such file can be.
    """
    if not path.name:
        raise UsageError(f"{path}: cannot be written: {os.strerror(EISDIR)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    # short, for a name may be as long as names can be
    passing = path.with_name(f".{os.getpid()}-{os.urandom(6).hex()}")
    try:
        with passing.open("wb") as out:
            yield out
        passing.replace(path)
    except OSError as error:
        if error.filename != str(passing):
            raise
        # the name beside it is nobody's business
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        passing.unlink(missing_ok=True)
