"""What can be streamed: sessions that are over, and the one that goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from spymaster.errors import UsageError
from spymaster.stream.cursor import Cursor
from spymaster.stream.events import Event


@dataclass(frozen=True)
class Start:
    """Where a client begins and how fast it goes."""

    seq: int
    """The last bucket that it has, or that its snapshot ends with."""
    speed: float | None
    """Times real time, 0 to stand still, none as fast as it goes."""


class NotYetError(UsageError):
    """What is asked for will be there, but is not yet."""


class Show(Protocol):
    """One session as it is streamed."""

    @property
    def session(self) -> str:
        """Trading date, such as 2024-03-05."""

    @property
    def build(self) -> str:
        """Eight hex digits of what it was made of."""

    @property
    def first_seq(self) -> int | None:
        """The oldest bucket that can be asked for."""

    @property
    def last_seq(self) -> int | None:
        """The newest."""

    @property
    def opening_seq(self) -> int:
        """Where a client begins that asks for nothing."""

    @property
    def changed(self) -> Callable[[], asyncio.Event | None]:
        """What is set when something comes; nothing in a session that is over."""

    @property
    def retired(self) -> asyncio.Event:
        """Set when the session was built anew and this is no longer it."""

    def hello(self, speed: float | None) -> dict[str, Any]:
        """Return the first message of a connection."""

    def snapshot(self, seq: int) -> bytes:
        """Return the message with the buckets up to one."""

    def events(self, seq: int) -> list[Event]:
        """Return what is sent of a bucket; in any thread, since it may have to be made."""

    def cursor(self, start: Start, now: float) -> Cursor:
        """Return a client's place."""

    def beat(self, seq: int) -> bytes:
        """Return a heartbeat for a client that has a bucket."""


class Library(Protocol):
    """The sessions that a server has."""

    def listed(self) -> list[dict[str, str]]:
        """Return session and mode of each, newest first."""

    async def show(self, session: str | None) -> Show:
        """Return a session, the one that is played by default if none is named.

        Raises
        ------
        UsageError
            If there is none of that name.
        NotYetError
            If there is none yet.
        """

    async def next(self, show: Show, asked: str | None) -> Show:
        """Return what takes the place of a session that is no longer it, for who asked for one.

        Raises
        ------
        NotYetError
            If there is none yet.
        """

    async def history(self, session: str | None, relation: str) -> bytes:
        """Return an allowed relation of a session as an Arrow stream.

        Raises
        ------
        UsageError
            If the relation is not allowed.
        """

    async def follow(self) -> None:
        """Keep up with what is published, as long as the server runs."""
