"""Which sessions exist, and which landed files each one reads."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from typing import NamedTuple

from spymaster import units
from spymaster.errors import UsageError
from spymaster.settings import Settings
from spymaster.warehouse.ledger import Partition

SHOWING = ("mbo", "mbp-1", "trades", "tbbo", "bbo-1s", "bbo-1m")
"""Vendor schemas whose records make a session exist; others only describe it."""
DAY = timedelta(days=1)


class Choice(NamedTuple):
    """Whose files say from when until when a session landed; None are those of all."""

    contract: int | None = None
    """Instrument id of the session's contract."""
    option_files: tuple[str, ...] | None = None
    """Ids of the files that hold options of the root."""


EVERY = Choice()


@dataclass(frozen=True)
class Landed:
    """All landed partitions, as sessions see them."""

    settings: Settings
    partitions: tuple[Partition, ...]
    choices: dict[date, Choice] = field(default_factory=dict)
    """Of the sessions in which it matters whose files count; see ``contracts``."""
    unread: dict[date, str] = field(default_factory=dict)
    """Why files could not say whose count, by session; none of these is built."""

    @cached_property
    def sessions(self) -> tuple[date, ...]:
        """Sessions in whose window something was received, ascending."""
        found: set[date] = set()
        window = cache(self.window)
        zone = self.settings.zone
        for part in self.partitions:
            if part.schema in SHOWING:
                day = units.from_ns(part.first_ns).astimezone(zone).date() - DAY
                last = units.from_ns(part.last_ns).astimezone(zone).date()
                while day <= last:
                    start, end = window(day)
                    if part.first_ns < end and part.last_ns >= start:
                        found.add(day)
                    day += DAY
        return tuple(sorted(found))

    def files(self, raw: str, session: date) -> tuple[Partition, ...]:
        """Return the partitions of ``raw.<name>`` that a session reads, in file order.

        Of the market what lies between its overnight open and the next: the evening after is of
        the next session, and the book of a capture of the day before is not its book. What only
        describes it counts until its window ends, whenever it was said.
        """
        parts = (part for day in self._dates[session] for part in self._by_day[raw, day])
        return tuple(part for part in parts if self._is_of(part, session))

    def left_of(self, raw: str) -> dict[str, list[date]]:
        """Return the dates in force of each file of many dates that was replaced in part."""
        shared = (p for p in self.partitions if p.is_shared and p.relation == raw)
        found: dict[str, list[date]] = {}
        for part in shared:
            if self._counts[part.file_id] < part.file_partitions:
                found.setdefault(part.file_id, []).append(part.date)
        return found

    def earlier(self, session: date, count: int) -> tuple[date, ...]:
        """Return the ``count`` existing sessions before one, or as many as there are."""
        at = self._position[session]
        return self.sessions[max(at - count, 0) : at]

    def chosen(self, session: date | None) -> tuple[date, ...]:
        """Return one session, or all of them for None.

        Raises
        ------
        UsageError
            If there is no such session, naming those that exist.
        """
        if session is None:
            return self.sessions
        if session not in self._position:
            raise UsageError(f"no session {session}: {_existing(self.sessions)}")
        return (session,)

    def between(self, first: date | None, last: date | None) -> tuple[date, ...]:
        """Return the sessions from one date to another, both included; None is no limit.

        Raises
        ------
        UsageError
            If there is none, naming those that exist.
        """
        low, high = first or date.min, last or date.max
        found = tuple(session for session in self.sessions if low <= session <= high)
        if not found:
            span = f"{first or 'the first'} to {last or 'the last'}"
            raise UsageError(f"no session from {span}: {_existing(self.sessions)}")
        return found

    @cached_property
    def last_ns(self) -> dict[tuple[str, str], int]:
        """The latest ts_recv of each schema and file, ns since 1970 UTC."""
        found: dict[tuple[str, str], int] = {}
        for part in self.partitions:
            key = part.schema, part.file_id
            found[key] = max(part.last_ns, found.get(key, part.last_ns))
        return found

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(part.file_id for part in self.partitions)

    @cached_property
    def _position(self) -> dict[date, int]:
        return {session: at for at, session in enumerate(self.sessions)}

    @cached_property
    def _by_day(self) -> defaultdict[tuple[str, date], list[Partition]]:
        found: defaultdict[tuple[str, date], list[Partition]] = defaultdict(list)
        for part in sorted(self.partitions, key=lambda part: (part.first_row, part.file_id)):
            found[part.relation, part.date].append(part)
        return found

    def window(self, session: date) -> tuple[int, int]:
        return self.settings.window_ns(session)

    def _is_of(self, part: Partition, session: date) -> bool:
        opens_ns, end_ns, closes_ns = self._spans[session]
        if part.schema in SHOWING:
            return opens_ns <= part.last_ns and part.first_ns < closes_ns
        return part.first_ns < end_ns

    @cached_property
    def _spans(self) -> dict[date, tuple[int, int, int]]:
        """Overnight open, window end and next open of each session, ns since 1970 UTC."""
        opened = units.overnight_open_ns
        ends = {session: self.window(session)[1] for session in self.sessions}
        return {
            session: (opened(session), end_ns, max(end_ns, opened(session + DAY)))
            for session, end_ns in ends.items()
        }

    @cached_property
    def _dates(self) -> dict[date, tuple[date, ...]]:
        """The UTC dates from the overnight open to the window's end, by session."""
        spans = self._spans.items()
        return {session: _dates(opens_ns, end_ns) for session, (opens_ns, end_ns, _) in spans}


def _dates(start_ns: int, end_ns: int) -> tuple[date, ...]:
    first, last = units.utc_date(start_ns), units.utc_date(end_ns - 1)
    return tuple(first + at * DAY for at in range((last - first).days + 1))


def _existing(sessions: tuple[date, ...]) -> str:
    if not sessions:
        return "nothing has landed whose records fall into a session's window"
    shown = [str(session) for session in sessions]
    if len(shown) > 8:
        shown = [*shown[:3], f"... ({len(shown)} in all)", *shown[-3:]]
    return f"there is {', '.join(shown)}"
