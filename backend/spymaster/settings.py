"""Settings of a project: flag, then environment, then ``spymaster.toml``, then default."""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import time
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from spymaster.errors import UsageError
from spymaster.units import BUCKET_NS, NS_PER_SECOND

FILE = "spymaster.toml"
PREFIX = "SPYMASTER_"
STREAM_TOKEN = "SPYMASTER_STREAM_TOKEN"
"""No setting but a secret: it comes from the environment alone, and stands in no file."""
MOST_BAND_TICKS, MOST_JOBS = 100_000, 1_024
LEAST_TICK, MOST_TICK = Decimal("1e-9"), Decimal(1_000_000)
"""Points."""
SYMBOL = re.compile(r"[\w.:/+&^=#*@~-][\w .:/+&^=#*@~-]{0,70}", re.ASCII)
"""Of a vendor, such as ES, BRK.B, or UD:1V: GN 2421; it stands between quotes in SQL."""


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
    interest_rate: float = 0.04
    """Continuous, per year; discounts what options pay."""
    band_ticks: int = 4
    """Width of a band above and below a level, ticks."""
    levels: tuple[str, ...] = ("PM_HIGH", "PM_LOW", "OR15_HIGH", "OR15_LOW", "SMA_90/EMA_20")
    """Tracked levels; of some joined by / the one nearest to the price at the window's start."""
    manual_levels: Path | None = None
    """CSV of the user's own levels: session, level_id, price, known_at."""
    keep: tuple[str, ...] = ()
    """Relations written out although they are as long as the raw day, such as book.changes."""
    jobs: int = 1
    """Sessions built side by side."""

    @property
    def window(self) -> tuple[time, time]:
        """Start and end of the model window, local time."""
        return self.window_start, self.window_end

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
    values: dict[str, Any] = {"warehouse": Settings.warehouse}
    for source, key, value in _given(folder, flags):
        values[key] = _read(source, key, value)
    for key in ("warehouse", "manual_levels"):
        if key in values:
            values[key] = folder / values[key]
    return _agreeing(Settings(**values))


def given(source: str, values: Mapping[str, Any]) -> Settings:
    """Return default settings but for some values; ``source`` is where a message says they stand.

    Raises
    ------
    UsageError
        For an unknown key or a value that does not fit it.
    """
    return _agreeing(Settings(**{key: _read(source, key, value) for key, value in values.items()}))


def _agreeing(settings: Settings) -> Settings:
    """Refuse a window that buckets do not fill, since its last bucket would end after it."""
    start, end = (at.hour * 3600 + at.minute * 60 + at.second for at in settings.window)
    bucket_s = BUCKET_NS // NS_PER_SECOND
    if (end - start) % bucket_s:
        span = f"{settings.window_start} to {settings.window_end}"
        raise UsageError(
            f"window_start, window_end: {span}: expected a whole number of buckets of {bucket_s} s"
        )
    return settings


def _given(folder: Path, flags: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield where a value stands, its key and itself, weakest first: what comes later wins."""
    for key, value in _file(folder / FILE).items():
        yield f"{FILE}: {key}", key, value
    for name, value in os.environ.items():
        if name.startswith(PREFIX) and name != STREAM_TOKEN:
            yield name, name.removeprefix(PREFIX).lower(), value
    for key, value in flags.items():
        if value is not None:
            yield f"--{key.replace('_', '-')}", key, value


def _file(path: Path) -> Mapping[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from error


def _read(source: str, key: str, value: Any) -> Any:
    reader = _READERS.get(key)
    if reader is None:
        raise UsageError(f"{source}: unknown setting; allowed: {', '.join(_READERS)}")
    try:
        return reader(value)
    except ValueError as error:
        raise UsageError(f"{source} = {value!r}: {error}") from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("expected text")
    return value


def _path(value: Any) -> Path:
    if not isinstance(value, str | Path) or not str(value).strip():
        raise ValueError("expected a path")
    if "\0" in str(value):
        raise ValueError("expected a path without NUL")
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        raise ValueError("expected a path below a home folder that exists") from error


def _clock(value: Any) -> time:
    if isinstance(value, time):
        return value
    try:
        if re.fullmatch(r"\d\d:\d\d(:\d\d)?", str(value)):
            return time.fromisoformat(str(value))
    except ValueError:
        pass
    raise ValueError("expected a time of day such as 09:30")


def _zone(value: Any) -> str:
    try:
        return ZoneInfo(_text(value)).key
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("expected an IANA time zone such as America/New_York") from error


def _symbol(value: Any) -> str:
    if not isinstance(value, str) or not SYMBOL.fullmatch(value):
        raise ValueError("expected the symbol of a product or contract, such as ES or ESH4")
    return value


def _count(value: Any, most: int) -> int:
    if not re.fullmatch(r"[1-9]\d{0,8}", str(value)) or int(value) > most:
        raise ValueError(f"expected a whole number from 1 to {most}")
    return int(value)


def _tick(value: Any) -> Decimal:
    try:
        tick = Decimal(str(value))
    except InvalidOperation:
        tick = Decimal("nan")
    # vendor prices are integers of 1e-9 points, and a tick of less than one of them is no grid
    if not tick.is_finite() or not LEAST_TICK <= tick <= MOST_TICK or tick % LEAST_TICK:
        raise ValueError(f"expected a multiple of {LEAST_TICK} points, at most {MOST_TICK}")
    return tick


def _rate(value: Any) -> float:
    try:
        rate = float(str(value))
    except ValueError:
        rate = math.nan
    if not -1 < rate < 1:
        raise ValueError("expected a rate per year between -1 and 1, such as 0.04")
    return rate


def _names(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise ValueError("expected a list of names")
    return tuple(part.strip() for part in parts if part.strip())


_READERS: dict[str, Callable[[Any], Any]] = {
    "warehouse": _path,
    "window_start": _clock,
    "window_end": _clock,
    "timezone": _zone,
    "root": _symbol,
    "instrument": _symbol,
    "tick_size": _tick,
    "interest_rate": _rate,
    "band_ticks": partial(_count, most=MOST_BAND_TICKS),
    "levels": _names,
    "manual_levels": _path,
    "keep": _names,
    "jobs": partial(_count, most=MOST_JOBS),
}
assert set(_READERS) == {field.name for field in fields(Settings)}
