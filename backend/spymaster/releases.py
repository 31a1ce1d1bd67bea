"""Releases of packages that are installed, as keys of what was made with them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from spymaster.errors import DataError

METADATA = ".dist-info"


def release(package: str) -> str:
    """Return which release of a package is installed, as the folder of its metadata is called.

    To ask for the metadata itself imports Python's library of mail, 12 CPU ms of a command.

    Raises
    ------
    DataError
        If there is not one such folder beside the package.

    >>> release("yaml")
    Traceback (most recent call last):
    ...
    spymaster.errors.DataError: yaml: expected one release to be installed, found none
    """
    spec = find_spec(package)
    beside = Path(spec.origin).parents[1].iterdir() if spec and spec.origin else ()
    names = (path.name for path in beside if path.suffix == METADATA)
    found = sorted(name for name in names if name.startswith(f"{package}-"))
    if len(found) != 1:
        was = ", ".join(found) or "none"
        raise DataError(f"{package}: expected one release to be installed, found {was}")
    return found[0].removeprefix(f"{package}-").removesuffix(METADATA)
