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
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import databento_dbn
import numpy as np

from live.tape import Tape, load, resting
from spymaster.land.dbn import RECORDS, new_records

KEY = "db-ThisKeyIsForTestsOnly1234567"
CHALLENGE = "t7kNhwj4xqR0QYjzFKtBEG2ec2pXJ4FK"
STEP_SECONDS = 0.001
AT_ONCE = 4096
"""Records sent in one piece at full speed."""
SEND_BUFFER = 1 << 16
HEARTBEAT_NS = 5_000_000_000
SNAPSHOT_FLAGS, F_LAST = 40, 128
BY_INTERVAL = ("bbo-1s", "bbo-1m")
"""Schemas of which a start means ``ts_recv``."""
ENDS = ("fin", "rst", "torn", "torn_fin", "error_fin", "rst_down", "hang")


@dataclass(frozen=True)
class Action:
    """What goes wrong on a connection, once so many of its records have been sent.

    ``fin``, ``rst`` end it between two records, ``torn_fin``, ``torn`` inside one; ``error_fin``
    says an error first; ``rst_down`` also refuses connections for some seconds; ``hang`` says
    nothing more; ``stall`` pauses between two records, for some seconds or until told to go on,
    ``half`` inside one; ``snapshot`` restates the book; ``message`` says an error and goes on.
    """

    connection: int
    kind: str
    after: int = 0
    seconds: float = 0.0
    code: int = 6
    text: str = "internal error"


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
        self._cursor = max(self._cursor, place)
        self.pieces.append((time.monotonic_ns(), place))

    async def down(self, seconds: float) -> None:
        self.close()
        await asyncio.sleep(seconds)
        await self.open()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(self.sent)
        self.sent.append(0)
        with suppress(ConnectionError, asyncio.CancelledError):
            await _Served(self, number, reader, writer).run()
        writer.transport.abort()

    def begin(self) -> None:
        self._began = self._began or time.monotonic()


