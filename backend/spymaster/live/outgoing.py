"""What stands of each bucket, and what is sent since nothing stands or something else does."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spymaster.live.sent import DECIDED, Line, Sender, standing
from spymaster.units import BUCKET_NS

LATE, BEGUN = "late record", "begun anew"
"""Why a bucket is sent again: of a builder that had sent it, and of one that began after it."""
Rows = dict[str, pa.Table]
"""By relation."""


@dataclass
class Counts:
    """What happened since the last line about it."""

    records: int = 0
    late: int = 0
    gaps: int = 0
    revised: int = 0
    buckets: int = 0
    delays_ns: list[int] = field(default_factory=list)
    """From the end of each bucket, by the gateway's clock, to when all of it was sent."""
    taken_ns: dict[str, list[int]] = field(default_factory=dict)
    """From when a bucket could be closed to when each group of it was sent."""


class Outgoing:
    """Buckets of a session as they were sent, by whatever builder, and the next ones.

    Parameters
    ----------
    start_ns : int, ns since 1970 UTC
        Of the window.
    grains : mapping of relation to columns
        What tells rows apart.
    """

    def __init__(self, folder: Path, start_ns: int, grains: Mapping[str, Sequence[str]]) -> None:
        self._start_ns, self._grains = start_ns, grains
        self._sender = Sender(folder)
        self._sent = standing(folder)
        self.counts = Counts()
        self.closing_ns = 0
        """When the buckets could be closed that are sent now, monotonic."""
        self.clock_ns = 0
        """What the gateway's clock shows, for who wants to know how old a bucket is."""

    def rows(self, n: int, group: str, relations: Sequence[str]) -> Rows:
        """Return rows of a bucket that stands."""
        line = self._sent[n, group]
        return {name: line.rows(name) for name in relations}

    def sync(self) -> None:
        """Have all that was sent on the disk."""
        self._sender.sync()

    def close(self) -> None:
        """Let files go."""
        self._sender.close()

    def send(self, tables: Rows, group: str, begin: int, n: int, *, done: int) -> None:
        """Send a group of some buckets, but for those that stand and are the same.

        Parameters
        ----------
        begin, n : int
            The buckets whose rows these are, from one to another.
        done : int
            The last one that this builder has sent before.
        """
        for number, rows in self._by_bucket(tables, begin, n):
            before = self._sent.get((number, group))
            if group != DECIDED or before or any(map(len, rows.values())):
                self._send(number, group, rows, before, LATE if number <= done else BEGUN)

    def _send(self, n: int, group: str, rows: Rows, before: Line | None, why: str) -> None:
        if before and not rows:  # what was decided is not any more
            rows = {name: before.rows(name).slice(0, 0) for name in before.relations}
        if before and all(self._is_same(before, name, found) for name, found in rows.items()):
            return
        end_ns = self._start_ns + n * BUCKET_NS
        again = why if before else None
        line = self._sender.send(n, end_ns, group, rows, clock_ns=self.clock_ns, why=again)
        self._sent[n, group] = line
        if before:
            self.counts.revised += group == "book"
        else:
            taken_ns = time.monotonic_ns() - self.closing_ns
            self.counts.taken_ns.setdefault(group, []).append(taken_ns)

    def _is_same(self, before: Line, relation: str, rows: pa.Table) -> bool:
        """Whether rows are what stands, in whatever order."""
        order = [(key, "ascending") for key in self._grains[relation]]
        then = before.rows(relation).sort_by(order)
        return bool(rows.sort_by(order).equals(then))

    def _by_bucket(self, tables: Rows, begin: int, n: int) -> Iterator[tuple[int, Rows]]:
        """Yield the rows of each bucket."""
        if begin == n:
            yield n, dict(tables)
            return
        buckets = {name: _buckets(table, self._start_ns) for name, table in tables.items()}
        for number in range(begin, n + 1):
            yield (
                number,
                {
                    name: table.take(np.flatnonzero(buckets[name] == number))
                    for name, table in tables.items()
                },
            )


def _buckets(rows: pa.Table, start_ns: int) -> NDArray[np.int64]:
    """Return the number in the window of each row's bucket; what came before is of the first."""
    if "bucket_end" in rows.column_names:
        ends_us = rows["bucket_end"].cast(pa.int64()).to_numpy()
    else:
        ends_us = rows["touched_at"].cast(pa.int64()).to_numpy() + rows["wait_s"].to_numpy() * 10**6
    numbers: NDArray[np.int64] = (ends_us * 1_000 - start_ns) // BUCKET_NS
    return np.maximum(numbers, 1)
