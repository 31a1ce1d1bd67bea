"""The hours of a trading day in New York, and on which days there is regular trading at all.

Regular hours are those of the stock exchange, with its holidays and early closes. To ask its
calendar takes a second, mostly an import of pandas, so what it says of a year is remembered.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time, timedelta
from typing import Any, TypeAlias

from spymaster import units
from spymaster.releases import release
from spymaster.units import NEW_YORK

EXCHANGE = "XNYS"
CALENDARS = "exchange_calendars"
PREMARKET_OPEN = time(4)
RTH_OPEN, RTH_CLOSE = time(9, 30), time(16)
"""Regular trading hours of a whole day."""
DAY_CLOSE = time(17)
"""From here to the overnight open nothing trades."""
NAMES = (
    "premarket_open_ns",
    "overnight_close_ns",
    "day_close_ns",
    "rth_open_ns",
    "rth_close_ns",
    "previous_rth_date",
)
DAY = timedelta(days=1)

Hours: TypeAlias = tuple[int, int]
"""Open and close, ns since 1970 UTC."""
Year: TypeAlias = dict[str, Hours | None]
"""The weekdays of a year that differ from the clock, by date; None has no regular trading."""

_years: dict[int, Year] = {}


def of(session: date) -> tuple[Any, ...]:
    """Return the values of ``NAMES`` in a session.

    Regular hours are text, and null where there are none: reckon with them in SQL, not in Jinja.
    """
    before = session - DAY
    while regular(before) is None:
        before -= DAY
    opens, closes = regular(session) or ("null", "null")
    return (*_clock(session), str(opens), str(closes), str(before))


def by_clock(session: date) -> tuple[Any, ...]:
    """Return the values of ``NAMES`` as they would be in a year without holidays."""
    opens, closes = _whole(session)
    return (*_clock(session), str(opens), str(closes), str(session - DAY))


def regular(day: date) -> Hours | None:
    """Return the regular hours of a date, if it has any."""
    if day.weekday() >= 5:
        return None
    if day.year not in _years:
        _years.update(_ask([day.year]))
    return _years[day.year].get(str(day), _whole(day))


def recall(sessions: Iterable[date], remembered: Mapping[str, str]) -> dict[str, str]:
    """Take the years of some sessions out of what is remembered, or else ask the calendar.

    Returns
    -------
    dict
        What the calendar said, to be remembered: JSON of a year by its key.
    """
    years = {near.year for day in sessions for near in (day, day - 7 * DAY)}
    keys = {year: f"{EXCHANGE} {year} of {_release()}" for year in sorted(years)}
    unknown = [year for year in keys if keys[year] not in remembered]
    for year in keys.keys() - set(unknown):
        unusual = json.loads(remembered[keys[year]])
        _years[year] = {day: hours and (hours[0], hours[1]) for day, hours in unusual.items()}
    if unasked := [year for year in unknown if year not in _years]:
        _years.update(_ask(unasked))
    return {keys[year]: json.dumps(_years[year]) for year in unknown}


def _release() -> str:
    return f"{CALENDARS} {release(CALENDARS)}"


def _ask(years: list[int]) -> dict[int, Year]:
    found = _schedule(date(years[0], 1, 1), date(years[-1], 12, 31))
    return {
        year: {str(day): found.get(day) for day in _weekdays(year) if found.get(day) != _whole(day)}
        for year in years
    }


def _schedule(first: date, last: date) -> dict[date, Hours]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas, about how the calendars use it
        from exchange_calendars import get_calendar

        days = get_calendar(EXCHANGE, start=str(first), end=str(last)).schedule
    return {
        day.date(): (int(opens.value), int(closes.value))
        for day, opens, closes in zip(days.index, days["open"], days["close"], strict=True)
    }


def _weekdays(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        if day.weekday() < 5:
            yield day
        day += DAY


def _clock(session: date) -> tuple[int, ...]:
    return tuple(_at(session, at) for at in (PREMARKET_OPEN, RTH_OPEN, DAY_CLOSE))


def _whole(day: date) -> Hours:
    return _at(day, RTH_OPEN), _at(day, RTH_CLOSE)


def _at(day: date, at: time) -> int:
    return units.local_ns(day, at, NEW_YORK)
