"""Where a client is in a session: it has a place and no queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from spymaster.stream.events import Event


@dataclass(frozen=True)
class Skip:
    """Buckets that a client is too slow for."""

    first: int
    last: int


Item = Event | Skip


class Cursor(Protocol):
    """What a client is sent next, and when."""

    async def take(self, now: float) -> list[Item]:
        """Return what is due at a time of the loop's clock, and go past it.

        What has to be made for it is made in a thread: the loop has others to serve meanwhile.
        """

    def wait_s(self, now: float) -> float:
        """Return how long nothing will be due, as far as it is known."""

    @property
    def is_over(self) -> bool:
        """Whether nothing will ever come."""
