"""DBN as a capture holds it: records of mixed kinds end to end, the last one maybe torn.

Records are kept as opaque rows of bytes and read as fields only where a field is needed: numpy
copies and picks those ten times as fast as rows with fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spymaster.errors import DataError
from spymaster.land.dbn import (
    LONGEST_HEADER,
    MESSAGE_RTYPES,
    MESSAGES,
    PRELUDE,
    RECORDS,
    RTYPES,
    VERSION,
    Records,
)

Rows = NDArray[np.void]
"""(n,) records of one kind, each as its bytes."""
SHORTEST = 16
"""Bytes that every record begins with: length, rtype, publisher, instrument, ts_event."""
_DATASET = slice(8, 24)
"""Where a header names the dataset, padded with NUL."""
F_SNAPSHOT = 32
MBO = "mbo"


@dataclass(frozen=True)
class Kind:
    """What records of one rtype are in a capture."""

    name: str
    """Vendor schema, or kind of message."""
    layout: np.dtype[np.void]

    @property
    def is_schema(self) -> bool:
        """Whether its records are market data and no message."""
        return self.name in RECORDS

    def read(self, rows: Rows) -> Records:
        """Return rows with their fields; the same memory."""
        return rows.view(self.layout)


def kinds(schemas: Iterable[str]) -> dict[int, Kind]:
    """Return what rtypes mean where these schemas were asked for, messages included.

    Raises
    ------
    ValueError
        If two of them share an rtype: in one session nobody could tell them apart.
    """
    found = {MESSAGE_RTYPES[name]: Kind(name, layout) for name, layout in MESSAGES.items()}
    for schema in schemas:
        rtype = RTYPES[schema]
        if rtype in found:
            raise ValueError(f"{schema} and {found[rtype].name} are both of rtype {rtype}")
        found[rtype] = Kind(schema, RECORDS[schema])
    return found


def header_bytes(data: bytes, name: str) -> int | None:
    """Return how many bytes a capture's header takes; none where it is not all there yet.

    Nothing but zeros is what a power cut may leave where bytes were not yet written.

    Raises
    ------
    DataError
        If it is not the header of a capture; ``name`` is what the message calls the file.
    """
    if not data.strip(b"\0"):
        return None
    if not data.startswith(b"DBN"[: len(data)]):
        raise DataError(f"{name}: not a DBN file: begins with {data[:PRELUDE]!r}")
    if len(data) < PRELUDE:
        return None
    length = int.from_bytes(data[4:PRELUDE], "little")
    if data[3] != VERSION or length > LONGEST_HEADER:
        raise DataError(f"{name}: DBN version {data[3]} with a header of {length} bytes")
    return PRELUDE + length if len(data) >= PRELUDE + length else None


def dataset_of(header: bytes) -> str:
    """Return which dataset a header names."""
    return header[_DATASET].rstrip(b"\0").decode()


def walk(data: bytes, at: int = 0) -> tuple[list[int], int]:
    """Return where whole records begin from ``at`` on, and where the first begins that is not.

    A record's first byte is its length in words. What claims to be shorter than any record ends
    the walk too: zeros, which a power cut may leave where bytes were not yet written.
    """
    found: list[int] = []
    note, end = found.append, len(data)
    while at < end:
        size = data[at] << 2
        if size < SHORTEST or at + size > end:
            break
        note(at)
        at += size
    return found, at


def sort(
    data: bytes, starts: list[int], known: dict[int, Kind], name: str
) -> Iterator[tuple[Kind, Rows]]:
    """Yield the records of each kind that occurs, in their order; of unknown kinds nothing.

    Raises
    ------
    DataError
        If a record is not as long as its kind is.
    """
    octets, at = np.frombuffer(data, np.uint8), np.array(starts, np.int64)
    rtypes = octets[at + 1]
    for rtype in np.flatnonzero(np.bincount(rtypes)).tolist():
        if rtype in known:
            kind, own = known[rtype], at[rtypes == rtype]
            if (wrong := octets[own] != kind.layout.itemsize // 4).any():
                found = 4 * int(octets[own][wrong][0])
                raise DataError(
                    f"{name}: a {kind.name} record of {found} bytes;"
                    f" every one has {kind.layout.itemsize}"
                )
            yield kind, _picked(data, own, kind.layout.itemsize)


def empty(kind: Kind) -> Rows:
    """Return no rows of a kind."""
    return np.empty(0, f"V{kind.layout.itemsize}")


def octets(rows: Rows) -> NDArray[np.uint8]:
    """Return (n,) rows as (n, size) bytes; the same memory."""
    return rows.view(np.uint8).reshape(len(rows), rows.itemsize)


def is_snapshot(kind: Kind, rows: Rows) -> NDArray[np.bool_]:
    """Return which rows restate a resting order and are no event of their own."""
    if kind.name != MBO:
        return np.zeros(len(rows), np.bool_)
    flagged: NDArray[np.bool_] = (kind.read(rows)["flags"] & F_SNAPSHOT) != 0
    return flagged


def received(kind: Kind, rows: Rows) -> NDArray[np.int64]:
    """Return when the vendor received each row, ns since 1970 UTC."""
    fields: Any = kind.read(rows)
    times: NDArray[np.int64] = fields["ts_recv"].astype(np.int64)
    return times


def restated(kind: Kind, rows: Rows, opens_ns: int) -> Records:
    """Return rows with their fields, definitions as of a session's open if they are older.

    The week's definitions come with the times of the week; the vendor's files of a day state those
    in force at its start, dated then, and of earlier dates a session reads nothing.
    """
    records = kind.read(rows)
    if kind.name != "definition":
        return records
    records = records.copy()
    np.maximum(records["ts_recv"], np.uint64(opens_ns), out=records["ts_recv"])
    return records


def chosen_of(records: Records, chosen: NDArray[np.bool_]) -> Records:
    """Pick records; as opaque bytes, since with fields it takes ten times as long."""
    if chosen.all():
        return records
    return records.view(f"V{records.itemsize}")[chosen].view(records.dtype)


def _picked(data: bytes, starts: NDArray[np.int64], size: int) -> Rows:
    """Copy the records that begin at some bytes: a view with a row at every byte, then a pick."""
    every: Rows = np.ndarray((len(data) - size + 1,), f"V{size}", data, strides=(1,))
    return every[starts]
