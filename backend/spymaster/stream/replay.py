"""Play a session that is over as if it went on, at any speed."""

from __future__ import annotations

import asyncio
import math
from typing import Protocol

from spymaster.stream.cursor import Item, Skip
from spymaster.stream.events import Event
from spymaster.units import BUCKET_S

PATIENCE = 240
"""Buckets that a client may be behind its clock before it is sent the newest only."""


class Tape(Protocol):
    """All events of a session, by bucket."""

    @property
    def last_seq(self) -> int:
        """The last bucket, 0 where there is none."""

    def events(self, seq: int) -> list[Event]:
        """Return what is sent of a bucket; in any thread."""


class ReplayCursor:
    """A client's place in a session that is replayed for it.

    Parameters
    ----------
    after_seq : int
        The last bucket that the client has.
    speed : float, times real time
        0 stands still; none goes as fast as the client reads, and never skips.
    now : float, s
        Of the loop's clock.
    """

    def __init__(self, tape: Tape, after_seq: int, speed: float | None, now: float) -> None:
        self._tape = tape
        self._start, self._seq = after_seq, after_seq
        self._speed = speed
        self._began = now

    async def take(self, now: float) -> list[Item]:
        """Return the events of the next bucket if it is due."""
        if self.is_over or self.wait_s(now) > 0:
            return []
        items: list[Item] = []
        due = self._due_seq(now)
        if due - self._seq > PATIENCE:
            items.append(Skip(self._seq + 1, due - 1))
            self._seq = due - 1
        self._seq += 1
        return [*items, *await asyncio.to_thread(self._tape.events, self._seq)]

    def wait_s(self, now: float) -> float:
        """Return how long until the next bucket is due."""
        if self.is_over or self._speed == 0:
            return math.inf
        if self._speed is None:
            return 0
        due_at = self._began + (self._seq + 1 - self._start) * BUCKET_S / self._speed
        return max(0.0, due_at - now)

    @property
    def is_over(self) -> bool:
        """Whether the last bucket was sent."""
        return self._seq >= self._tape.last_seq

    def _due_seq(self, now: float) -> int:
        """Return the newest bucket that is due."""
        if self._speed is None:
            return self._seq + 1
        passed = int((now - self._began) * self._speed / BUCKET_S)
        return min(self._start + passed, self._tape.last_seq)
