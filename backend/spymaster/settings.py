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
MOST_BAND_TICKS, MOST_JOBS, MOST_ANALOGS, MOST_SCALE = 100_000, 1_024, 10_000, 100
MOST_DAYS, MOST_PERCENT = 100_000, 10_000
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
    option_days: int | None = None
    """Days from the session to the last expiry whose options are worked out; none means all."""
    option_percent: float | None = None
    """Farthest strike that is worked out, % of the future; none means all."""
    band_ticks: int = 4
    """Width of a band above and below a level, ticks."""
    levels: tuple[str, ...] = ("PM_HIGH", "PM_LOW", "OR15_HIGH", "OR15_LOW", "SMA_90/EMA_20")
    """Tracked levels; of some joined by / the one nearest to the price at the window's start."""
    manual_levels: Path | None = None
    """CSV of the user's own levels: session, level_id, price, known_at."""
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


def _days(value: Any) -> int:
    if not re.fullmatch(r"\d{1,9}", str(value)) or int(value) > MOST_DAYS:
        raise ValueError(f"expected a whole number from 0 to {MOST_DAYS}")
    return int(value)


def _percent(value: Any) -> float:
    try:
        percent = float(str(value))
    except ValueError:
        percent = math.nan
    if not 0 < percent <= MOST_PERCENT:
        raise ValueError(f"expected a share above 0 and up to {MOST_PERCENT} %, such as 5")
    return percent


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


def _times(value: Any, least: int) -> tuple[int, ...]:
    """Return different whole numbers of seconds, ascending, each a whole number of buckets."""
    parts = value.split(",") if isinstance(value, str) else value
    step = BUCKET_NS // NS_PER_SECOND
    if isinstance(parts, list | tuple) and parts:
        texts = [str(part).strip() for part in parts]
        if all(re.fullmatch(r"\d+", text) for text in texts):
            seconds = tuple(sorted({int(text) for text in texts}))
            if seconds[0] >= least and not any(one % step for one in seconds):
                return seconds
    raise ValueError(f"expected seconds from {least} on, whole numbers of {step}")


def _waits(value: Any) -> tuple[int, ...]:
    return _times(value, 0)


def _horizons(value: Any) -> tuple[int, ...]:
    return _times(value, BUCKET_NS // NS_PER_SECOND)


def _scale(value: Any) -> float:
    try:
        scale = float(str(value))
    except ValueError:
        scale = math.nan
    if not 0 < scale <= MOST_SCALE:
        raise ValueError(f"expected a number above 0, at most {MOST_SCALE}")
    return scale


def _blocks(value: Any) -> tuple[tuple[str, float], ...]:
    """Return the weight of every block, in the order of the default."""
    parts = value
    if isinstance(value, str):
        parts = dict(part.split("=", 1) for part in value.split(",") if "=" in part)
    elif isinstance(value, list | tuple):
        parts = dict(value)
    names = [name for name, _ in Settings.analog_blocks]
    if not isinstance(parts, Mapping) or {str(name).strip() for name in parts} != set(names):
        raise ValueError(f"expected a weight for each of {', '.join(names)}")
    weights = {str(name).strip(): float(str(weight)) for name, weight in parts.items()}
    if not all(0 <= weight < math.inf for weight in weights.values()) or not any(weights.values()):
        raise ValueError("expected weights from 0 on, not all of them 0")
    return tuple((name, weights[name]) for name in names)


def _flag(value: Any) -> bool:
    flags = {"true": True, "false": False}
    if str(value).lower() not in flags:
        raise ValueError("expected true or false")
    return flags[str(value).lower()]


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
    "option_days": _days,
    "option_percent": _percent,
    "band_ticks": partial(_count, most=MOST_BAND_TICKS),
    "levels": _names,
    "manual_levels": _path,
    "setup_waits": _waits,
    "setup_horizons": _horizons,
    "barrier_floor_ticks": partial(_count, most=MOST_BAND_TICKS),
    "barrier_scale": _scale,
    "analog_k": partial(_count, most=MOST_ANALOGS),
    "analog_cap": partial(_count, most=MOST_ANALOGS),
    "analog_blocks": _blocks,
    "analog_min_sessions": partial(_count, most=MOST_ANALOGS),
    "analog_incomplete": _flag,
    "keep": _names,
    "jobs": partial(_count, most=MOST_JOBS),
}
assert set(_READERS) == {field.name for field in fields(Settings)}
