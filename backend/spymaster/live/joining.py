"""One schema over all connections of a capture, every record once.

A new connection asks for records from a little before the last one that came. So its first records
are known already, and the last of them is there again byte for byte: the anchor. What follows the
anchor is new. Where it does not come, something was lost, and that is recorded.

What is decided depends on the records alone, not on how they were cut into pieces or on a clock:
capture, builder and seal decide the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spymaster.live.wire import Kind, Rows, empty, is_snapshot, octets, received
from spymaster.units import NS_PER_SECOND

REMEMBERED = 256
"""Records among which those that equal the anchor are counted; equal ones are neighbours."""
PATIENCE_NS = NS_PER_SECOND
"""How much later than the anchor a record may come before it: the vendor promises no order."""
Outcome = Literal["joined", "gap", "snapshot"]


@dataclass(frozen=True)
class Join:
    """How a schema's records of a new connection follow those before."""

    schema: str
    outcome: Outcome
    """Whether the anchor was found, was not, or a new snapshot of the book came instead."""
    from_ns: int
    """``ts_recv`` of the anchor."""
    to_ns: int
    """``ts_recv`` of the first record that may follow a loss; where joined that of the anchor."""
    dropped: int
    """Records that were known already."""


@dataclass
class Channel:
    """The records of one schema, as they pass."""

    kind: Kind
    tail: Rows = field(init=False)
    """The last records that were no snapshot; the very last is the anchor. After a snapshot that a
    connection began with nothing from before it: that is no place to go on from."""
    is_seeking: bool = False
    """Whether a new connection's records are still compared with the anchor."""
    is_lost: bool = False
    """Whether records are missing, and no snapshot has begun since."""
    _is_fresh: bool = True
    """Whether a connection has brought nothing but its snapshot yet."""
    _missing: int = 0
    """How many records equal to the anchor are still to come before new ones."""
    _seen: int = 0
    _held: list[Rows] = field(default_factory=list)
    """What is new should the anchor not come."""

    def __post_init__(self) -> None:
        self.tail = empty(self.kind)

    def reopen(self) -> None:
        """Begin with the records of a new connection."""
        self.is_seeking = len(self.tail) > 0
        self._held, self._seen, self._is_fresh = [], 0, True
        self._missing = int(self._equals_anchor(self.tail).sum())

    def take(self, rows: Rows) -> tuple[Rows, Join | None]:
        """Return which of the next records are new, and how they follow if that is now known."""
        if not self.is_seeking:
            return self._passed(rows), None
        anchor_ns, times = self._anchor_ns(), received(self.kind, rows)
        decision = self._decision(rows, times > anchor_ns + PATIENCE_NS)
        at, outcome = decision or (len(rows), None)
        held = rows[:at][times[:at] > anchor_ns]
        if outcome is None:
            self._held.append(held)
            self._seen += len(rows)
            self._missing -= int(self._equals_anchor(rows).sum())
            return empty(self.kind), None
        parts = [rows[at + 1 :]] if outcome == "joined" else [*self._held, held, rows[at:]]
        fresh = np.concatenate(parts)
        to_ns = anchor_ns if outcome == "joined" else int(received(self.kind, fresh[:1])[0])
        dropped = self._seen + len(rows) - len(fresh)
        self.is_seeking, self._held = False, []
        self.is_lost |= outcome == "gap"
        return self._passed(fresh), Join(self.kind.name, outcome, anchor_ns, to_ns, dropped)

    def _decision(self, rows: Rows, is_late: NDArray[np.bool_]) -> tuple[int, Outcome] | None:
        """Return the first row that settles how the connection follows, and how."""
        snapshot = is_snapshot(self.kind, rows)
        is_anchor = np.cumsum(self._equals_anchor(rows)) >= self._missing
        settled = np.flatnonzero(is_anchor | snapshot | is_late)
        if not len(settled):
            return None
        at = int(settled[0])
        if is_anchor[at]:
            return at, "joined"
        return at, "snapshot" if snapshot[at] else "gap"

    def _passed(self, rows: Rows) -> Rows:
        snapshot = is_snapshot(self.kind, rows)
        live = rows[~snapshot]
        self.is_lost = self.is_lost and not snapshot.any()
        if self._is_fresh and snapshot[:1].any():
            self.tail = empty(self.kind)
        self._is_fresh = self._is_fresh and not len(live)
        if len(live):
            self.tail = np.concatenate([self.tail, live[-REMEMBERED:]])[-REMEMBERED:]
        return rows

    def _equals_anchor(self, rows: Rows) -> NDArray[np.bool_]:
        equal: NDArray[np.bool_] = (octets(rows) == octets(self.tail[-1:])).all(axis=1)
        return equal

    def _anchor_ns(self) -> int:
        return int(received(self.kind, self.tail[-1:])[0])
