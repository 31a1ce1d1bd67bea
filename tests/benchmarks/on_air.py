"""The two programs of ``screen.py``: ``serve WAREHOUSE SECONDS`` and ``listen PORT SECONDS``."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web

from spymaster.settings import Settings
from spymaster.stream.access import Access
from spymaster.stream.library import Shelf
from spymaster.stream.ring import Ring, RingCursor
from spymaster.stream.server import application
from spymaster.stream.shows import Start

CLIENTS, A_SECOND = 50, 4
BUCKET = re.compile(rb"id: [^\n]*/(\d+)\nevent: bucket\n")
GAP = re.compile(rb"event: gap\n")


@dataclass
class OnAir:
    """A recording whose buckets come as if it went on."""

    recording: Any
    ring: Ring
    last_seq: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.recording, name)

    def changed(self) -> asyncio.Event:
        return self.ring.changed

    def cursor(self, start: Start, now: float) -> RingCursor:
        return RingCursor(self.ring, start.seq)


@dataclass
class Studio:
    """The library of one show."""

    show_: OnAir

    def listed(self) -> list[dict[str, str]]:
        return [{"session": self.show_.session, "mode": "live"}]

    async def show(self, session: str | None) -> OnAir:
        return self.show_

    async def next(self, show: OnAir, asked: str | None) -> OnAir:
        return self.show_

    async def history(self, session: str | None, relation: str) -> bytes:
        raise NotImplementedError

    async def follow(self) -> None:
        await asyncio.Event().wait()


async def serve(warehouse: Path, seconds: int) -> None:
    """Send buckets of the newest session to who has come; say port, then when each was there."""
    recording = await Shelf(Settings(warehouse=warehouse)).show(None)
    first = recording.opening_seq
    last = min(first + seconds * A_SECOND, recording.last_seq or 0)
    # what is made of tables is another matter than sending
    tape = {seq: recording.events(seq) for seq in range(1, last + 1)}
    ring, stopping = Ring(), asyncio.Event()
    app = application(
        Studio(OnAir(recording, ring, first)), Access("127.0.0.1"), speed=1.0, stopping=stopping
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    at: dict[int, float] = {}
    began = time.time()
    for seq in range(first + 1, last + 1):
        await asyncio.sleep(began + (seq - first) / A_SECOND - time.time())
        at[seq] = time.time()
        for event in tape[seq]:
            ring.append(event)
    await asyncio.sleep(2)
    sizes = [len(event.data) for seq in at for event in tape[seq] if event.kind == "bucket"]
    events = sum(len(tape[seq]) for seq in at)
    kept = sum(len(event.data) for seq in list(tape)[-1024:] for event in tape[seq])
    print(json.dumps({"at": at, "sizes": sizes, "events": events, "ring": kept}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    stopping.set()
    await runner.cleanup()


@dataclass
class Heard:
    """What all clients got."""

    got: list[tuple[int, float]] = field(default_factory=list)
    gaps: int = 0


async def listen(port: int, seconds: int) -> None:
    """Listen as 50 clients, and as one that never reads; say ``ready``, then what came when."""
    heard, ready = Heard(), [asyncio.Event() for _ in range(CLIENTS)]
    async with ClientSession(f"http://127.0.0.1:{port}", read_bufsize=1 << 20) as session:
        tasks = [asyncio.create_task(_client(session, heard, one)) for one in ready]
        async with session.get("/api/stream"):
            await asyncio.gather(*(one.wait() for one in ready))
            print("ready", flush=True)
            await asyncio.sleep(seconds + 3)
        for task in tasks:
            task.cancel()
    print(json.dumps({"got": heard.got, "gaps": heard.gaps}), flush=True)


async def _client(session: ClientSession, heard: Heard, ready: asyncio.Event) -> None:
    async with session.get("/api/stream") as response:
        rest = b""
        async for block in response.content.iter_any():
            *whole, rest = (rest + block).split(b"\n\n")
            now = time.time()
            for event in whole:
                if found := BUCKET.match(event + b"\n"):
                    heard.got.append((int(found[1]), now))
                heard.gaps += bool(GAP.match(event))
                if event.startswith(b"event: heartbeat"):
                    ready.set()


if __name__ == "__main__":
    what, where, for_s = sys.argv[1:]
    if what == "serve":
        asyncio.run(serve(Path(where), int(for_s)))
    else:
        asyncio.run(listen(int(where), int(for_s)))
