"""Which classes of options a session's chain lists, and what each delivers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from spymaster.simulate.contract import Contract, delivered, third_friday
from spymaster.units import DAY_NS, NEW_YORK, to_ns

LONGEST = timedelta(days=30)
"""The latest expiry that is listed, from the session on."""
YEAR_NS = 365 * DAY_NS
_LETTERS = "FGHJKMNQUVXZ"
_DAILY = "ABCD"
"""Monday to Thursday, as the venue letters its daily options."""
_MORNING, _AFTERNOON = time(9, 30), time(16, 0)


@dataclass(frozen=True)
class Expiry:
    """Options that expire together."""

    asset: str
    """The venue's product, such as E1B for the first Tuesday."""
    code: str
    """Product, month and year, such as E1BH4."""
    is_american: bool
    expires: datetime
    """UTC."""
    week: int
    """Of the month; 255 for none."""
    future: Contract
    """What is delivered."""

    @property
    def expires_ns(self) -> int:
        """Last moment of trading, ns since 1970 UTC."""
        return to_ns(self.expires)

    @property
    def style(self) -> str:
        """A American, E European."""
        return "A" if self.is_american else "E"


def listed(session: date) -> tuple[Expiry, ...]:
    """Return the session's classes, soonest first.

    The day's own, the next day's, the next Friday's, the month's last, and the quarterly where it
    is within ``LONGEST``; they are European and expire at 16:00 New York but the quarterly, which
    is American and expires at 09:30.

    >>> [expiry.code for expiry in listed(date(2024, 3, 5))]
    ['E1BH4', 'E1CH4', 'EW2H4', 'ESH4', 'EWH4']
    """
    today = _weekday(session)
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    days = {today, _weekday(today + timedelta(days=1)), friday, _month_end(today)}
    classes = [_afternoon(day) for day in days if day - session <= LONGEST]
    classes.extend(_quarterlies(session))
    return tuple(sorted(classes, key=lambda each: each.expires))


def _afternoon(day: date) -> Expiry:
    """A daily, a weekly, or on the month's last day of trading the month's."""
    week = (day.day - 1) // 7 + 1
    if day == _month_end(day):
        asset, week = "EW", 255
    elif day.weekday() == 4:
        asset = f"EW{week}"
    else:
        asset = f"E{week}{_DAILY[day.weekday()]}"
    return _expiry(asset, day, _AFTERNOON, week)


def _quarterlies(session: date) -> Iterator[Expiry]:
    for day in {third_friday(at.year, at.month) for at in (session, session + LONGEST)}:
        if day.month % 3 == 0 and session <= day <= session + LONGEST:
            yield _expiry("ES", day, _MORNING, 255)


def _expiry(asset: str, day: date, at: time, week: int) -> Expiry:
    expires = datetime.combine(day, at, NEW_YORK)
    return Expiry(
        asset=asset,
        code=f"{asset}{_LETTERS[day.month - 1]}{day.year % 10}",
        is_american=at == _MORNING,
        expires=expires,
        week=week,
        future=delivered(expires),
    )


def _weekday(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _month_end(day: date) -> date:
    last = (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return last - timedelta(days=max(0, last.weekday() - 4))
