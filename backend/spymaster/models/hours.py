"""The hours of a trading day of ES, by the clock of New York."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from spymaster import units

NEW_YORK = ZoneInfo("America/New_York")
PREMARKET_OPEN = time(4)
RTH_OPEN, RTH_CLOSE = time(9, 30), time(16)
"""Regular trading hours of a whole day."""
DAY_CLOSE = time(17)
"""From here to the overnight open nothing trades."""


NAMES = (
    "premarket_open_ns",
    "overnight_close_ns",
    "rth_open_ns",
    "rth_close_ns",
    "day_close_ns",
    "previous_rth_date",
)


def of(session: date) -> tuple[Any, ...]:
    """Return the values of ``NAMES`` in a session; times are ns since 1970 UTC."""
    before = session - timedelta(days={0: 3, 6: 2}.get(session.weekday(), 1))
    clock = (PREMARKET_OPEN, RTH_OPEN, RTH_OPEN, RTH_CLOSE, DAY_CLOSE)
    return (*(units.local_ns(session, at, NEW_YORK) for at in clock), str(before))
