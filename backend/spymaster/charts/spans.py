"""Runs of buckets in which a number is not defined, with the reason that the relation gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from spymaster.units import BUCKET_NS

BUCKET = timedelta(microseconds=BUCKET_NS // 1_000)


@dataclass(frozen=True)
class Span:
    """Buckets in a row that say nothing, for one reason."""

    start: datetime
    end: datetime
    why: str
    """As in the relation, such as no_quote."""

    @property
    def words(self) -> str:
        """The reason as a person reads it."""
        return self.why.replace("_", " ")


def limits(start: datetime | None, end: datetime | None, zone: ZoneInfo) -> str:
    """Return words for what cuts a picture, UTC, by a zone's clock; none where nothing does.

    >>> limits(None, datetime(2024, 3, 5, 15), ZoneInfo("America/New_York"))
    ' to 2024-03-05 10:00:00 New York time'
    """
    words = "".join(
        f" {which} {at.replace(tzinfo=UTC).astimezone(zone):%Y-%m-%d %H:%M:%S}"
        for which, at in (("from", start), ("to", end))
        if at is not None
    )
    return f"{words} {city(zone)}" if words else ""


def city(zone: ZoneInfo) -> str:
    """Return whose clock it is.

    >>> city(ZoneInfo("America/New_York"))
    'New York time'
    """
    return f"{zone.key.rpartition('/')[2].replace('_', ' ')} time"


def undefined(whys: Sequence[tuple[datetime, str | None]]) -> list[Span]:
    """Return the spans of buckets, given by their ends in order, that have a reason.

    Examples
    --------
    >>> at = datetime(2024, 3, 5, 9, 30)
    >>> whys = [(at, "no_quote"), (at + BUCKET, "no_quote"), (at + 2 * BUCKET, None)]
    >>> [(span.end - span.start, span.words) for span in undefined(whys)]
    [(datetime.timedelta(seconds=10), 'no quote')]
    """
    spans: list[Span] = []
    for end, why in whys:
        if why is None:
            continue
        start = end - BUCKET
        if spans and spans[-1].end == start and spans[-1].why == why:
            start = spans.pop().start
        spans.append(Span(start, end, why))
    return spans
