"""The messages of a session in memory, as they are streamed: made once, the same for everybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock, RLock
from typing import Any

from spymaster.stream import fields
from spymaster.stream.events import Event, encode
from spymaster.stream.frames import Frames, Message, clock
from spymaster.stream.option_frames import options, strikes


@dataclass
class Reel:
    """A session's messages by bucket."""

    session: str
    build: str
    frames: Frames
    greeting: Message
    """What hello says, but for the speed."""
    analogs: dict[int, list[Message]]
    """Of the past, by the bucket in which they are known."""
    first_seq: int | None
    last_seq: int | None
    _events: dict[int, list[Event]] = field(default_factory=dict, init=False)
    _snapshot: tuple[tuple[int, int], bytes] = field(default=((-1, 0), b""), init=False)
    _changes: int = field(default=0, init=False)
    """How often something came."""
    _making: RLock = field(default_factory=RLock, init=False)
    _joining: Lock = field(default_factory=Lock, init=False)

    def events(self, seq: int) -> list[Event]:
        """Return what is sent of a bucket."""
        with self._making:
            if seq not in self._events:
                messages = self.messages(seq)
                self._events[seq] = [Event(one["type"], seq, encode(one)) for one in messages]
            return self._events[seq]

    def messages(self, seq: int) -> list[Message]:
        """Return the messages of a bucket, in the order in which they are sent."""
        bucket = self.frames.bucket(seq)
        return [bucket, *self.option_messages(seq)]

    def option_messages(self, seq: int) -> list[Message]:
        """Return those that follow when its options are there."""
        return [options(self.frames, seq), strikes(self.frames, seq), *self.analogs.get(seq, [])]

    def snapshot(self, seq: int) -> bytes:
        """Return the message with the buckets up to one, their bytes those of the stream.

        The last one is kept: who comes together shares its 3 MB.
        """
        with self._joining:
            if self._snapshot[0] != (seq, self._changes):
                key = seq, self._changes  # what comes meanwhile is not surely in it
                self._snapshot = key, self._snapshot_of(seq)
            return self._snapshot[1]

    def _snapshot_of(self, seq: int) -> bytes:
        first = max(seq - fields.SNAPSHOT_BUCKETS + 1, self.first_seq or 1)
        shown = [event for at in range(first, seq + 1) for event in self.events(at)]
        kinds = {kind: [e.data for e in shown if e.kind == kind] for kind in ("bucket", "options")}
        gamma = next((e.data for e in reversed(shown) if e.kind == "strikes"), b"null")
        head = encode({"type": "snapshot", "session": self.session, "build": self.build})[:-1]
        return b"".join(
            (
                head,
                b',"buckets":[' + b",".join(kinds["bucket"]),
                b'],"options":[' + b",".join(kinds["options"]),
                b'],"strikes":' + gamma,
                b',"analogs":[' + b",".join(map(encode, self._known_analogs(seq))) + b"]}",
            )
        )

    def _known_analogs(self, seq: int) -> list[Message]:
        """Return the last of each level so far."""
        last: dict[Any, Message] = {}
        with self._making:
            for at in sorted(self.analogs):
                if at <= seq:
                    last |= {one["level_id"]: one for one in self.analogs[at]}
        return list(last.values())

    def beat_of(self, seq: int, behind_s: float, book: str | None) -> bytes:
        """Return a heartbeat for a client that has a bucket; without one the book is stale."""
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        return encode(
            {
                "type": "heartbeat",
                "session": self.session,
                "emitted_at": clock(now),
                "data_through": clock(self.frames.end_of(seq)) if seq else None,
                "behind_s": behind_s,
                "book": book or "stale",
            }
        )

    def book(self, seq: int) -> str | None:
        """Return what was known of the book in a bucket."""
        found: str | None = next(iter(self.frames.tables["quality"].column("book", seq)), None)
        return found
