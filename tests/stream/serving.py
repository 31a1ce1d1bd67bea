"""A server on loopback and clients that read what it sends."""

import asyncio
import json
import re
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from spymaster.stream.access import Access
from spymaster.stream.server import application


@asynccontextmanager
async def serving(library, *, access=None, speed=None):
    """Yield a client session whose addresses are below the server, and the server's stop."""
    stopping = asyncio.Event()
    app = application(library, access or Access("127.0.0.1"), speed=speed, stopping=stopping)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
        try:
            yield client, stopping
        finally:
            stopping.set()
    await runner.cleanup()


async def events(response):
    """Yield kind, id and data of each event of a stream."""
    found = {}
    async for line in _lines(response):
        text = line.decode()
        if text:
            key, _, value = text.partition(": ")
            found[key] = value
        elif "event" in found:
            yield found["event"], found.get("id"), found["data"]
            found = {}
        else:
            found = {}


async def _lines(response):
    """Yield lines however long they are, which the client's own reader refuses."""
    rest = b""
    async for block in response.content.iter_any():
        *lines, rest = (rest + block).split(b"\n") if b"\n" in block else (rest + block,)
        for line in lines:
            yield line


async def until(response, kind):
    """Return the events up to the first of a kind, heartbeats left out."""
    got = []
    async for event in events(response):
        if event[0] != "heartbeat":
            got.append(event)
        if event[0] == kind:
            return got
    return got


def seqs(got):
    return [json.loads(data)["seq"] for kind, _, data in got if kind == "bucket"]


async def bytes_until(response, end):
    """Return what is sent up to a line, heartbeats left out."""
    body = bytearray()
    async for block in response.content.iter_any():
        body += block
        if end in body[-1000:]:
            return re.sub(rb"event: heartbeat\n.*\n\n", b"", bytes(body))
    raise AssertionError(f"the stream ended without {end!r}")
