"""The newest events of a session that goes on: one ring for all clients, each a cursor into it.

A client that does not read costs nothing but its place. What the ring has dropped before one read
it has to come from elsewhere: see ``catching_up``.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque

from spymaster.stream.cursor import Item
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
        """Return the event at a place.

        Raises
        ------
        LookupError
            If it is not kept.
        """
        if place < self.first:
            raise LookupError(f"place {place}: the ring begins with {self.first}")
        return self._events[place - self.first]

    def _wake(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


class RingCursor:
    """A client's place in a ring: it is sent what comes from now on.

    Parameters
    ----------
    seq : int
        The last bucket that the client has.
    """

    def __init__(self, ring: Ring, seq: int) -> None:
        self._ring = ring
        self._place = ring.end
        self.seq = seq
        """The last bucket that was sent."""

    @property
    def is_overtaken(self) -> bool:
        """Whether events that it was not sent are gone: nothing can be taken any more."""
        return self._place < self._ring.first

    async def take(self, now: float) -> list[Item]:
        """Return the next event.

        Raises
        ------
        LookupError
            If it is gone.
        """
        if self._place >= self._ring.end:
            return []
        event = self._ring.at(self._place)
        self._place += 1
        if event.kind == "bucket":  # what is told of others may be long past
            self.seq = max(self.seq, event.seq)
        return [event]

    def wait_s(self, now: float) -> float:
        """Return 0 where something is there; else only the ring knows when."""
        return 0 if self._place < self._ring.end else math.inf

    @property
    def is_over(self) -> bool:
        """Whether the ring is closed and all of it was sent."""
        return self._ring.is_closed and self._place >= self._ring.end