class _Served:
    """One connection."""

    def __init__(
        self,
        gateway: Gateway,
        number: int,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._gateway, self._number, self._reader, self._writer = gateway, number, reader, writer
        self._subscriptions: list[dict[str, str]] = []
        self._plan = sorted(
            (one for one in gateway.plan if one.connection == number), key=lambda one: one.after
        )
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        writer.transport.set_write_buffer_limits(SEND_BUFFER)
        self._pause_inside = 0.0

    async def run(self) -> None:
        if self._number in self._gateway.drop:
            return
        if self._number in self._gateway.mute:
            await self._reader.read()
            return
        if not await self._log_in() or not await self._subscribe():
            return
        self._gateway.begin()
        if self._plan and (self._plan[0].kind, self._plan[0].after) == ("hang", 0):
            await self._reader.read()
            return
        await self._stream()

    async def _log_in(self) -> bool:
        self._say(f"lsg_version=0.8.0\ncram={CHALLENGE}\n".encode())
        answer = await self._line()
        right = f"{sha256(f'{CHALLENGE}|{KEY}'.encode()).hexdigest()}-{KEY[-5:]}"
        if answer.get("auth") != right or self._number in self._gateway.refuse:
            self._say(f"success=0|error={self._gateway.refusal}\n".encode())
            await self._writer.drain()
            await self._reader.read()
            return False
        self._say(f"success=1|session_id={1000 + self._number}\n".encode())
        return True

    async def _subscribe(self) -> bool:
        while "start_session" not in (line := await self._line()):
            if not line:
                return False
            self._subscriptions.append(line)
        return True

    async def _line(self) -> dict[str, str]:
        line = (await self._reader.readline()).decode().strip()
        self._gateway.lines.append((self._number, line))
        return dict(pair.partition("=")[::2] for pair in line.split("|")) if line else {}

    async def _stream(self) -> None:
        gateway, asked = self._gateway, self._subscriptions
        self._say(_metadata(gateway.now_ns()))
        wanted, starts = np.zeros(len(gateway.tape), np.bool_), {}
        for one in asked:
            found = gateway.tape.ids(one["symbols"].split(","), one["stype_in"])
            ids = [number for known in found.values() for number in known.values()]
            wanted |= gateway.tape.of_schema(one["schema"]) & np.isin(
                gateway.tape.instrument_id, ids
            )
            self._acknowledge(one, found)
            if "start" in one:
                starts[one["schema"]] = int(one["start"])
        wanted[list(gateway.lost.get(self._number, []))] = False
        snapshots = [one for one in asked if one.get("snapshot") == "1"]
        tape, place = gateway.tape.select(wanted), gateway.live_place()
        if snapshots:
            self._restate(tape, place)
        place = await self._replay(tape, place, starts)
        if place is not None:
            await self._go_on(tape, place)

    def _acknowledge(self, one: dict[str, str], found: dict[str, dict[str, int]]) -> None:
        now = self._gateway.now_ns()
        for symbol in one["symbols"].split(","):
            if symbol not in found:
                text = f"Failed to resolve symbol '{symbol}'"
                self._say(_error(now, text, code=4))
        for parent, known in found.items():
            for symbol, number in known.items():
                self._say(_mapping(now, parent, symbol, number))
        self._say(_system(now, f"Subscription request for {one['schema']} succeeded", code=1))

    async def _replay(self, tape: Tape, place: int, starts: dict[str, int]) -> int | None:
        """Send what is asked of the past until that is the present; return where that is."""
        begin = 0
        while starts and begin < place:
            past = (tape.place >= begin) & (tape.place < place) & self._is_asked(tape, starts)
            part = tape.select(past)
            if not await self._send(part, 0, len(part), is_past=True):
                return None
            begin, place = place, max(place, self._gateway.live_place())
        for schema in starts:
            self._say(_system(self._gateway.now_ns(), f"Finished {schema} replay", code=3))
        return place

    @staticmethod
    def _is_asked(tape: Tape, starts: dict[str, int]) -> np.typing.NDArray[np.bool_]:
        asked = np.zeros(len(tape), np.bool_)
        for schema, start in starts.items():
            by_receipt = tape.is_snapshot | (schema in BY_INTERVAL)
            at = np.where(by_receipt, tape.ts_recv.astype(np.uint64), tape.ts_event)
            asked |= tape.of_schema(schema) & (at >= start)
        return asked

    async def _go_on(self, tape: Tape, place: int) -> None:
        """Send what is due, and heartbeats where nothing is."""
        gateway, at = self._gateway, int(np.searchsorted(tape.place, place))
        has_ended, spoke_ns = False, gateway.now_ns()
        while not self._reader.at_eof():
            due = self._due(tape, at)
            if due > at:
                if not await self._send(tape, at, due):
                    return
                at, spoke_ns = due, gateway.now_ns()
                continue
            if not gateway.speed and not has_ended:
                # the clock goes on after the last record
                gateway.advance(len(gateway.tape))
                spoke_ns = gateway.now_ns() + HEARTBEAT_NS
                self._say(_system(spoke_ns, "Heartbeat", code=0))
                has_ended = True
            if gateway.speed and gateway.now_ns() - spoke_ns >= HEARTBEAT_NS:
                spoke_ns = gateway.now_ns()
                self._say(_system(spoke_ns, "Heartbeat", code=0))
            if not await self._act(tape, at):
                return
            await asyncio.sleep(STEP_SECONDS)

    def _due(self, tape: Tape, at: int) -> int:
        if not self._gateway.speed:
            return min(at + AT_ONCE, len(tape))
        return int(np.searchsorted(tape.due_ns, self._gateway.now_ns(), side="right"))

    async def _send(self, tape: Tape, first: int, last: int, *, is_past: bool = False) -> bool:
        """Send records, and do on the way what is planned; return whether it goes on."""
        while first < last:
            if not await self._act(tape, first):
                return False
            done = self._gateway.sent[self._number]
            until = self._plan[0].after - done + first if self._plan else last
            until = min(last, until, first + AT_ONCE)
            await self._say_slowly(tape.bytes(first, until))
            self._gateway.sent[self._number] += until - first
            if not is_past:
                self._gateway.advance(int(tape.place[until - 1]) + 1)
            await self._drained()
            first = until
        return True

    async def _drained(self) -> None:
        began = self._gateway.waiting_since = time.monotonic()
        await self._writer.drain()
        self._gateway.waiting_since = None
        if time.monotonic() - began > self._gateway.slow_after:
            self._say(_system(self._gateway.now_ns(), "Slow reading", code=2))

    async def _act(self, tape: Tape, at: int) -> bool:
        """Do what is planned for this moment; return whether the connection goes on."""
        while self._plan and self._plan[0].after <= self._gateway.sent[self._number]:
            action = self._plan.pop(0)
            if action.kind in ENDS:
                await self._end(action, tape, at)
                return False
            await self._disturb(action, tape, at)
        return True

    async def _end(self, action: Action, tape: Tape, at: int) -> None:
        if action.kind.startswith("torn"):
            whole = tape.bytes(at, at + 1)
            self._say(whole[: len(whole) // 2])
        if action.kind == "error_fin":
            self._say(_error(self._gateway.now_ns(), action.text, code=action.code))
        await self._writer.drain()
        if action.kind == "hang":
            await self._reader.read()
        elif action.kind in ("fin", "torn_fin", "error_fin"):
            self._writer.close()
            await self._writer.wait_closed()
        else:
            # without lingering a close is a reset
            sock = self._writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._writer.transport.abort()
        if action.kind == "rst_down":
            await self._gateway.down(action.seconds)

    async def _disturb(self, action: Action, tape: Tape, at: int) -> None:
        if action.kind == "snapshot":
            self._restate(tape, int(tape.place[at]))
        elif action.kind == "message":
            self._say(_error(self._gateway.now_ns(), action.text, code=action.code))
        elif action.kind == "stall":
            until = time.monotonic() + action.seconds
            while time.monotonic() < until and not self._gateway.go.is_set():
                await asyncio.sleep(STEP_SECONDS)
        elif action.kind == "half":
            self._pause_inside = action.seconds
        else:
            raise ValueError(action.kind)

    async def _say_slowly(self, data: bytes) -> None:
        """Send records; where that is planned, with a pause inside the first of them."""
        if self._pause_inside:
            self._say(data[:20])
            await self._writer.drain()
            await asyncio.sleep(self._pause_inside)
            data, self._pause_inside = data[20:], 0.0
        self._say(data)

    def _restate(self, tape: Tape, place: int) -> None:
        """Send the book as it is before a place: a clear, then every order that rests."""
        past = tape.select((tape.place < place) & tape.of_schema("mbo"))
        records = past.data.view(RECORDS["mbo"])
        for number in np.unique(records["instrument_id"]):
            own = resting(records[records["instrument_id"] == number])
            clear = new_records("mbo", 1)
            clear["instrument_id"], clear["action"], clear["side"] = number, b"R", b"N"
            rows = np.concatenate([clear, own])
            rows["action"][1:], rows["flags"] = b"A", SNAPSHOT_FLAGS
            rows["flags"][-1] |= F_LAST
            rows["ts_recv"] = self._gateway.now_ns()
            self._say(rows.tobytes())

    def _say(self, data: bytes) -> None:
        self._writer.write(data)


def _metadata(now_ns: int) -> bytes:
    return databento_dbn.Metadata(
        dataset="GLBX.MDP3",
        start=now_ns,
        stype_out=databento_dbn.SType.from_str("instrument_id"),
        stype_in=None,
        schema=None,
        symbols=[],
        partial=[],
        not_found=[],
        mappings=[],
        ts_out=False,
        version=3,
    ).encode()


def _mapping(now_ns: int, parent: str, symbol: str, number: int) -> bytes:
    return bytes(
        databento_dbn.SymbolMappingMsg(
            publisher_id=0,
            instrument_id=number,
            ts_event=now_ns,
            stype_in=databento_dbn.SType.from_str("parent"),
            stype_in_symbol=parent,
            stype_out=databento_dbn.SType.from_str("instrument_id"),
            stype_out_symbol=symbol,
            start_ts=0,
            end_ts=2**64 - 1,
        )
    )


def _system(now_ns: int, text: str, code: int) -> bytes:
    codes = {int(one): one for one in databento_dbn.SystemCode.variants()}
    return bytes(databento_dbn.SystemMsg(now_ns, text, codes[code]))


def _error(now_ns: int, text: str, code: int) -> bytes:
    codes = {int(one): one for one in databento_dbn.ErrorCode.variants()}
    return bytes(databento_dbn.ErrorMsg(now_ns, text, is_last=True, code=codes[code]))


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


def main() -> None:
    """Serve files until killed, or until the process that started this one is gone."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--speed", type=float, default=1.0, help="0 is as fast as possible")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--plan", default="[]", help="actions as JSON")
    given = parser.parse_args()
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    plan = [Action(**one) for one in json.loads(given.plan)]
    asyncio.run(_serve(Gateway(load(given.files), given.speed, plan, port=given.port)))


async def _serve(gateway: Gateway) -> None:
    await gateway.open()
    sys.stdout.write(f"{gateway.port}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    main()
