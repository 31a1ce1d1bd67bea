"""The server beside a program that has something else to do: a process of its own.

It takes no time from that program, ends with it however that ends, and starts again if it dies.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

from spymaster.errors import SpymasterError, UsageError
from spymaster.settings import Settings
from spymaster.stream.access import Access
from spymaster.stream.saying import say

_spawn = get_context("spawn")  # a fork would copy DuckDB's locks without their threads
AGAIN_SECONDS, END_SECONDS = 1.0, 3.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class Served:
    """What is served: a session that goes on."""

    settings: Settings
    session: date
    access: Access
    port: int


@contextmanager
def beside(served: Served, say: Say) -> Iterator[None]:
    """Serve a session that goes on, while the block lasts.

    Parameters
    ----------
    say : callable
        Told where the server died.
    """
    keeper = _Keeper(served, say)
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


class _Keeper(threading.Thread):
    """Sees to it that the server runs; most of the time it waits for its end."""

    def __init__(self, served: Served, say: Say) -> None:
        super().__init__(name="server", daemon=True)
        self._served, self._say = served, say
        self._stopping = threading.Event()
        self._process: BaseProcess | None = None

    def run(self) -> None:
        while not self._stopping.is_set():
            process = _spawn.Process(target=_serve, args=(self._served,), daemon=True)
            process.start()
            self._process = process
            if self._stopping.is_set():
                process.terminate()
            process.join()
            if process.exitcode in (0, UsageError.exit_code):
                return  # told to end, or it has said what is wrong
            if not self._stopping.is_set():
                self._say(f"the server ended with {process.exitcode}: another one starts")
                self._stopping.wait(AGAIN_SECONDS)

    def stop(self) -> None:
        """End the server."""
        self._stopping.set()
        if self._process is not None:
            self._process.terminate()
        self.join(END_SECONDS)


def _serve(served: Served) -> None:
    from spymaster.stream.serving import serve_sessions

    try:
        serve_sessions(
            served.settings,
            is_live=True,
            session=served.session,
            speed="1",
            access=served.access,
            port=served.port,
            started=lambda address: say(f"serving {address} while the session goes on"),
        )
    except SpymasterError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
