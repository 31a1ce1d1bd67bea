"""A client of the stream that comes back wherever it broke off, as browsers do."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import date
from http.client import HTTPException
from typing import Any
from urllib.request import Request, urlopen

from spymaster.settings import Settings
from spymaster.stream import loading
from spymaster.stream.events import encode

AGAIN_SECONDS, PATIENCE_SECONDS = 0.1, 10.0
Frames = dict[tuple[Any, ...], bytes]
"""By kind, number and level."""


class Screen(threading.Thread):
    """What a screen has been sent; what comes twice takes the place of what it had."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self._port, self._place = port, ""
        self.frames: Frames = {}
        self.kinds: list[str] = []
        """Of all events but heartbeats, in order."""
        self.seqs: list[int] = []
        """Of buckets, in order."""
        self.is_closed = False
        self.start()

    def run(self) -> None:
        while not self.is_closed:
            try:
                self._listen()
            except (OSError, HTTPException):
                time.sleep(AGAIN_SECONDS)

    def has(self, kind: str, seq: int) -> bool:
        """Whether it was sent a message of a bucket."""
        return (kind, seq, None) in self.frames

    def _listen(self) -> None:
        headers = {"Last-Event-ID": self._place} if self._place else {}
        request = Request(f"http://127.0.0.1:{self._port}/api/stream", headers=headers)
        with urlopen(request, timeout=PATIENCE_SECONDS) as stream:
            event: dict[str, str] = {}
            for line in stream:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                event[name] = value
                if not name and "data" in event:
                    self._place = event.get("id", self._place)
                    self._take(json.loads(event["data"]))
                event = event if name else {}
                if self.is_closed:
                    return

    def _take(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "heartbeat":
            return
        self.kinds.append(kind)
        if kind == "revise":  # takes back what past setups said; what holds follows
            gone = ("analogs", message["seq"])
            self.frames = {key: one for key, one in self.frames.items() if key[:2] != gone}
        if kind == "bucket":
            self.seqs.append(message["seq"])
        for one in parts(message):
            self.frames[of(one)] = encode(one)


def parts(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the messages of buckets that one holds or is."""
    kind = message["type"]
    if kind == "revise":
        message.pop("reason")
        yield message | {"type": "bucket"}
    elif kind == "snapshot":
        yield from (*message["buckets"], *message["options"], *message["analogs"])
        if message["strikes"]:
            yield message["strikes"]
    elif "seq" in message:
        yield message


def of(message: dict[str, Any]) -> tuple[Any, ...]:
    """Return what tells a message of a bucket from others."""
    return message["type"], message["seq"], message.get("level_id")


def of_the_replay(settings: Settings, session: date) -> Frames:
    """Return every message of a session that a warehouse has."""
    over = loading.load(settings, session, loading.sessions(settings)[session])
    assert over.last_seq
    events = [event for seq in range(1, over.last_seq + 1) for event in over.events(seq)]
    return {of(json.loads(one.data)): one.data for one in events}
