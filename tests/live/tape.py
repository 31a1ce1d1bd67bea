"""All that the vendor would send in a session, in the order in which it would send it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spymaster.land.dbn import RECORDS, DbnReader, Records, new_records

F_SNAPSHOT, F_LAST = 32, 128
SNAPSHOT_FLAGS = 40
"""Of every record that restates the book live; the last of them ends the event too."""
FUTURES = (b"F", b"S")
"""Classes of instruments whose parent is that of futures."""
BY_INTERVAL = ("bbo-1s", "bbo-1m")
"""Schemas of which a start means ``ts_recv``."""


@dataclass(frozen=True)
class Part:
    """Records of one schema, in the order in which the vendor received them."""

    schema: str
    records: Records
    symbols: Mapping[str, int]


@dataclass(frozen=True)
class Tape:
    """Records of mixed schemas as one run of bytes; every array has one entry for each record."""

    data: NDArray[np.uint8]
    sizes: NDArray[np.int64]
    due_ns: NDArray[np.int64]
    """When it is sent; never falls."""
    ts_recv: NDArray[np.int64]
    ts_event: NDArray[np.uint64]
    schema: NDArray[np.int8]
    instrument_id: NDArray[np.uint32]
    is_snapshot: NDArray[np.bool_]
    place: NDArray[np.int64]
    """Where in the whole tape."""
    schemas: tuple[str, ...]
    parents: Mapping[str, Mapping[str, int]]
    """By parent, its raw symbols and their instrument ids."""

    def __len__(self) -> int:
        return len(self.sizes)

    @cached_property
    def offsets(self) -> NDArray[np.int64]:
        """(n + 1,) where each record begins, and where the last ends."""
        return np.concatenate([[0], np.cumsum(self.sizes)])

    def bytes(self, first: int, last: int) -> bytes:
        """Return the records from one to before another."""
        return self.data[self.offsets[first] : self.offsets[last]].tobytes()

    def select(self, wanted: NDArray[np.bool_]) -> Tape:
        """Return the tape of some of its records."""
        return replace(
            self,
            data=self.data[np.repeat(wanted, self.sizes)],
            **{
                name: getattr(self, name)[wanted]
                for name in ("sizes", "due_ns", "ts_recv", "ts_event", "schema")
            },
            instrument_id=self.instrument_id[wanted],
            is_snapshot=self.is_snapshot[wanted],
            place=self.place[wanted],
        )

    def of_schema(self, schema: str) -> NDArray[np.bool_]:
        """Return which records are of a schema."""
        if schema not in self.schemas:
            return np.zeros(len(self), np.bool_)
        return self.schema == self.schemas.index(schema)

    def since(self, starts: Mapping[str, int]) -> NDArray[np.bool_]:
        """Return which records come where schemas are asked for from some times on, ns."""
        asked = np.zeros(len(self), np.bool_)
        for schema, start in starts.items():
            by_receipt = self.is_snapshot | (schema in BY_INTERVAL)
            at = np.where(by_receipt, self.ts_recv.astype(np.uint64), self.ts_event)
            asked |= self.of_schema(schema) & (at >= start)
        return asked

    def ids(self, symbols: Iterable[str], stype: str) -> dict[str, dict[str, int]]:
        """Return what each symbol that is known stands for."""
        every = {name: one for known in self.parents.values() for name, one in known.items()}
        found: dict[str, dict[str, int]] = {}
        for symbol in symbols:
            if stype == "parent" and symbol in self.parents:
                found[symbol] = dict(self.parents[symbol])
            elif stype == "raw_symbol" and symbol in every:
                found[symbol] = {symbol: every[symbol]}
        return found


def load(paths: Iterable[Path], root: str = "ES") -> Tape:
    """Return the tape of a session's files."""
    return joined([read(path) for path in paths], root)


def read(path: Path) -> Part:
    """Return the records of a file."""
    with path.open("rb") as handle:
        reader = DbnReader(handle, path.name)
        records = np.concatenate(list(reader.batches()))
    symbols = {one.symbol: int(one.mapped) for one in reader.header.intervals}
    return Part(reader.header.schema, records, symbols)


