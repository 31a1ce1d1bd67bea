"""A client of a session that goes on: what it lacks first, then what comes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

from spymaster.stream.cursor import Item
from spymaster.stream.events import Event
from spymaster.stream.ring import Ring, RingCursor


class Source(Protocol):
    """All events of a session so far."""

    def events(self, seq: int) -> list[Event]:
        """Return what is sent of a bucket."""

    def revision(self, seq: int) -> list[Event]:
        """Return what is told of a bucket that was sent again."""


class CatchingUp:
    """A client's place.

    Parameters
    ----------
    after_seq, last_seq : int
        The last bucket that the client has, and the newest that there is.
    again : iterable of int
        Buckets that were sent again since the client had them.
    """

    def __init__(
        self, source: Source, ring: Ring, after_seq: int, last_seq: int, again: Iterable[int]
    ) -> None:
        made: list[Callable[[], list[Event]]] = [
            lambda seq=seq: source.revision(seq)  # type: ignore[misc]
            for seq in again
        ]
        if 0 < after_seq <= last_seq:  # what else it has may have come after it
            made.append(lambda: source.events(after_seq)[1:])
        made += [
            lambda seq=seq: source.events(seq)  # type: ignore[misc]
            for seq in range(after_seq + 1, last_seq + 1)
        ]
        self._lacking = deque(made)
        self._coming = RingCursor(ring, last_seq)

    def take(self, now: float) -> list[Item]:
        """Return what is lacking of one bucket, then what has come."""
        if self._lacking:
            return [*self._lacking.popleft()()]
        return self._coming.take(now)

    def wait_s(self, now: float) -> float:
        """Return 0 where something is there; else only the ring knows when."""
        return 0 if self._lacking else self._coming.wait_s(now)

    @property
    def is_over(self) -> bool:
        """Whether nothing is lacking and nothing will come."""
        return not self._lacking and self._coming.is_over
