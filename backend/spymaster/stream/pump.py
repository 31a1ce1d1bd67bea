"""Send one client what it is due, with a heartbeat each second and a limit to its silence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import web

from spymaster.stream.cursor import Cursor, Item, Skip
from spymaster.stream.events import Place, encode, wire
from spymaster.stream.shows import Show

BEAT_S = 1.0
WRITE_TIMEOUT_S = 30.0
"""A client that takes nothing for so long is gone."""
BLOCK_BYTES = 1 << 16
TOO_SLOW = "this client reads too slowly"
Made = TypeVar("Made")


@dataclass
class Pump:
    """One connection."""

    response: web.StreamResponse
    show: Show
    stopping: asyncio.Event
    seq: int = 0
    """The last bucket that was sent."""

    async def send(self, *parts: bytes) -> None:
        """Write, and wait until the client has taken enough of what was written before.

        Block by block: what waits for a client is copied, and a snapshot of 3 MB would lie in
        memory once for each of those who come together.

        Raises
        ------
        TimeoutError
            If it takes nothing.
        """
        for part in parts:
            for start in range(0, len(part), BLOCK_BYTES):
                block = memoryview(part)[start : start + BLOCK_BYTES]
                async with asyncio.timeout(WRITE_TIMEOUT_S):
                    await self.response.write(block)

    async def awaited(self, made: Awaitable[Made], seq: int) -> Made:
        """Return what is made or read for the client; heartbeats tell it meanwhile that it waits.

        Parameters
        ----------
        seq : int
            The last bucket that the client has, 0 where it has none.
        """
        making = asyncio.ensure_future(made)
        try:
            while not (await asyncio.wait({making}, timeout=BEAT_S))[0]:
                await self.send(wire("heartbeat", self.show.beat(seq)))
        finally:
            making.cancel()  # of a client that is gone; what is made is past that
        return making.result()

    async def send_lines(self, seqs: Iterable[int]) -> None:
        """Write the messages of some buckets, a message a line.

        Raises
        ------
        TimeoutError
            If the client takes nothing.
        """
        block = bytearray()
        for seq in seqs:
            for event in await asyncio.to_thread(self.show.events, seq):
                block += event.data + b"\n"
            if len(block) > BLOCK_BYTES:
                await self.send(bytes(block))
                block.clear()
        await self.send(bytes(block))

    async def run(self, cursor: Cursor) -> None:
        """Send until the server stops, the session is built anew or the client is gone.

        Past the end of the session it goes on with heartbeats: a browser whose stream is closed
        would come back each second to hear the end again.
        """
        loop = asyncio.get_running_loop()
        next_beat, has_ended = loop.time(), False
        while not (self.stopping.is_set() or self.show.retired.is_set()):
            now = loop.time()
            if now >= next_beat:
                next_beat = now + BEAT_S
                await self.send(wire("heartbeat", self.show.beat(self.seq)))
            # asked for before what is due is taken: what comes between is not slept over
            change = self.show.changed()
            if items := await cursor.take(now):
                await self.send(b"".join(map(self._wire, items)))
            if cursor.is_over and not has_ended:
                has_ended = True
                await self.send(wire("end", self._end()))
            wait = min(cursor.wait_s(now), next_beat - loop.time())
            if wait > 0:
                await _first(wait, self.stopping, self.show.retired, change)

    def _wire(self, item: Item) -> bytes:
        if isinstance(item, Skip):
            gap = {"type": "gap", "session": self.show.session}
            said = encode(gap | {"from": item.first, "to": item.last, "why": TOO_SLOW})
            return wire("gap", said)
        is_place = item.kind == "bucket"
        place = Place(self.show.session, self.show.build, item.seq) if is_place else None
        self.seq = max(self.seq, item.seq)
        return wire(item.kind, item.data, place)

    def _end(self) -> bytes:
        return encode({"type": "end", "session": self.show.session, "last_seq": self.seq or None})


def cut(request: web.Request) -> None:
    """Close a connection without the end of its answer, which would be waited for as well."""
    if request.transport is not None:
        request.transport.abort()


async def _first(seconds: float, *events: asyncio.Event | None) -> None:
    """Wait until one of the events is set, at most for some seconds."""
    waits = [asyncio.ensure_future(event.wait()) for event in events if event is not None]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
            with suppress(asyncio.CancelledError):
                await wait
