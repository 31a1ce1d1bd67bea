"""Sessions of made-up events, for what does not care what they say."""

import asyncio
import json
import threading
from dataclasses import dataclass, field

from spymaster.errors import UsageError
from spymaster.stream.events import Event, encode
from spymaster.stream.replay import ReplayCursor
from spymaster.stream.shows import Start


@dataclass
class MadeUp:
    """A show whose buckets say only their number and something to fill them."""

    last_seq: int = 60
    build: str = "0a1b2c3d"
    fill: int = 10
    session: str = "2024-03-05"
    first_seq: int = 1
    opening_seq: int = 20
    retired: asyncio.Event = field(default_factory=asyncio.Event)

    def changed(self):
        return None

    def hello(self, speed):
        return {"type": "hello", "session": self.session, "build": self.build, "speed": speed}

    def snapshot(self, seq):
        buckets = [json.loads(self.events(at)[0].data) for at in range(max(1, seq - 4), seq + 1)]
        return encode({"type": "snapshot", "buckets": buckets})

    def events(self, seq):
        said = {"seq": seq, "build": self.build, "fill": "x" * self.fill}
        return [Event(kind, seq, encode({"type": kind, **said})) for kind in ("bucket", "options")]

    def cursor(self, start: Start, now):
        return ReplayCursor(self, start.seq, start.speed, now)

    def beat(self, seq):
        return encode({"type": "heartbeat", "seq": seq})


@dataclass
class Held(MadeUp):
    """One whose buckets past the opening are made once somebody lets them."""

    wanted: threading.Event = field(default_factory=threading.Event)
    let: threading.Event = field(default_factory=threading.Event)
    was_let: bool = True

    def events(self, seq):
        if seq > self.opening_seq:
            self.wanted.set()
            if not self.let.wait(3):
                self.was_let = False
                self.let.set()
        return super().events(seq)


@dataclass
class SlowPast(MadeUp):
    """One whose past is made once somebody lets it."""

    let: threading.Event = field(default_factory=threading.Event)
    n_beats: int = 0

    def snapshot(self, seq):
        assert self.let.wait(20)
        return super().snapshot(seq)

    def beat(self, seq):
        self.n_beats += 1
        return super().beat(seq)


@dataclass
class Shelf:
    """A library of one show."""

    one: MadeUp = field(default_factory=MadeUp)

    def listed(self):
        return [{"session": self.one.session, "mode": "replay"}]

    async def show(self, session):
        if session not in (None, self.one.session):
            raise UsageError(f"session {session}: there is only {self.one.session}")
        return self.one

    async def next(self, show, asked):
        return await self.show(show.session)

    async def history(self, session, relation):
        raise UsageError(f"relation {relation}: not allowed")

    async def follow(self):
        await asyncio.Event().wait()
