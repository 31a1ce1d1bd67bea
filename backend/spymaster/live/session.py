"""Which session is under way, and which is over."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from spymaster.definitions.trading_hours import DAY_CLOSE
from spymaster.settings import Settings
from spymaster.units import NEW_YORK, local_ns, to_ns

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
    while day.weekday() >= 5 or is_over(settings, day, now):
        day += DAY
    return day


def is_over(settings: Settings, session: date, now: datetime) -> bool:
    """Whether both a session's trading day and its window have ended."""
    _, end_ns = settings.window_ns(session)
    return to_ns(now) >= max(end_ns, local_ns(session, DAY_CLOSE, NEW_YORK))
