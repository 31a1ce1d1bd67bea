"""The newest events of a session that goes on: one ring for all clients, each a cursor into it.

A client that does not read costs nothing but its place. One that the ring has overtaken is told
which buckets it missed and goes on with the newest.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque

from spymaster.stream.cursor import Item, Skip
from spymaster.stream.events import Event

CAPACITY = 1024
"""Events that are kept: some twenty minutes of them."""


class Ring:
    """The last events of a session, in the order in which they were sent."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._events: deque[Event] = deque(maxlen=capacity)
        self._next = 0
        self.is_closed = False
        self.changed = asyncio.Event()
        """Set at every event, and cleared by nobody but the ring: waiters take the new one."""

    @property
    def first(self) -> int:
        """Place of the oldest event that is kept."""
        return self._next - len(self._events)

    @property
    def end(self) -> int:
        """Place that the next event will have."""
        return self._next

    def append(self, event: Event) -> None:
        """Add an event; called from the loop's own thread."""
        self._events.append(event)
        self._next += 1
        self._wake()

    def close(self) -> None:
        """Let cursors end: nothing will follow."""
        self.is_closed = True
        self._wake()

    def at(self, place: int) -> Event:
        """Return the event at a place that is kept."""
        return self._events[place - self.first]

    def after(self, seq: int) -> int:
        """Return the place behind a bucket, the oldest that is kept where it is gone."""
        for place in range(self.end - 1, self.first - 1, -1):
            event = self.at(place)
            if event.kind == "bucket" and event.seq <= seq:
                return place + 1
        return self.first

    def newest_bucket(self) -> int | None:
        """Return the place of the newest bucket."""
        places = range(self.end - 1, self.first - 1, -1)
        return next((place for place in places if self.at(place).kind == "bucket"), None)

    def _wake(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


class RingCursor:
    """A client's place in a ring."""

    def __init__(self, ring: Ring, after_seq: int) -> None:
        self._ring = ring
        self._place = ring.after(after_seq)
        self._seq = after_seq
        """The last bucket that was sent."""

    async def take(self, now: float) -> list[Item]:
        """Return the next event, or which buckets are gone and then the newest."""
        ring = self._ring
        if self._place >= ring.end:
            return []
        newest = ring.newest_bucket()
        if newest is not None and self._place < ring.first:
            event = ring.at(newest)
            first, last = self._seq + 1, event.seq - 1
            self._place, self._seq = newest + 1, event.seq
            # what was revised may have overtaken it, with no bucket between
            return [*([Skip(first, last)] if first <= last else []), event]
        event = ring.at(max(self._place, ring.first))
        self._place = max(self._place, ring.first) + 1
        self._seq = max(self._seq, event.seq)
        return [event]

    def wait_s(self, now: float) -> float:
        """Return 0 where something is there; else only the ring knows when."""
        return 0 if self._place < self._ring.end else math.inf

    @property
    def is_over(self) -> bool:
        """Whether the ring is closed and all of it was sent."""
        return self._ring.is_closed and self._place >= self._ring.end