def joined(
    parts: Sequence[Part], root: str = "ES", delays_ns: Mapping[str, int] | None = None
) -> Tape:
    """Return the tape of some parts, each in its own order.

    Parameters
    ----------
    delays_ns : mapping of schema to ns
        How much later than it was received a record is sent.
    """
    delays = delays_ns or {}
    received = [part.records["ts_recv"].astype(np.int64) for part in parts]
    due = [
        np.maximum.accumulate(times) + delays.get(part.schema, 0)
        for part, times in zip(parts, received, strict=True)
    ]
    order = np.argsort(np.concatenate(due), kind="stable")
    schemas = tuple(dict.fromkeys(part.schema for part in parts))

    def column(name: str) -> NDArray[np.generic]:
        return np.concatenate([part.records[name] for part in parts])[order]

    return Tape(
        **_packed(parts, order),
        due_ns=np.concatenate(due)[order],
        ts_recv=np.concatenate(received)[order],
        ts_event=column("ts_event"),
        schema=_by_record(parts, [schemas.index(part.schema) for part in parts])[order],
        instrument_id=column("instrument_id"),
        is_snapshot=np.concatenate([_snapshot(part) for part in parts])[order],
        place=np.arange(len(order)),
        schemas=schemas,
        parents=_parents(parts, root),
    )


def swapped(records: Records, *, every: int) -> Records:
    """Return records of which some have changed places with the next, as a feed may have it."""
    order = np.arange(len(records))
    first = order[: len(order) - 1 : every]
    order[first], order[first + 1] = first + 1, first.copy()
    return records[order]


def resting(records: Records) -> Records:
    """Return the orders that rest after some records of one instrument, in their priority."""
    book: dict[int, Records] = {}
    for row in records:
        number, action = int(row["order_id"]), row["action"]
        if action == b"R":
            book.clear()
        elif action == b"A" or (action == b"M" and number not in book):
            book[number] = row.copy()
        elif action == b"M":
            has_lost = row["price"] != book[number]["price"] or row["size"] > book[number]["size"]
            changed = book.pop(number) if has_lost else book[number]
            changed["price"], changed["size"] = row["price"], row["size"]
            book[number] = changed
        elif action == b"C" and number in book:
            left = int(book[number]["size"]) - int(row["size"])
            book[number]["size"] = max(left, 0)
            if left <= 0 or not row["size"]:
                del book[number]
    return np.array(list(book.values()), records.dtype)


def snapshots(tape: Tape, place: int, now_ns: int) -> Iterator[Records]:
    """Yield the book of each instrument before a place: a clear, then every order that rests."""
    past = tape.select((tape.place < place) & tape.of_schema("mbo"))
    records = past.data.view(RECORDS["mbo"])
    for number in np.unique(records["instrument_id"]):
        own = resting(records[records["instrument_id"] == number])
        clear = new_records("mbo", 1)
        clear["instrument_id"], clear["action"], clear["side"] = number, b"R", b"N"
        rows = np.concatenate([clear, own])
        rows["action"][1:], rows["flags"] = b"A", SNAPSHOT_FLAGS
        rows["flags"][-1] |= F_LAST
        rows["ts_recv"] = now_ns
        yield rows


def _packed(parts: Sequence[Part], order: NDArray[np.int64]) -> dict[str, NDArray[np.generic]]:
    sizes = _by_record(parts, [part.records.itemsize for part in parts]).astype(np.int64)
    begins = np.empty(len(order), np.int64)
    begins[order] = np.concatenate([[0], np.cumsum(sizes[order])[:-1]])
    data = np.zeros(int(sizes.sum()), np.uint8)
    done = 0
    for part in parts:
        size, count = part.records.itemsize, len(part.records)
        every = np.ndarray((len(data) - size + 1,), f"V{size}", data, strides=(1,))
        every[begins[done : done + count]] = np.ascontiguousarray(part.records).view(f"V{size}")
        done += count
    return {"data": data, "sizes": sizes[order]}


def _by_record(parts: Sequence[Part], values: Sequence[int]) -> NDArray[np.int8]:
    return np.repeat(np.array(values, np.int16), [len(part.records) for part in parts])


def _snapshot(part: Part) -> NDArray[np.bool_]:
    if part.schema != "mbo":
        return np.zeros(len(part.records), np.bool_)
    return (part.records["flags"] & F_SNAPSHOT) != 0


def _parents(parts: Sequence[Part], root: str) -> dict[str, dict[str, int]]:
    """Tell options from futures by their definitions; what has none is a future.

    Each class of options is a parent of its own, as at the vendor: ES.OPT has the quarterly alone.
    """
    classes = dict(option for part in parts for option in _classes(part))
    found: dict[str, dict[str, int]] = {f"{root}.FUT": {}, f"{root}.OPT": {}}
    for part in parts:
        for symbol, number in part.symbols.items():
            found.setdefault(classes.get(number, f"{root}.FUT"), {})[symbol] = number
    return found


def _classes(part: Part) -> Iterator[tuple[int, str]]:
    """Yield the options that a part defines: instrument id and parent."""
    if part.schema == "definition":
        for row in part.records[~np.isin(part.records["instrument_class"], FUTURES)]:
            yield int(row["instrument_id"]), f"{row['asset'].decode()}.OPT"
