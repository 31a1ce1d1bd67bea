"""The session that goes on, as it is streamed: from what its builder sends, to a ring for all."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from spymaster.live.sent import KNOWN, Following, Line
from spymaster.stream import past
from spymaster.stream.arriving import BOOK, OPTIONS, SHOWN, Arriving
from spymaster.stream.catching_up import CatchingUp, Lacking, Making
from spymaster.stream.cursor import Cursor, Skip
from spymaster.stream.events import Event, encode
from spymaster.stream.frames import Frames, Message
from spymaster.stream.greeting import digest, greeting
from spymaster.stream.reel import Reel
from spymaster.stream.ring import Ring
from spymaster.stream.shows import Start
from spymaster.stream.tables import Promises
from spymaster.units import BUCKET_S, NS_PER_SECOND, from_ns, window_ns
from spymaster.warehouse.columns import Column

AT_ONCE = 500
"""Lines read together; bounds the memory of a server that begins late."""
STALE_S = 15.0
"""Age of the newest bucket from which on its book is stale: three more should have come."""


@dataclass(frozen=True)
class _Came:
    """What came of a bucket when another was the newest."""

    behind: int
    seq: int
    is_again: bool
    """Whether it had been sent whole, and is something else now."""


class Running(Reel):
    """A session of which buckets come.

    Parameters
    ----------
    folder : Path
        Where its builder sends them to; ``session.json`` has to be there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._following = folder, Following(folder)
        self._known: dict[str, Any] = {}
        self._written_ns = 0
        self._newest = 0
        self.ring, self.retired = Ring(), asyncio.Event()
        about, known = self._read_known()
        self.n_buckets = (about["window_end"] - about["window_start"]) // timedelta(
            seconds=BUCKET_S
        )
        self._arriving = Arriving(about["session"], about["window_start"], known)
        self._stood: set[tuple[int, str]] = set()
        self._came: list[_Came] = []
        self._age_s, self._heard_at = 0.0, time.monotonic()
        super().__init__(
            session=about["session"].isoformat(),
            build=digest(f"{about['session']} {self._known['begun_at']}")[:8],
            frames=Frames(
                about["session"].isoformat(), about["window_start"], self._arriving.tables
            ),
            greeting=greeting(about, known),
            analogs={},
            first_seq=None,
            last_seq=None,
        )
        while lines := self._following.poll():
            self._take(lines)
        self._show()

    @property
    def opening_seq(self) -> int:
        """The newest bucket."""
        return self.last_seq or 0

    @property
    def is_over(self) -> bool:
        """Whether all of its last bucket came."""
        return (self.n_buckets, OPTIONS) in self._stood

    @property
    def changed(self) -> Callable[[], asyncio.Event | None]:
        """What is set at the next event."""
        return lambda: self.ring.changed

    def hello(self, speed: float | None) -> Message:
        """Return the first message of a connection; nobody sets the pace of what goes on."""
        at = {"build": self.build, "first_seq": self.first_seq, "last_seq": self.last_seq}
        return {**self.greeting, "mode": "live", "speed": 1.0, **at}

    def cursor(self, start: Start, now: float) -> Cursor:
        """Return a client's place: what it lacks first, then what comes."""
        return CatchingUp(self._lacking, self.ring, start.seq)

    def beat(self, seq: int) -> bytes:
        """Return a heartbeat; the data is as old as the gateway's clock says."""
        newest = self.last_seq
        if newest is None or not seq:
            return self.beat_of(0, 0.0, "recovering")
        if self.is_over:
            return self.beat_of(seq, 0.0, self.book(self.n_buckets))
        age_s = self._age_s + time.monotonic() - self._heard_at
        book = self.book(newest) if age_s < STALE_S else "stale"
        return self.beat_of(seq, round(age_s + (newest - seq) * BUCKET_S, 1), book)

    def look(self) -> list[Event]:
        """Take what was sent since, and return what there is to tell; in any thread."""
        self._refresh()
        lines = self._following.poll()
        return self._take(lines, is_told=True) if lines else []

    def tell(self, events: list[Event]) -> None:
        """Let everybody have events; in the loop's own thread."""
        self._show()
        for event in events:
            self.ring.append(event)
        if self.is_over and not self.ring.is_closed:
            self.ring.close()

    def revision(self, seq: int) -> list[Event]:
        """Return what is told of a bucket that was sent again."""
        bucket, *rest = self.events(seq)
        message = json.loads(bucket.data) | {"type": "revise", "reason": "a record came late"}
        return [Event("revise", seq, encode(message)), *rest]

    def rest(self, seq: int) -> list[Event]:
        """Return what came of a bucket after its book."""
        return self.events(seq)[1:]

    def messages(self, seq: int) -> list[Message]:
        """Return the messages of a bucket that are there."""
        bucket = self.frames.bucket(seq)
        return [bucket, *(self.option_messages(seq) if (seq, OPTIONS) in self._stood else [])]

    def _lacking(self, seq: int, patience: float) -> Lacking:
        """Return what came of the buckets up to one since it was the newest, and those behind it.

        Of more than it has patience for only the newest.
        """
        with self._making:
            last = self.last_seq or 0
            came = [one for one in self._came if one.behind >= seq >= one.seq]
            again = {one.seq for one in came if one.is_again}
            rest = {one.seq for one in came} - again
            parts: list[Making] = [partial(self.revision, one) for one in sorted(again)]
            parts += [partial(self.rest, one) for one in sorted(rest)]
            if last - seq > patience:
                parts.append(partial(_skip, seq + 1, last - 1))
                seq = last - 1
            parts += [partial(self.events, one) for one in range(seq + 1, last + 1)]
            return Lacking(parts, last)

    def _show(self) -> None:
        """Let clients ask for what came; before it is told, they would have it twice."""
        if self._newest:
            self.first_seq, self.last_seq = 1, self._newest

    def _take(self, lines: list[Line], *, is_told: bool = False) -> list[Event]:
        events: list[Event] = []
        shown = [one for one in lines if one.key[1] in SHOWN]
        for first in range(0, len(shown), AT_ONCE):
            some = shown[first : first + AT_ONCE]
            with self._making:
                self._arriving.take(some)
                for line in some:
                    told = self._heed(line)
                    events += told() if is_told else []
        self._note_age(lines[-1])
        return events

    def _heed(self, line: Line) -> Callable[[], list[Event]]:
        """Take note of a group of a bucket; return what makes the events to tell of it."""
        seq, group = line.key
        is_again = line.key in self._stood or (seq, OPTIONS) in self._stood
        self._stood.add(line.key)
        if group == BOOK:
            self._newest = max(seq, self._newest)
        if (seq, OPTIONS) in self._stood:
            self._decide(seq)
        self._events.pop(seq, None)
        self._changes += 1
        if group == BOOK and not is_again:
            return lambda: self.events(seq)[:1]
        self._came.append(_Came(self._newest, seq, is_again))
        return partial(self.revision if is_again else self.rest, seq)

    def _decide(self, seq: int) -> None:
        touches, forecasts, cards = self._arriving.decided(seq)
        starts = {row["neighbour_session"]: None for row in cards}
        known = {day: self._start_of(day) for day in starts}
        made = past.events(self.frames, past.decided(touches, forecasts, cards), known)
        self.analogs.pop(seq, None)
        if seq in made:
            self.analogs[seq] = made[seq]

    def _start_of(self, day: date) -> datetime:
        start, end = (clock.fromisoformat(text) for text in self._known["window"])
        start_ns, _ = window_ns(day, start, end, ZoneInfo(self._known["timezone"]))
        return from_ns(start_ns).replace(tzinfo=None)

    def _note_age(self, line: Line) -> None:
        """Take note of how old the newest bucket is, by the clock of who sent the last line.

        That may be of one long before, which is sent again.
        """
        since_end_s = (self._newest - line.key[0]) * BUCKET_S
        behind_ns = line.said["clock"] - line.said["bucket_end"] - since_end_s * NS_PER_SECOND
        since_ns = max(time.time_ns() - line.said["sent_at"], 0)
        self._age_s, self._heard_at = (behind_ns + since_ns) / NS_PER_SECOND, time.monotonic()

    def _refresh(self) -> None:
        """Take what else is known of the session by now."""
        if (self._folder / KNOWN).stat().st_mtime_ns != self._written_ns:
            self.greeting = greeting(*self._read_known())

    def _read_known(self) -> tuple[dict[str, Any], Promises]:
        path = self._folder / KNOWN
        self._written_ns = path.stat().st_mtime_ns
        self._known = said = json.loads(path.read_text(encoding="utf-8"))
        return about_of(said), {
            relation: {name: Column(name, *rest) for name, *rest in columns}
            for relation, columns in said["columns"].items()
        }


def _skip(first: int, last: int) -> list[Skip]:
    return [Skip(first, last)]


def about_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was written of a session, its times as times."""
    times = {name: _time(said[name]) for name in ("window_start", "window_end")}
    levels = [
        {**row, **{name: _time(row[name]) for name in ("known_at", "valid_to")}}
        for row in said["levels"]
    ]
    return {**said, **times, "levels": levels, "session": date.fromisoformat(said["session"])}


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
