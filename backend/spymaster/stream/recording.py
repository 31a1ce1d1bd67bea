"""A session that is over, as it is streamed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from spymaster.stream import fields
from spymaster.stream.cursor import Cursor
from spymaster.stream.events import Event
from spymaster.stream.frames import Message
from spymaster.stream.reel import Reel
from spymaster.stream.replay import ReplayCursor
from spymaster.stream.shows import Start

LEAD = 24
"""Buckets before price first came to a level, where one who asks for nothing begins."""


@dataclass
class Recording(Reel):
    """A session of the catalog."""

    touched: list[int]
    """Buckets in which price came to a level."""
    retired: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def opening_seq(self) -> int:
        """Two minutes before price comes to a level, the first time that finds a screen full."""
        full = (seq - LEAD for seq in self.touched if seq - LEAD >= fields.SNAPSHOT_BUCKETS)
        return min(next(full, fields.SNAPSHOT_BUCKETS), self.last_seq or 0)

    @property
    def changed(self) -> Callable[[], asyncio.Event | None]:
        """Nothing comes to a session that is over."""
        return lambda: None

    def hello(self, speed: float | None) -> Message:
        """Return the first message of a connection."""
        return {**self.greeting, "speed": speed}

    def cursor(self, start: Start, now: float) -> Cursor:
        """Return a client's place."""
        tape = _Tape(self.last_seq or 0, self.events)
        return ReplayCursor(tape, start.seq, start.speed, now)

    def beat(self, seq: int) -> bytes:
        """Return a heartbeat; a replay is as old as its own clock says, so never behind."""
        return self.beat_of(seq, 0.0, self.book(seq) if seq else "recovering")


@dataclass(frozen=True)
class _Tape:
    last_seq: int
    events: Callable[[int], list[Event]]
