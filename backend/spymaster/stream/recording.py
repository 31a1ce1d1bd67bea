"""A session that is over, in memory, as it is streamed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from spymaster.stream import fields
from spymaster.stream.cursor import Cursor
from spymaster.stream.events import Event, encode
from spymaster.stream.frames import Frames, Message, clock
from spymaster.stream.option_frames import options, strikes
from spymaster.stream.replay import ReplayCursor
from spymaster.stream.shows import Start

LEAD = 24
"""Buckets before price first came to a level, where one who asks for nothing begins."""


@dataclass
class Recording:
    """A session of the catalog; its bytes are made once and are the same for everybody."""

    session: str
    build: str
    frames: Frames
    greeting: Message
    """What hello says, but for the speed."""
    analogs: dict[int, list[Message]]
    """Of the past, by the bucket in which they are known."""
    first_seq: int | None
    last_seq: int | None
    retired: asyncio.Event = field(default_factory=asyncio.Event)
    _events: dict[int, list[Event]] = field(default_factory=dict)
    _snapshot: tuple[int, bytes] = (-1, b"")
    _making: Lock = field(default_factory=Lock)

    @property
    def opening_seq(self) -> int:
        """Two minutes before price comes to a level, the first time that finds a screen full."""
        leads = [seq - LEAD for (seq,) in self.frames.tables["touches"].rows]
        full = (seq for seq in leads if seq >= fields.SNAPSHOT_BUCKETS)
        return min(next(full, fields.SNAPSHOT_BUCKETS), self.last_seq or 0)

    @property
    def changed(self) -> Callable[[], asyncio.Event | None]:
        """Nothing comes to a session that is over."""
        return lambda: None

    def hello(self, speed: float | None) -> Message:
        """Return the first message of a connection."""
        return {**self.greeting, "speed": speed}

    def snapshot(self, seq: int) -> bytes:
        """Return the message with the buckets up to one, their bytes those of the stream.

        The last one is kept: who comes together shares its 3 MB.
        """
        with self._making:
            if self._snapshot[0] != seq:
                self._snapshot = seq, self._snapshot_of(seq)
            return self._snapshot[1]

    def _snapshot_of(self, seq: int) -> bytes:
        first = max(seq - fields.SNAPSHOT_BUCKETS + 1, self.first_seq or 1)
        shown = [event for at in range(first, seq + 1) for event in self.events(at)]
        kinds = {kind: [e.data for e in shown if e.kind == kind] for kind in ("bucket", "options")}
        gamma = next((e.data for e in reversed(shown) if e.kind == "strikes"), b"null")
        head = encode({"type": "snapshot", "session": self.session, "build": self.build})[:-1]
        return b"".join(
            (
                head,
                b',"buckets":[' + b",".join(kinds["bucket"]),
                b'],"options":[' + b",".join(kinds["options"]),
                b'],"strikes":' + gamma,
                b',"analogs":[' + b",".join(map(encode, self._known_analogs(seq))) + b"]}",
            )
        )

    def events(self, seq: int) -> list[Event]:
        """Return what is sent of a bucket."""
        if seq not in self._events:
            messages = [self.frames.bucket(seq), options(self.frames, seq)]
            messages += [strikes(self.frames, seq), *self.analogs.get(seq, [])]
            self._events[seq] = [Event(one["type"], seq, encode(one)) for one in messages]
        return self._events[seq]

    def cursor(self, start: Start, now: float) -> Cursor:
        """Return a client's place."""
        tape = _Tape(self.last_seq or 0, self.events)
        return ReplayCursor(tape, start.seq, start.speed, now)

    def beat(self, seq: int) -> bytes:
        """Return a heartbeat; a replay is as old as its own clock says, so never behind."""
        book = next(iter(self.frames.tables["quality"].column("book", seq)), None)
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        return encode(
            {
                "type": "heartbeat",
                "session": self.session,
                "emitted_at": clock(now),
                "data_through": clock(self.frames.end_of(seq)) if seq else None,
                "behind_s": 0.0,
                "book": book or "stale",
            }
        )

    def _known_analogs(self, seq: int) -> list[Message]:
        """Return the last of each level so far."""
        last: dict[Any, Message] = {}
        for at in sorted(self.analogs):
            if at <= seq:
                last |= {one["level_id"]: one for one in self.analogs[at]}
        return list(last.values())


@dataclass(frozen=True)
class _Tape:
    last_seq: int
    events: Callable[[int], list[Event]]
