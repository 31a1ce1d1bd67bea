"""What is sent: one event, its bytes the same for everybody."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

PLACE = re.compile(r"(\d{4}-\d\d-\d\d)/([0-9a-f]{8})/(\d{1,9})", re.ASCII)


@dataclass(frozen=True)
class Event:
    """One message of a session, as it is sent."""

    kind: str
    """The event's name, the message's ``type``."""
    seq: int
    """Number of the bucket that it belongs to."""
    data: bytes
    """The message as JSON in one line."""


@dataclass(frozen=True)
class Place:
    """Up to where a client was sent buckets of a build of a session."""

    session: str
    build: str
    seq: int

    def __str__(self) -> str:
        return f"{self.session}/{self.build}/{self.seq}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """Return the place that an id names, nothing where it is none of ours.

        >>> Place.parse("2024-03-05/0a1b2c3d/414").seq
        414
        >>> Place.parse("what") is None
        True
        """
        found = PLACE.fullmatch(text)
        return cls(found[1], found[2], int(found[3])) if found else None


def encode(message: dict[str, Any]) -> bytes:
    """Return a message as JSON in one line; nan is refused, for JSON has none.

    >>> encode({"type": "end", "last_seq": None})
    b'{"type":"end","last_seq":null}'
    """
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


CLOSING = b"\n\n"


def wire(kind: str, data: bytes, place: Place | None = None) -> bytes:
    """Return an event of a stream; with a place, a client that comes back goes on from it.

    Only buckets and snapshots have one: what else a bucket has is sent again after it, which
    changes nothing.

    >>> wire("end", b"{}")
    b'event: end\\ndata: {}\\n\\n'
    """
    return opening(kind, place) + data + CLOSING


def opening(kind: str, place: Place | None = None) -> bytes:
    """Return what stands before the data of an event."""
    name = f"id: {place}\n" if place else ""
    return f"{name}event: {kind}\ndata: ".encode()
