"""Which session is under way."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from spymaster.definitions.trading_hours import DAY_CLOSE
from spymaster.settings import Settings
from spymaster.units import NEW_YORK, local_ns, to_ns, window_ns

DAY = timedelta(days=1)


def under_way(settings: Settings, now: datetime) -> date:
    """Return the session that is under way; between two of them, the next.

    A session lasts until its trading day closes, or until its window ends if that is later: what
    begins in the evening, or begins again in the night, is that of the next weekday.

    >>> from datetime import UTC
    >>> under_way(Settings(), datetime(2024, 3, 1, 22, 55, tzinfo=UTC))  # a Friday, 17:55
    datetime.date(2024, 3, 4)
    """
    day = now.astimezone(NEW_YORK).date() - DAY  # whose window may still go on
    while day.weekday() >= 5 or _end_ns(settings, day) <= to_ns(now):
        day += DAY
    return day


def _end_ns(settings: Settings, day: date) -> int:
    _, end_ns = window_ns(day, settings.window_start, settings.window_end, settings.zone)
    return max(end_ns, local_ns(day, DAY_CLOSE, NEW_YORK))
