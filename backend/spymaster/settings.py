"""Settings of a project: flag, then environment, then ``spymaster.toml``, then default."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from spymaster.errors import UsageError

FILE = "spymaster.toml"
PREFIX = "SPYMASTER_"


@dataclass(frozen=True)
class Settings:
    """What a project decides; each field is a key of ``spymaster.toml``."""

    warehouse: Path = Path("warehouse")
    """Folder of everything that landed and was built."""
    window_start: time = time(9, 30)
    """Start of the model window, local time, inclusive."""
    window_end: time = time(12, 30)
    """End of the model window, local time, exclusive; not after the start means the next day."""
    timezone: str = "America/New_York"
    """Zone of the window and of the session date."""
    root: str = "ES"
    """Product whose front contract is modelled."""
    instrument: str | None = None
    """Raw symbol; none means the root's outright with the most volume."""
    tick_size: Decimal = Decimal("0.25")
    """Points, used where no definition landed."""
    band_ticks: int = 4
    """Width of a band above and below a level, ticks."""
    levels: tuple[str, ...] = ("PM_HIGH", "PM_LOW", "OR15_HIGH", "OR15_LOW", "SMA_90", "EMA_20")
    """Tracked level ids."""
    manual_levels: Path | None = None
    """CSV of the user's own levels: session, level_id, price, known_at."""
    keep: tuple[str, ...] = ()
    """Relations written out although they are normally only built in passing."""
    jobs: int = 1
    """Sessions built side by side."""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the window and of the session date."""
        return ZoneInfo(self.timezone)


def load(folder: Path | None = None, **flags: Any) -> Settings:
    """Return the settings of the project in ``folder``; a flag of None was not given.

    Raises
    ------
    UsageError
        For an unknown key or a value that does not fit it, naming where it came from.
    """
    folder = folder or Path.cwd()
    values: dict[str, Any] = {}
    for source, found in _sources(folder, flags):
        for key, value in found.items():
            values[key] = _read(source, key, value)
    for key in ("warehouse", "manual_levels"):
        if values.get(key) is not None:
            values[key] = folder / values[key]
    values.setdefault("warehouse", folder / Settings.warehouse)
    return Settings(**values)


def _sources(folder: Path, flags: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Weakest first, so that what comes later wins."""
    environment = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in os.environ.items()
        if name.startswith(PREFIX)
    }
    given = {key: value for key, value in flags.items() if value is not None}
    return [(FILE, _file(folder / FILE)), ("environment", environment), ("option", given)]


def _file(path: Path) -> Mapping[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from error


def _read(source: str, key: str, value: Any) -> Any:
    reader = _READERS.get(key)
    if reader is None:
        raise UsageError(f"{source}: unknown setting {key!r}; allowed: {', '.join(_READERS)}")
    try:
        return reader(value)
    except (TypeError, ValueError, LookupError, InvalidOperation) as error:
        raise UsageError(f"{source}: {key} = {value!r}: {error or 'not a valid value'}") from error


def _clock(value: Any) -> time:
    if isinstance(value, time):
        return value
    if not re.fullmatch(r"\d\d:\d\d(:\d\d)?", str(value)):
        raise ValueError("expected a time of day such as 09:30")
    return time.fromisoformat(str(value))


def _zone(value: Any) -> str:
    try:
        return ZoneInfo(str(value)).key
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("expected an IANA time zone such as America/New_York") from error


def _count(value: Any) -> int:
    if not re.fullmatch(r"[1-9]\d*", str(value)):
        raise ValueError("expected a whole number of at least 1")
    return int(value)


def _price(value: Any) -> Decimal:
    price = Decimal(str(value))
    if not price.is_finite() or price <= 0:
        raise ValueError("expected a number above 0")
    return price


def _names(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else list(value)
    return tuple(str(part).strip() for part in parts if str(part).strip())


_READERS: dict[str, Callable[[Any], Any]] = {
    "warehouse": Path,
    "window_start": _clock,
    "window_end": _clock,
    "timezone": _zone,
    "root": str,
    "instrument": str,
    "tick_size": _price,
    "band_ticks": _count,
    "levels": _names,
    "manual_levels": Path,
    "keep": _names,
    "jobs": _count,
}
assert set(_READERS) == {field.name for field in fields(Settings)}
