"""A client of a session that goes on: what it lacks first, then what comes.

Many buckets may be revised at once, more than the ring holds. A client that it has overtaken lacks
events as one does that comes back, and is sent them the same way.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from spymaster.stream.cursor import Item
from spymaster.stream.replay import PATIENCE
from spymaster.stream.ring import Ring, RingCursor

Making = Callable[[], Sequence[Item]]


class Lacking(NamedTuple):
    """What a client has to be sent."""

    parts: Iterable[Making]
    """Each makes some of it, when it is sent."""
    last_seq: int
    """The newest bucket, with which it ends."""


class CatchingUp:
    """A client's place.

    Parameters
    ----------
    lacks : callable
        Says what a client lacks by now, by the last bucket that it has, and how many buckets it may
        lack before it is sent the newest only.
    seq : int
        The last bucket that the client has.
    """

    def __init__(self, lacks: Callable[[int, float], Lacking], ring: Ring, seq: int) -> None:
        self._lacks, self._ring = lacks, ring
        self._begin(seq, math.inf)

    async def take(self, now: float) -> list[Item]:
        """Return what is lacking of one bucket, then what has come."""
        if not self._lacking and self._coming.is_overtaken:
            self._begin(self._coming.seq, PATIENCE)
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

    def _begin(self, seq: int, patience: float) -> None:
        parts, last = self._lacks(seq, patience)
        self._lacking = deque(parts)
        self._coming = RingCursor(self._ring, last)
