"""Settings of a project: flag, then environment, then ``spymaster.toml``, then default."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from spymaster import setting_values as values
from spymaster.errors import UsageError
from spymaster.units import BUCKET_NS, NS_PER_SECOND

FILE = "spymaster.toml"
PREFIX = "SPYMASTER_"
STREAM_TOKEN = "SPYMASTER_STREAM_TOKEN"
"""No setting but a secret: it comes from the environment alone, and stands in no file."""


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
    option_days: int | None = None
    """Days from the session to the last expiry whose options are worked out; none means all."""
    option_percent: float | None = None
    """Farthest strike that is worked out, % of the future; none means all."""
    setup_waits: tuple[int, ...] = (0, 30, 60)
    """From a touch to the decisions about it, seconds; whole buckets."""
    setup_horizons: tuple[int, ...] = (120, 300, 600)
    """From a decision to when its outcome is judged, seconds; whole buckets."""
    barrier_floor_ticks: int = 4
    """Least distance of the two barriers from the price at the decision, ticks."""
    barrier_scale: float = 0.96
    """Their distance, in standard deviations of a walk over the horizon."""
    analog_k: int = 20
    """Similar setups that are looked for."""
    analog_cap: int = 2
    """Most of them from one session."""
    analog_blocks: tuple[tuple[str, float], ...] = (
        ("states", 1.0),
        ("touch", 1.0),
        ("tape", 0.5),
        ("path", 0.0),
    )
    """What each block of a vector weighs in the distance, whatever its size."""
    analog_min_sessions: int = 20
    """Earlier sessions from which on a forecast is shown."""
    analog_incomplete: bool = False
    """Whether sessions of which records are missing count as past too."""
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

    def local(self, when: datetime) -> datetime:
        """Return a time of the catalog, UTC without a zone, on the clock of the window."""
        return when.replace(tzinfo=UTC).astimezone(self.zone)


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


_READERS: dict[str, Callable[[Any], Any]] = {
    "warehouse": values.path,
    "window_start": values.clock,
    "window_end": values.clock,
    "timezone": values.zone,
    "root": values.symbol,
    "instrument": values.symbol,
    "tick_size": values.tick,
    "interest_rate": values.rate,
    "band_ticks": partial(values.count, most=values.MOST_BAND_TICKS),
    "levels": values.names,
    "manual_levels": values.path,
    "option_days": values.days,
    "option_percent": values.percent,
    "setup_waits": values.waits,
    "setup_horizons": values.horizons,
    "barrier_floor_ticks": partial(values.count, most=values.MOST_BAND_TICKS),
    "barrier_scale": values.scale,
    "analog_k": partial(values.count, most=values.MOST_ANALOGS),
    "analog_cap": partial(values.count, most=values.MOST_ANALOGS),
    "analog_blocks": partial(values.blocks, names=[name for name, _ in Settings.analog_blocks]),
    "analog_min_sessions": partial(values.count, most=values.MOST_ANALOGS),
    "analog_incomplete": values.flag,
    "keep": values.names,
    "jobs": partial(values.count, most=values.MOST_JOBS),
}
assert set(_READERS) == {field.name for field in fields(Settings)}
