"""What a template may print: settings, constants, and the times of a session."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from spymaster import units
from spymaster.definitions import manual_levels as manual
from spymaster.definitions import trading_hours as hours
from spymaster.definitions.seals import decided_on, sealed
from spymaster.settings import Settings

COVERAGE = (
    "options_end_ns",
    "landed_from_ns",
    "first_record_ns",
    "landed_until_ns",
    "options_until_ns",
    "last_hole_ns",
)
"""What landed of a session: where its option quotes end within the window, and ``Coverage``."""


class Coverage(NamedTuple):
    """From when and until when records of a session landed, ns since 1970; None if not known."""

    from_ns: int | None = None
    """Start of what the files were asked for."""
    first_ns: int | None = None
    """The first record."""
    until_ns: int | None = None
    """Exclusive end of what the files were asked for, or the last record where none says."""
    options_until_ns: int | None = None
    """The same of option quotes."""
    last_hole_ns: int = 0
    """Start of the last hole before the window, 0 where there is none: a book that is followed
    through it holds orders that died in it."""


UNKNOWN = Coverage()
SETTING_OF = {
    "session": "session",
    "window_start_ns": "window_start",
    "window_end_ns": "window_end",
    "window_close_ns": "window_end",
    "overnight_open_ns": "trading hours",
    "manual_levels": "manual_levels",
    **dict.fromkeys(hours.NAMES, "trading hours"),
    **dict.fromkeys(COVERAGE, "landed records"),
}
"""Variables that differ from session to session, and the setting that moves each."""
PROBE_SESSION = date(2024, 3, 5)
"""Rendered where a template is only read, bound or compared."""


def of_settings(settings: Settings) -> dict[str, Any]:
    """Return the variables that are the same in every session."""
    return {
        "root": settings.root,
        "instrument": settings.instrument,
        "tick_size": settings.tick_size,
        "interest_rate": settings.interest_rate,
        "option_days": settings.option_days,
        "option_percent": settings.option_percent,
        "band_ticks": settings.band_ticks,
        "setup_waits": list(settings.setup_waits),
        "setup_horizons": list(settings.setup_horizons),
        "barrier_floor_ticks": settings.barrier_floor_ticks,
        "barrier_scale": settings.barrier_scale,
        "analog_k": settings.analog_k,
        "analog_cap": settings.analog_cap,
        "analog_blocks": dict(settings.analog_blocks),
        "analog_min_sessions": settings.analog_min_sessions,
        "analog_incomplete": settings.analog_incomplete,
        "levels": manual.tracked(settings),
        "level_kinds": manual.KINDS,
        "bucket_ns": units.BUCKET_NS,
        "undef_price": units.UNDEF_PRICE,
        "undef_stat_quantity": units.UNDEF_STAT_QUANTITY,
        "undef_size": units.UNDEF_SIZE,
        "undef_time": units.UNDEF_TIME,
    }


def of_session(
    settings: Settings, session: date, trading: tuple[Any, ...] = (), landed: Coverage = UNKNOWN
) -> dict[str, Any]:
    """Return the variables of one session, its trading hours unless given from the calendar.

    Times are ns since 1970 UTC. ``window_end_ns`` is where the last bucket ends of which anything
    landed, ``window_close_ns`` what the settings say.
    """
    start, end = settings.window_ns(session)
    opened = units.overnight_open_ns(session)
    given = manual.values(settings.manual_levels, session)
    fixed = (str(session), start, _last_end(start, end, landed.until_ns), end, opened, given)
    times = (*fixed, *(trading or hours.of(session)), *_covered(start, end, landed))
    return dict(zip(SETTING_OF, times, strict=True))


def of(
    settings: Settings, session: date, trading: tuple[Any, ...] = (), landed: Coverage = UNKNOWN
) -> dict[str, Any]:
    """Return every variable of one session."""
    return of_settings(settings) | of_session(settings, session, trading, landed)


def _covered(start: int, end: int, landed: Coverage) -> tuple[Any, ...]:
    """Return the values of ``COVERAGE``: SQL's text, null where nothing is known."""
    options = _last_end(start, _last_end(start, end, landed.until_ns), landed.options_until_ns)
    return (options, *("null" if ns is None else str(ns) for ns in landed))


def _last_end(start: int, end: int, until: int | None) -> int:
    """Return the end of the last bucket of a window of which anything landed."""
    if until is None or until >= end:
        return end
    buckets = -((start - until) // units.BUCKET_NS)  # the last one may be cut
    return start + max(buckets, 0) * units.BUCKET_NS


def probe(settings: Settings) -> dict[str, Any]:
    """Return variables whose session values can be printed and reckoned with, but not decided on.

    A template that took another branch in another session would hide that branch's text from the
    fingerprint, which reads one rendering. In it the window is the default: what reading gives is
    remembered whatever the window is.
    """
    times = of_session(Settings(), PROBE_SESSION, hours.by_clock(PROBE_SESSION))
    times["manual_levels"] = manual.NOTHING
    return of_settings(settings) | {name: Probe(value) for name, value in times.items()}


class Probe:
    """A session variable as seen by a template that is only read."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __str__(self) -> str:
        return sealed(str(self._value))


def _reckon(operation: Callable[[Any, Any], Any]) -> Callable[[Probe, Any], Probe]:
    def reckon(self: Probe, other: Any) -> Probe:
        return Probe(operation(self._value, other._value if isinstance(other, Probe) else other))

    return reckon


def _swapped(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda a, b: operation(b, a)


def _refuse(self: Probe, *_: Any) -> Any:
    decided_on(str(self._value))


for _name in ("add", "sub", "mul", "floordiv", "mod"):
    setattr(Probe, f"__{_name}__", _reckon(getattr(operator, _name)))
    setattr(Probe, f"__r{_name}__", _reckon(_swapped(getattr(operator, _name))))
for _name in ("bool", "eq", "ne", "lt", "le", "gt", "ge", "index", "iter", "len", "hash"):
    setattr(Probe, f"__{_name}__", _refuse)
