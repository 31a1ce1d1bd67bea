"""Time and price units: integer nanoseconds since 1970 UTC, prices in 1e-9 points."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NS_PER_SECOND = 1_000_000_000
HOUR_NS = 3_600 * NS_PER_SECOND
DAY_NS = 24 * HOUR_NS
"""Length of a UTC day, ns; the clock has no leap seconds."""
BUCKET_NS = 5 * NS_PER_SECOND
"""Length of a bucket, ns."""
BUCKET_S = BUCKET_NS // NS_PER_SECOND
E9 = 1_000_000_000
"""Vendor prices are integers in units of 1e-9 points."""
UNDEF_PRICE = UNDEF_STAT_QUANTITY = 2**63 - 1
"""What the vendor writes where a price, or the quantity of a statistic, is undefined."""
UNDEF_SIZE = 2**32 - 1
UNDEF_TIME = 2**64 - 1
NEW_YORK = ZoneInfo("America/New_York")
"""The clock by which the venue opens and closes, whatever zone a project keeps its window in."""
FIRST_SESSION, LAST_SESSION = date(1990, 1, 2), date(2199, 12, 30)
"""Around them exchange calendars are known, and every time of a session and its options is
ns since 1970 in 63 bits."""
OVERNIGHT_OPEN = time(18, 0)
"""New York time at which the trading day of ES begins, on the calendar day before."""


def to_ns(at: datetime) -> int:
    """Return an aware datetime as ns since 1970 UTC, exactly.

    >>> to_ns(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000000
    """
    since = at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    seconds = since.days * 86_400 + since.seconds
    return seconds * NS_PER_SECOND + since.microseconds * 1_000


def from_ns(ns: int) -> datetime:
    """Return ns since 1970 UTC as an aware datetime, cut to the microsecond.

    >>> from_ns(1_500_000_000).isoformat()
    '1970-01-01T00:00:01.500000+00:00'
    """
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=ns // 1_000)


def utc_date(ns: int) -> date:
    """Return the UTC date that holds a time in ns since 1970."""
    return from_ns(ns).date()


def local_ns(day: date, at: time, zone: ZoneInfo) -> int:
    """Return a local wall time as ns since 1970 UTC.

    >>> local_ns(date(2024, 7, 1), time(9, 30), ZoneInfo("America/New_York")) // NS_PER_SECOND
    1719840600
    """
    return to_ns(datetime.combine(day, at, zone))


def window_ns(day: date, start: time, end: time, zone: ZoneInfo) -> tuple[int, int]:
    """Return a session's window [start, end) in ns; an end not after the start is a day later."""
    last_day = day if end > start else day + timedelta(days=1)
    return local_ns(day, start, zone), local_ns(last_day, end, zone)


def clock_ns(
    day: date, at: time, window: tuple[time, time], zone: ZoneInfo, *, is_start: bool = False
) -> int:
    """Return when a clock shows a time in a session's window, in ns.

    Parameters
    ----------
    at : time
        The end of a bucket: in a window that crosses midnight, what is not after its start is a day
        later, as its own end is.
    is_start : bool
        Whether it is the start of a bucket instead, so that the window's start is its first day's.

    Examples
    --------
    >>> night = (time(17), time(2))
    >>> at = clock_ns(date(2024, 7, 1), time(1, 30), night, ZoneInfo("UTC"))
    >>> from_ns(at).isoformat()
    '2024-07-02T01:30:00+00:00'
    """
    start, end = window
    if end > start or (is_start and at == start):
        return local_ns(day, at, zone)
    return window_ns(day, start, at, zone)[1]


def overnight_open_ns(day: date) -> int:
    """Return when a session's trading day opened, 18:00 New York of the day before, in ns."""
    return local_ns(day - timedelta(days=1), OVERNIGHT_OPEN, NEW_YORK)


def lasting(seconds: int) -> str:
    """Return how long something lasts, as a person says it.

    >>> lasting(300), lasting(60), lasting(90)
    ('5 minutes', '1 minute', '90 s')
    """
    minutes, rest = divmod(seconds, 60)
    return f"{seconds} s" if rest else f"{minutes} minute{'s' * (minutes != 1)}"
