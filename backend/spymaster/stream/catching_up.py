"""A client of a session that goes on: what it lacks first, then what comes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from spymaster.stream.cursor import Item
from spymaster.stream.events import Event
from spymaster.stream.ring import Ring, RingCursor


class CatchingUp:
    """A client's place.

    Parameters
    ----------
    lacking : iterable of callable
        Each makes events that the client lacks of what there is; made when they are sent.
    last_seq : int
        The newest bucket that there is.
    """

    def __init__(
        self, lacking: Iterable[Callable[[], list[Event]]], ring: Ring, last_seq: int
    ) -> None:
        self._lacking = deque(lacking)
        self._coming = RingCursor(ring, last_seq)

    async def take(self, now: float) -> list[Item]:
        """Return what is lacking of one bucket, then what has come."""
        if self._lacking:
            return [*await asyncio.to_thread(self._lacking.popleft())]
        return await self._coming.take(now)

    def wait_s(self, now: float) -> float:
        """Return 0 where something is there; else only the ring knows when."""
        return 0 if self._lacking else self._coming.wait_s(now)

    @property
    def is_over(self) -> bool:
        """Whether nothing is lacking and nothing will come."""
        return not self._lacking and self._coming.is_over
