"""Values of settings as people write them: each reader refuses what does not fit, saying why."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from spymaster.units import BUCKET_NS, NS_PER_SECOND

MOST_DAYS, MOST_PERCENT = 100_000, 10_000
MOST_BAND_TICKS, MOST_JOBS, MOST_ANALOGS, MOST_SCALE = 4_000, 1_024, 10_000, 100
"""Of bands: the cells of wider ones have more pairs of ticks than 31 bits count."""
MOST_SECONDS = 86_400
"""A window is at most a day."""
LEAST_TICK, MOST_TICK = Decimal("1e-9"), Decimal(1_000_000)
"""Points."""
SYMBOL = re.compile(r"[\w.:/+&^=#*@~-][\w .:/+&^=#*@~-]{0,70}", re.ASCII)
"""Of a vendor, such as ES, BRK.B, or UD:1V: GN 2421; it stands between quotes in SQL."""


def text(value: Any) -> str:
    """Return a text that is not blank."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("expected text")
    return value


def path(value: Any) -> Path:
    """Return a path, a home folder spelt out."""
    if not isinstance(value, str | Path) or not str(value).strip():
        raise ValueError("expected a path")
    if "\0" in str(value):
        raise ValueError("expected a path without NUL")
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        raise ValueError("expected a path below a home folder that exists") from error


def clock(value: Any) -> time:
    """Return a time of day, in whole seconds."""
    try:
        if re.fullmatch(r"\d\d:\d\d(:\d\d)?", str(value)):
            return time.fromisoformat(str(value))
    except ValueError:
        pass
    raise ValueError("expected a time of day such as 09:30")


def zone(value: Any) -> str:
    """Return the name of a time zone."""
    try:
        return ZoneInfo(text(value)).key
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("expected an IANA time zone such as America/New_York") from error


def symbol(value: Any) -> str:
    """Return the symbol of a product or contract."""
    if not isinstance(value, str) or not SYMBOL.fullmatch(value):
        raise ValueError("expected the symbol of a product or contract, such as ES or ESH4")
    return value


def count(value: Any, most: int) -> int:
    """Return a whole number from 1 on."""
    if not re.fullmatch(r"[1-9]\d{0,8}", str(value)) or int(value) > most:
        raise ValueError(f"expected a whole number from 1 to {most}")
    return int(value)


def tick(value: Any) -> Decimal:
    """Return a tick size, points; one number is one text, however many zeros it was given."""
    try:
        tick = Decimal(str(value))
    except InvalidOperation:
        tick = Decimal("nan")
    # vendor prices are integers of 1e-9 points, and a tick of less than one of them is no grid
    if not tick.is_finite() or not LEAST_TICK <= tick <= MOST_TICK or tick % LEAST_TICK:
        raise ValueError(f"expected a multiple of {LEAST_TICK} points, at most {MOST_TICK}")
    return Decimal(f"{tick.normalize():f}")


def rate(value: Any) -> float:
    """Return a rate per year."""
    try:
        rate = float(str(value))
    except ValueError:
        rate = math.nan
    if not -1 < rate < 1:
        raise ValueError("expected a rate per year between -1 and 1, such as 0.04")
    return rate


def times(value: Any, least: int) -> tuple[int, ...]:
    """Return different whole numbers of seconds, ascending, each a whole number of buckets."""
    parts = value.split(",") if isinstance(value, str) else value
    step = BUCKET_NS // NS_PER_SECOND
    if isinstance(parts, list | tuple) and parts:
        texts = [str(part).strip() for part in parts]
        if all(re.fullmatch(r"\d{1,9}", text) for text in texts):
            seconds = tuple(sorted({int(text) for text in texts}))
            is_within = least <= seconds[0] and seconds[-1] <= MOST_SECONDS
            if is_within and not any(one % step for one in seconds):
                return seconds
    raise ValueError(f"expected seconds from {least} to {MOST_SECONDS}, whole numbers of {step}")


def waits(value: Any) -> tuple[int, ...]:
    """Return seconds from 0 to a day."""
    return times(value, 0)


def horizons(value: Any) -> tuple[int, ...]:
    """Return seconds from one bucket to a day."""
    return times(value, BUCKET_NS // NS_PER_SECOND)


def scale(value: Any) -> float:
    """Return a positive number."""
    try:
        scale = float(str(value))
    except ValueError:
        scale = math.nan
    if not 0 < scale <= MOST_SCALE:
        raise ValueError(f"expected a number above 0, at most {MOST_SCALE}")
    return scale


def blocks(value: Any, names: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """Return the weight of every block, in the order of their names."""
    try:
        if isinstance(value, str):
            value = [part.split("=", 1) for part in value.split(",") if "=" in part]
        weights = {str(name).strip(): float(str(weight)) for name, weight in dict(value).items()}
    except (TypeError, ValueError):
        weights = {}
    if weights.keys() != set(names):
        raise ValueError(f"expected a weight for each of {', '.join(names)}")
    if not all(0 <= weight < math.inf for weight in weights.values()) or not any(weights.values()):
        raise ValueError("expected weights from 0 on, not all of them 0")
    return tuple((name, weights[name]) for name in names)


def flag(value: Any) -> bool:
    """Return true or false."""
    flags = {"true": True, "false": False}
    if str(value).lower() not in flags:
        raise ValueError("expected true or false")
    return flags[str(value).lower()]


def names(value: Any) -> tuple[str, ...]:
    """Return a list of names."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise ValueError("expected a list of names")
    return tuple(part.strip() for part in parts if part.strip())


def days(value: Any) -> int:
    """Return a number of days from the session on."""
    if not re.fullmatch(r"\d{1,9}", str(value)) or int(value) > MOST_DAYS:
        raise ValueError(f"expected a whole number from 0 to {MOST_DAYS}")
    return int(value)


def percent(value: Any) -> float:
    """Return a share of the future, %."""
    try:
        share = float(str(value))
    except ValueError:
        share = math.nan
    if not 0 < share <= MOST_PERCENT:
        raise ValueError(f"expected a share above 0 and up to {MOST_PERCENT} %, such as 5")
    return share
