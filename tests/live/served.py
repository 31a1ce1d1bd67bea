"""One connection of the stand-in: login, subscriptions, records, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from live import messages
from live.plan import ENDS, KEY, Action
from live.tape import Tape, snapshots

if TYPE_CHECKING:
    from live.gateway import Gateway

CHALLENGE = "t7kNhwj4xqR0QYjzFKtBEG2ec2pXJ4FK"
STEP_SECONDS = 0.001
AT_ONCE = 4096
"""Records sent in one piece at full speed."""
SEND_BUFFER = 1 << 16
HEARTBEAT_NS = 5_000_000_000


class Served:
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
        self._say(messages.metadata(gateway.now_ns()))
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
                self._say(messages.error(now, text, code=4))
        for parent, known in found.items():
            for symbol, number in known.items():
                self._say(messages.mapping(now, parent, symbol, number))
        self._say(
            messages.system(now, f"Subscription request for {one['schema']} succeeded", code=1)
        )

    async def _replay(self, tape: Tape, place: int, starts: dict[str, int]) -> int | None:
        """Send what is asked of the past until that is the present; return where that is."""
        if starts:
            past = tape.select((tape.place < place) & tape.since(starts))
            if not await self._send(past, 0, len(past), is_past=True):
                return None
        while starts and (now := self._gateway.live_place()) > place:  # what became due meanwhile
            first, last = (int(np.searchsorted(tape.place, at)) for at in (place, now))
            if not await self._send(tape, first, last, is_past=True):
                return None
            place = now
        for schema in starts:
            self._say(messages.system(self._gateway.now_ns(), f"Finished {schema} replay", code=3))
        return place

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
                self._say(messages.system(spoke_ns, "Heartbeat", code=0))
                has_ended = True
            if gateway.speed and gateway.now_ns() - spoke_ns >= HEARTBEAT_NS:
                spoke_ns = gateway.now_ns()
                self._say(messages.system(spoke_ns, "Heartbeat", code=0))
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
            self._say(messages.system(self._gateway.now_ns(), "Slow reading", code=2))

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
            self._say(messages.error(self._gateway.now_ns(), action.text, code=action.code))
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
            self._say(messages.error(self._gateway.now_ns(), action.text, code=action.code))
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
        """Send the book as it is before a place."""
        for records in snapshots(tape, place, self._gateway.now_ns()):
            self._say(records.tobytes())

    def _say(self, data: bytes) -> None:
        self._writer.write(data)
