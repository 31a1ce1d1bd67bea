"""The vendor's live service on loopback: its protocol, its ills, records from files.

As much of the protocol as the official client needs: greeting, challenge and answer, subscriptions,
then DBN: header, symbol mappings, records of the past where asked for, and those that are due. It
differs from the vendor's in that a start before a tape's own snapshot brings that snapshot too.

    python -m live.gateway --speed 20 FILE...    # from the folder tests; prints the port
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import json
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from live.plan import Action
from live.served import Served
from live.tape import Tape, load


@dataclass
class Gateway:
    """A gateway that has a tape.

    Parameters
    ----------
    speed : float
        Seconds of the tape in one of the clock; 0 is as fast as the client takes it.
    refuse, drop, mute : set of int
        Connections whose login is refused, that are closed before it, or to which nothing is said.
    slow_after : float, seconds
        How long the client may take to make room before it is told that it is slow.
    """

    tape: Tape
    speed: float = 0.0
    plan: Sequence[Action] = ()
    refuse: frozenset[int] = frozenset()
    drop: frozenset[int] = frozenset()
    mute: frozenset[int] = frozenset()
    refusal: str = "User has been deactivated or key is unknown"
    slow_after: float = 1.0
    late: int = 0
    """Place on the tape before which all is past when the first connection comes."""
    port: int = 0
    lines: list[tuple[int, str]] = field(default_factory=list)
    """What the client said, by connection."""
    sent: list[int] = field(default_factory=list)
    """Records of the tape that each connection was sent."""
    lost: dict[int, Sequence[int]] = field(default_factory=dict)
    """By connection, places on the tape that the vendor no longer has for it."""
    go: threading.Event = field(default_factory=threading.Event)
    """Set by a test that wants a stalled connection to go on."""
    waiting_since: float | None = None
    """Since when the client makes no room, monotonic s."""
    pieces: list[tuple[int, int]] = field(default_factory=list)
    """Monotonic ns, and place on the tape before which all had been sent then."""
    _began: float | None = None
    _cursor: int = 0
    _server: asyncio.Server | None = None

    def __post_init__(self) -> None:
        self._cursor = self.late

    async def open(self) -> None:
        """Listen; the port stays the same if it is done again."""
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, limit=1 << 20
        )
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Listen no more."""
        assert self._server is not None
        self._server.close()

    def now_ns(self) -> int:
        """Return what the gateway's clock shows."""
        if not self.speed:
            done = min(self._cursor, len(self.tape) - 1)
            return int(self.tape.due_ns[done])
        elapsed = time.monotonic() - (self._began or time.monotonic())
        return int(self.tape.due_ns[self.late]) + int(elapsed * self.speed * 1e9)

    def live_place(self) -> int:
        """Return before which place on the tape all is past."""
        if not self.speed:
            return self._cursor
        return int(np.searchsorted(self.tape.due_ns, self.now_ns(), side="right"))

    def advance(self, place: int) -> None:
        """Take note that all before a place has been sent."""
        self._cursor = max(self._cursor, place)
        self.pieces.append((time.monotonic_ns(), place))

    async def down(self, seconds: float) -> None:
        """Refuse connections for a while."""
        self.close()
        await asyncio.sleep(seconds)
        await self.open()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(self.sent)
        self.sent.append(0)
        with suppress(ConnectionError, asyncio.CancelledError):
            await Served(self, number, reader, writer).run()
        if not writer.transport.is_closing():
            writer.transport.abort()

    def begin(self) -> None:
        """Start the clock, if no connection has."""
        self._began = self._began or time.monotonic()


@contextmanager
def serving(gateway: Gateway) -> Iterator[Gateway]:
    """Serve in a thread while the block lasts."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="gateway", daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(gateway.open(), loop).result()
    try:
        yield gateway
    finally:
        asyncio.run_coroutine_threadsafe(_shut(gateway), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _shut(gateway: Gateway) -> None:
    gateway.close()
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def place_at(tape: Tape, at_ns: int) -> int:
    """Return the first place on a tape that is not past at a time."""
    return min(int(np.searchsorted(tape.due_ns, at_ns)), len(tape) - 1)


def main() -> None:
    """Serve files until killed, or until the process that started this one is gone."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--speed", type=float, default=1.0, help="0 is as fast as possible")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--at", type=int, default=0, help="what the clock shows first, ns")
    parser.add_argument("--plan", default="[]", help="actions as JSON")
    given = parser.parse_args()
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    plan = [Action(**one) for one in json.loads(given.plan)]
    tape = load(given.files)
    late = place_at(tape, given.at)
    asyncio.run(_serve(Gateway(tape, given.speed, plan, late=late, port=given.port)))


async def _serve(gateway: Gateway) -> None:
    await gateway.open()
    sys.stdout.write(f"{gateway.port}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    main()
