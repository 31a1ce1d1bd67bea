"""The endpoints below ``/api``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import web

from spymaster.errors import SpymasterError, UsageError
from spymaster.stream.access import refusal
from spymaster.stream.asked import seq_of, speed_of
from spymaster.stream.events import CLOSING, Place, encode, opening, wire
from spymaster.stream.page import SCHEMA
from spymaster.stream.pump import Pump, cut
from spymaster.stream.shows import Library, NotYetError, Start

MAX_CLIENTS = 64
THREADS = 2 * MAX_CLIENTS
"""So that no client waits for what is made for another: one for each, the rest for requests."""
RETRY_MS = 1000
"""How long a browser waits before it comes back."""
NO_STORE = {"Cache-Control": "no-store"}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Api:
    """The endpoints of one server."""

    library: Library
    speed: float | None
    """Of clients that name none."""
    stopping: asyncio.Event
    clients: set[int] = field(default_factory=set)

    def routes(self) -> list[web.RouteDef]:
        """Return where each endpoint stands."""
        return [
            web.get("/api/sessions", said(self.sessions)),
            web.get("/api/hello", said(self.hello)),
            web.get("/api/stream", said(self.stream)),
            web.get("/api/buckets", said(self.buckets)),
            web.get("/api/history", said(self.history)),
            web.get("/api/schema", said(self.schema)),
            web.get("/healthz", said(self.healthz)),
        ]

    async def sessions(self, request: web.Request) -> web.StreamResponse:
        """List the sessions, newest first."""
        return _json(encode_list(self.library.listed()))

    async def hello(self, request: web.Request) -> web.StreamResponse:
        """Say what a session is, without a stream."""
        show = await self.library.show(request.query.get("session"))
        return _json(encode(show.hello(self._speed(request))))

    async def schema(self, request: web.Request) -> web.StreamResponse:
        """Give the contract."""
        return web.FileResponse(SCHEMA)

    async def healthz(self, request: web.Request) -> web.StreamResponse:
        """Say that the server answers, and how many listen."""
        return _json(encode({"clients": len(self.clients), "max_clients": MAX_CLIENTS}))

    async def history(self, request: web.Request) -> web.StreamResponse:
        """Give a relation of a session, exact, as an Arrow stream."""
        relation = request.query.get("relation", "")
        body = await self.library.history(request.query.get("session"), relation)
        kind = "application/vnd.apache.arrow.stream"
        return web.Response(body=body, content_type=kind, headers=NO_STORE)

    async def buckets(self, request: web.Request) -> web.StreamResponse:
        """Give the events of some buckets, a message a line, the bytes of the stream."""
        show = await self.library.show(request.query.get("session"))
        first = seq_of(request.query, "from") or show.first_seq or 1
        last = min(seq_of(request.query, "to") or show.last_seq or 0, show.last_seq or 0)
        response = web.StreamResponse(headers=NO_STORE)
        response.content_type = "application/x-ndjson"
        await response.prepare(request)
        pump = Pump(response, show, self.stopping)
        try:
            await pump.send_lines(range(max(first, show.first_seq or 1), last + 1))
        except TimeoutError:
            cut(request)
        return response

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Send a session's events as they are due."""
        if len(self.clients) >= MAX_CLIENTS:
            return refusal(503, f"{MAX_CLIENTS} clients are connected, no more are taken")
        speed, seq = self._speed(request), seq_of(request.query, "from")
        response = web.StreamResponse(headers=NO_STORE)
        response.content_type = "text/event-stream"
        self.clients.add(id(response))  # before a session is read: others come meanwhile
        try:
            await self.library.show(request.query.get("session"))  # or say no, before it begins
            await response.prepare(request)
            with suppress(ConnectionError, SpymasterError):  # who comes back is told
                await self._run(request, response, Start(seq or 0, speed))
        except TimeoutError:
            cut(request)
        finally:
            self.clients.discard(id(response))
        return response

    async def _run(self, request: web.Request, response: web.StreamResponse, start: Start) -> None:
        """Send a session, and when it is built anew, that from where the client is."""
        show = await self.library.show(request.query.get("session"))
        pump = Pump(response, show, self.stopping)
        await pump.send(b"retry: %d\n\n" % RETRY_MS)
        await pump.send(wire("hello", encode(show.hello(start.speed))))
        place = Place.parse(request.headers.get("Last-Event-ID", ""))
        if place is None or place.session != show.session:
            await self._snapshot(pump, start.seq or show.opening_seq)
        elif place.build == show.build:
            pump.seq = min(place.seq, show.last_seq or 0)
        else:
            await self._reset(pump, place.build, place.seq)
        while not self.stopping.is_set():
            now = asyncio.get_running_loop().time()
            await pump.run(pump.show.cursor(Start(pump.seq, start.speed), now))
            if pump.show.retired.is_set():
                await self._turn(pump, request.query.get("session"), start)

    async def _turn(self, pump: Pump, asked: str | None, start: Start) -> None:
        """Go on with what has taken the place of a session."""
        old = pump.show
        pump.show = await pump.awaited(self.library.next(old, asked), pump.seq)
        await pump.send(wire("hello", encode(pump.show.hello(start.speed))))
        if pump.show.session == old.session:
            await self._reset(pump, old.build, pump.seq)
        else:
            await self._snapshot(pump, pump.show.opening_seq)

    async def _reset(self, pump: Pump, old: str, seq: int) -> None:
        """Tell a client to forget what it has, and send the same anew."""
        builds = {"old_build": old, "new_build": pump.show.build}
        said = encode({"type": "reset", "session": pump.show.session, **builds})
        await pump.send(wire("reset", said))
        await self._snapshot(pump, seq)

    async def _snapshot(self, pump: Pump, seq: int) -> None:
        """Send the past up to a bucket."""
        show = pump.show
        pump.seq = min(seq, show.last_seq or 0)
        # what a client had it has forgotten by now
        data = await pump.awaited(asyncio.to_thread(show.snapshot, pump.seq), 0)
        head = opening("snapshot", Place(show.session, show.build, pump.seq))
        await pump.send(head, data, CLOSING)

    def _speed(self, request: web.Request) -> float | None:
        text = request.query.get("speed")
        return self.speed if text is None else speed_of(text)


def said(handler: Handler) -> Handler:
    """Return a handler that says what is wrong with a request instead of failing."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except NotYetError as error:
            return refusal(503, str(error))
        except UsageError as error:
            return refusal(400, str(error))
        except SpymasterError as error:  # of the catalog, which another may take the place of
            return refusal(503, str(error))

    return answer


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json", headers=NO_STORE)


def encode_list(rows: list[dict[str, str]]) -> bytes:
    """Return rows as a JSON array.

    >>> encode_list([{"session": "2024-03-05"}])
    b'[{"session":"2024-03-05"}]'
    """
    return b"[" + b",".join(map(encode, rows)) + b"]"
