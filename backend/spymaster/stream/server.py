"""The server: one process, one loop, sessions from memory."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import parent_process

from aiohttp import web

from spymaster.errors import UsageError
from spymaster.stream import page
from spymaster.stream.access import Access, add_headers, guard, login
from spymaster.stream.handlers import THREADS, Api
from spymaster.stream.shows import Library

SHUTDOWN_S = 2.0
"""How long connections are waited for; then they are cut."""


def application(
    library: Library, access: Access, *, speed: float | None, stopping: asyncio.Event
) -> web.Application:
    """Return the application: the client at ``/``, the stream below ``/api``."""
    app = web.Application(middlewares=[guard(access)])
    app.on_response_prepare.append(add_headers)
    app.on_startup.append(_take_threads)
    app.cleanup_ctx.append(_following(library, stopping))
    app.router.add_post("/api/login", login(access))
    app.add_routes(Api(library, speed, stopping).routes())
    app.add_routes(page.routes())
    return app


async def serve(
    library: Library,
    access: Access,
    *,
    port: int,
    speed: float | None,
    started: Callable[[str], None],
) -> None:
    """Answer until the process is told to end.

    Parameters
    ----------
    started
        Called with the address once it answers.

    Raises
    ------
    UsageError
        If the port is taken.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    if (parent := parent_process()) is not None:  # ends with who started it, however that ends
        loop.add_reader(parent.sentinel, stopping.set)
    app = application(library, access, speed=speed, stopping=stopping)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        site = web.TCPSite(runner, access.host, port)
        await _listen(site, access.host, port)
        started(_address(runner))
        await stopping.wait()
    finally:
        await runner.cleanup()


async def _take_threads(app: web.Application) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))


def _following(
    library: Library, stopping: asyncio.Event
) -> Callable[[web.Application], AsyncIterator[None]]:
    """Return what has the library keep up while the application runs; which it does not outlive."""

    async def follow(app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(library.follow())
        task.add_done_callback(lambda _: stopping.set())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    return follow


async def _listen(site: web.TCPSite, host: str, port: int) -> None:
    try:
        await site.start()
    except OSError as error:
        raise UsageError(f"{host}:{port}: {error.strerror or error}") from error


def _address(runner: web.AppRunner) -> str:
    host, port = runner.addresses[0][:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
