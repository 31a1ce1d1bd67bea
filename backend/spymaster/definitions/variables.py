"""What a template may print: settings, constants, and the times of a session."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from typing import Any

from spymaster import units
from spymaster.definitions import manual_levels as manual
from spymaster.definitions import trading_hours as hours
from spymaster.settings import Settings

SETTING_OF = {
    "session": "session",
    "window_start_ns": "window_start",
    "window_end_ns": "window_end",
    "overnight_open_ns": "trading hours",
    "manual_levels": "manual_levels",
    **dict.fromkeys(hours.NAMES, "trading hours"),
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
        "band_ticks": settings.band_ticks,
        "levels": manual.tracked(settings),
        "level_kinds": manual.KINDS,
        "bucket_ns": units.BUCKET_NS,
        "undef_price": units.UNDEF_PRICE,
        "undef_stat_quantity": units.UNDEF_STAT_QUANTITY,
        "undef_size": units.UNDEF_SIZE,
        "undef_time": units.UNDEF_TIME,
    }


def of_session(settings: Settings, session: date, trading: tuple[Any, ...] = ()) -> dict[str, Any]:
    """Return the variables of one session, its trading hours unless given from the calendar.

    Times are ns since 1970 UTC.
    """
    start, end = units.window_ns(session, settings.window_start, settings.window_end, settings.zone)
    opened = units.overnight_open_ns(session)
    given = manual.values(settings.manual_levels, session)
    fixed = (str(session), start, end, opened, given)
    return dict(zip(SETTING_OF, (*fixed, *(trading or hours.of(session))), strict=True))


def of(settings: Settings, session: date, trading: tuple[Any, ...] = ()) -> dict[str, Any]:
    """Return every variable of one session, its trading hours unless given from the calendar."""
    return of_settings(settings) | of_session(settings, session, trading)


def probe(settings: Settings) -> dict[str, Any]:
    """Return variables whose session values can be printed and reckoned with, but not decided on.

    A template that took another branch in another session would hide that branch's text from the
    fingerprint, which reads one rendering.
    """
    times = of_session(settings, PROBE_SESSION, hours.by_clock(PROBE_SESSION))
    times["manual_levels"] = manual.NOTHING
    return of_settings(settings) | {name: Probe(value) for name, value in times.items()}


class Probe:
    """A session variable as seen by a template that is only read."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __str__(self) -> str:
        return str(self._value)


def _reckon(operation: Callable[[Any, Any], Any]) -> Callable[[Probe, Any], Probe]:
    def reckon(self: Probe, other: Any) -> Probe:
        return Probe(operation(self._value, other._value if isinstance(other, Probe) else other))

    return reckon


def _swapped(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda a, b: operation(b, a)


def _refuse(self: Probe, *_: Any) -> Any:
    raise TypeError(f"a template may print a session's time or date ({self}), not decide on it")


for _name in ("add", "sub", "mul", "floordiv", "mod"):
    setattr(Probe, f"__{_name}__", _reckon(getattr(operator, _name)))
    setattr(Probe, f"__r{_name}__", _reckon(_swapped(getattr(operator, _name))))
for _name in ("bool", "eq", "ne", "lt", "le", "gt", "ge", "index", "iter", "len", "hash"):
    setattr(Probe, f"__{_name}__", _refuse)
