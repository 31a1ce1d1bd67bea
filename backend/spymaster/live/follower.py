"""A capture read while it grows: every record once, in the order in which it came.

Reads what grew, keeps the torn end until the rest of it is there, and joins the connections. A file
is left for the next one when that exists: its writer made it only after it had closed the last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from spymaster.live.events import read_events
from spymaster.live.joining import Channel, Join
from spymaster.live.segments import segment_path
from spymaster.live.watermark import Watermark
from spymaster.live.wire import Kind, Rows, dataset_of, header_bytes, kinds, sort, walk

CHUNK = 1 << 23
"""Bytes read at once; bounds what a late start holds in memory."""
REPLAYED = 3
"""Code of the message that a schema has caught up with the present."""


@dataclass(frozen=True)
class Message:
    """What the vendor said between the records."""

    kind: str
    """``error`` or ``system``."""
    code: int
    text: str
    at_ns: int
    segment: int


@dataclass(frozen=True)
class Mapping:
    """What an instrument id stands for in this session."""

    symbol: str
    parent: str
    """What was asked for, such as ES.FUT."""


@dataclass
class Arrivals:
    """What came since it was last asked."""

    bytes: int = 0
    """How much was read; 0 means that there was nothing."""
    count: int = 0
    """Of records that are new."""
    records: dict[str, Rows] = field(default_factory=dict)
    """By schema, those that are new, as they came."""
    messages: list[Message] = field(default_factory=list)
    joins: list[Join] = field(default_factory=list)


class Follower:
    """Reads one session's capture; a copy of it goes on where it stands.

    Parameters
    ----------
    folder : Path
        Of the capture; may be empty yet.
    schemas : iterable of str
        What is asked for; records of other schemas are passed over.

    Attributes
    ----------
    channels : dict of str to Channel
    watermark : Watermark
        How far the records have come.
    mappings : dict of int to Mapping
        By instrument id, as far as the vendor has said.
    dataset : str
        Of the vendor's; empty before the first file.
    segment : int
        Number of the file that is read, or awaited.
    """

    def __init__(self, folder: Path, schemas: Iterable[str]) -> None:
        self.folder, self.segment = folder, 0
        self._kinds = kinds(schemas)
        self.channels = {
            kind.name: Channel(kind) for kind in self._kinds.values() if kind.is_schema
        }
        self.watermark = Watermark(self.channels)
        self.mappings: dict[int, Mapping] = {}
        self.dataset = ""
        self._offset = 0

    def moved(self, folder: Path) -> Follower:
        """Go on in another process, that finds the capture in a folder; return itself."""
        self.folder = folder
        self.watermark.resume()
        return self

    def poll(self) -> Arrivals:
        """Return what came since, at most some megabytes of it."""
        while True:
            has_next = segment_path(self.folder, self.segment + 1).exists()
            arrived = self._read()
            if arrived.bytes or not has_next:
                return arrived
            self._turn_over()

    def drain(self) -> Arrivals:
        """Return all that is there, the records left out."""
        everything = Arrivals()
        while (arrived := self.poll()).bytes:
            everything.bytes += arrived.bytes
            everything.count += arrived.count
            everything.messages += arrived.messages
            everything.joins += arrived.joins
        return everything

    def _read(self) -> Arrivals:
        path = segment_path(self.folder, self.segment)
        data, begin = self._grown(path), 0
        if self._offset == 0:
            begin = header_bytes(data, str(path)) or 0
            if not begin:
                return Arrivals()
            self.dataset = dataset_of(data[:begin])
            self.watermark.opened(_replayed(self.folder, self.segment))
        starts, end = walk(data, begin)
        arrived = Arrivals(bytes=end)
        if starts:
            for kind, rows in sort(data, starts, self._kinds, str(path)):
                self._take(kind, rows, arrived)
        self._offset += end
        return arrived

    def _grown(self, path: Path) -> bytes:
        try:
            with path.open("rb", buffering=0) as file:
                file.seek(self._offset)
                return file.read(CHUNK)
        except FileNotFoundError:
            return b""

    def _turn_over(self) -> None:
        self.segment += 1
        self._offset = 0
        self.watermark.closed()
        for channel in self.channels.values():
            channel.reopen()

    def _take(self, kind: Kind, rows: Rows, arrived: Arrivals) -> None:
        if kind.is_schema:
            fresh, join = self.channels[kind.name].take(rows)
            arrived.joins += [join] if join else []
            if len(fresh):
                arrived.records[kind.name] = fresh
                arrived.count += len(fresh)
                self.watermark.reach(kind, fresh)
        elif kind.name == "symbol-mapping":
            self._map(kind, rows)
        else:
            arrived.messages += self._heard(kind, rows)

    def _map(self, kind: Kind, rows: Rows) -> None:
        for row in kind.read(rows):
            symbol, parent = row["stype_out_symbol"].decode(), row["stype_in_symbol"].decode()
            self.mappings[int(row["instrument_id"])] = Mapping(symbol, parent)

    def _heard(self, kind: Kind, rows: Rows) -> list[Message]:
        text = "err" if kind.name == "error" else "msg"
        found = [
            Message(
                kind=kind.name,
                code=int(row["code"]),
                text=row[text].decode(errors="replace"),
                at_ns=int(row["ts_event"]),
                segment=self.segment,
            )
            for row in kind.read(rows)
        ]
        for message in found:
            is_replayed = kind.name == "system" and message.code == REPLAYED
            self.watermark.heard(message.at_ns, is_replayed=is_replayed)
        return found


def _replayed(folder: Path, segment: int) -> int:
    """Return of how many schemas a connection asked for records of the past.

    A capture that is killed before it makes the file leaves its number to the next connection.
    """
    opened = [one for one in read_events(folder) if one["event"] == "opened"]
    asked = [one["subscriptions"] for one in opened if one["segment"] == segment]
    return sum(one["start"] is not None for one in asked[-1]) if asked else 0
