"""Where settings stand, and which place wins."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from spymaster.errors import UsageError
from spymaster.settings.fields import ABOUT, Settings
from spymaster.settings.written import FILE

PREFIX = "SPYMASTER_"
NONE = "none"
"""Takes back a value, of a setting that has none by default."""
STREAM_TOKEN = "SPYMASTER_STREAM_TOKEN"
"""No setting but a secret: it comes from the environment alone, and stands in no file."""
Own = Callable[[Path], Mapping[str, str]]
"""Returns what a warehouse was built with: TOML by key."""


class Given(NamedTuple):
    """A value that someone gave."""

    key: str
    source: str
    """An option, a variable, or a file; for messages."""
    value: Any


def load(
    folder: Path | None = None,
    *,
    own: Own = lambda warehouse: {},
    own_first: bool = False,
    **flags: Any,
) -> Settings:
    """Return the settings that hold in ``folder``.

    Parameters
    ----------
    folder : Path
        Where the nearest ``spymaster.toml`` is looked for, upwards; the working directory.
    own : callable
        Asked what the warehouse was built with.
    own_first : bool
        Whether that wins over files and the environment, as for who only reads what was built.
    flags
        Values by key; None was not given.

    Raises
    ------
    UsageError
        For an unknown key or a value that does not fit it, naming where it came from.
    """
    folder = folder or Path.cwd()
    file = _nearest(folder)
    asked = {one.key: one for one in _in_flags(folder, flags)}
    places = (_in_file(file, folder), _in_environment(folder), asked.values())
    found = {one.key: one for one in chain(*places)}
    home = file.parent if file else folder
    if "warehouse" in found:
        warehouse = found["warehouse"].value
    else:
        warehouse = _given("warehouse", "warehouse", Settings.warehouse, home).value
    beside = warehouse / FILE
    if file is None or beside.resolve() != file.resolve():
        found = {one.key: one for one in _beside(beside, folder)} | found
    built_with = {one.key: one for one in _own(own(warehouse), warehouse)}
    order = (found, built_with, asked) if own_first else (built_with, found)
    values = {key: one.value for place in order for key, one in place.items()}
    sources = {key: one.source for key, one in found.items()}
    return Settings(**values | {"warehouse": warehouse}, sources=sources).agreeing()


def given(source: str, values: Mapping[str, Any]) -> Settings:
    """Return default settings but for some values; ``source`` is where a message says they stand.

    Raises
    ------
    UsageError
        For an unknown key or a value that does not fit it.
    """
    read = {key: _read(f"{source}: {key}", key, value) for key, value in values.items()}
    return Settings(**read).agreeing()


def _nearest(folder: Path) -> Path | None:
    """Return the file of the project that a folder is in: its own, or that of a parent."""
    absolute = folder.absolute()
    files = ((folder if at == absolute else at) / FILE for at in (absolute, *absolute.parents))
    return next((file for file in files if file.exists()), None)


def _in_file(file: Path | None, folder: Path) -> Iterator[Given]:
    if file is None or not file.exists():
        return
    called = FILE if file.parent == folder else str(file)
    for key, value in _parsed(file).items():
        yield _given(f"{called}: {key}", key, value, file.parent)


def _beside(file: Path, folder: Path) -> Iterator[Given]:
    """Yield what the file in the warehouse's folder says, which cannot say where that is."""
    for one in _in_file(file, folder):
        if one.key == "warehouse" and one.value.resolve() != file.parent.resolve():
            raise UsageError(f"{one.source} = {str(one.value)!r}: the file lies in {file.parent}")
        yield one


def _in_environment(folder: Path) -> Iterator[Given]:
    for name, value in os.environ.items():
        if name.startswith(PREFIX) and name != STREAM_TOKEN:
            yield _given(name, name.removeprefix(PREFIX).lower(), value, folder)


def _in_flags(folder: Path, flags: Mapping[str, Any]) -> Iterator[Given]:
    for key, value in flags.items():
        if value is not None:
            yield _given(f"--{key.replace('_', '-')}", key, value, folder)


def _own(texts: Mapping[str, str], warehouse: Path) -> Iterator[Given]:
    for key, text in texts.items():
        value = tomllib.loads(f"value = {text}")["value"] if text else None
        if key in ABOUT:
            source = f"{warehouse}: {key}"
            yield (
                Given(key, source, None) if value is None else _given(source, key, value, warehouse)
            )


def _given(source: str, key: str, value: Any, base: Path) -> Given:
    """Read a value; a path is relative to where it was written."""
    read = _read(source, key, value)
    if isinstance(read, Path):
        read = base / read
        try:
            read.resolve()
        except RuntimeError as error:
            raise UsageError(f"{source} = {str(value)!r}: a link that leads to itself") from error
    return Given(key, source, read)


def _parsed(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, too
        raise UsageError(f"{path}: not valid TOML: {error}") from error


def _read(source: str, key: str, value: Any) -> Any:
    if key not in ABOUT:
        raise UsageError(f"{source}: unknown setting; allowed: {', '.join(ABOUT)}")
    if value == NONE and getattr(Settings, key) is None:
        return None
    try:
        return ABOUT[key].read(value)
    except ValueError as error:
        raise UsageError(f"{source} = {value!r}: {error}") from error
