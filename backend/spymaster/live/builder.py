"""Buckets as they close: records in from the capture, rows out for whoever shows them.

A bucket closes once nothing more is expected of it. A record that comes later all the same has its
bucket built again, with those after it, and what changed is sent again. After a kill a new builder
reads the capture from its start: what was sent stands, and is taken back as what the next buckets
look back at.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spymaster.live import raw
from spymaster.live.day import LEVELS, QUALITY, Day
from spymaster.live.fold import LEAD
from spymaster.live.follower import Follower
from spymaster.live.held import KEPT
from spymaster.live.incoming import Incoming
from spymaster.live.sent import Line, Sender, standing
from spymaster.live.tail import CARRIED, Tail
from spymaster.live.wire import MBO
from spymaster.planning.snapshot import Snapshot
from spymaster.units import BUCKET_NS

INSIDE = "inside"
"""Group of what is kept for a builder that begins again, and not published."""
MINUTE = 12
"""Buckets."""
AGAIN = 12
"""Buckets of which a new builder finds out whether they still are what was sent."""
LATE = "late record"


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


class Builder:
    """Builds the buckets of one session.

    Parameters
    ----------
    follower : Follower
        At the capture's start.
    window : tuple of int, ns since 1970 UTC
        Start and end.
    folder : Path
        Where buckets are sent to, see ``sent``.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        session: date,
        follower: Follower,
        window: tuple[int, int],
        folder: Path,
        spill: Path,
    ) -> None:
        self._snapshot, self._session, self._follower = snapshot, session, follower
        self._start_ns, self._end_ns = window
        self._folder, self._spill = folder, spill
        models = snapshot.project.models.items()
        self._grains = {name: model.header.grain for name, model in models}
        self.counts = Counts()
        self._begin(standing(folder))
        self._sender = Sender(folder)

    @property
    def is_done(self) -> bool:
        """Whether the window's last bucket was sent."""
        return self._n * BUCKET_NS >= self._end_ns - self._start_ns

    @property
    def newest_ns(self) -> int:
        """End of the newest bucket that was sent, ns since 1970 UTC."""
        return self._start_ns + self._n * BUCKET_NS

    @property
    def clock_ns(self) -> int:
        """What the gateway's clock showed last, ns since 1970 UTC."""
        return self._follower.watermark.clock_ns

    def step(self) -> bool:
        """Close a bucket, or take what came if none can be; return whether there was anything."""
        if self._incoming.fold and not self.is_done and self._may_close():
            self._close_next()
            return True
        came = self._follower.poll()
        self.counts.gaps += sum(join.outcome == "gap" for join in came.joins)
        self.counts.records += sum(map(len, came.records.values()))
        self._note_late(self._incoming.take(came))
        return came.bytes > 0

    def finish(self) -> None:
        """Send again what came late after the last bucket."""
        self._send_stale(self._n + 1)

    def close(self) -> None:
        """Let files and databases go."""
        self._sender.close()
        self._day.sandbox.close()
        self._tail.sandbox.close()

    def _begin(self, sent: dict[tuple[int, str], Line]) -> None:
        self._day = Day(self._snapshot, self._session, self._start_ns, self._spill)
        self._tail = Tail(self._snapshot, self._session, self._start_ns, self._spill)
        self._incoming = Incoming(
            self._session, self._follower, self._day, self._tail, self._start_ns
        )
        self._closing_ns = 0
        self._number, self._n = 0, 0
        """Buckets closed, counted as the fold does; and those of the window that were sent."""
        self._stale: int | None = None
        self._sent = sent
        whole = {seq for seq, group in sent if group == INSIDE}
        self._known = max((n for n in whole if whole >= set(range(1, n + 1))), default=0)
        """Buckets of the window that a builder before this one sent whole."""
        self._is_anew = True

    def _note_late(self, times: NDArray[np.int64]) -> None:
        """Remember the first bucket that is no more what was sent."""
        is_late = (times < self.newest_ns) & (self._n > 0)
        if is_late.any():
            self.counts.late += int(is_late.sum())
            self._doubt((int(times[is_late].min()) - self._start_ns) // BUCKET_NS + 1)

    def _doubt(self, n: int) -> None:
        n = max(n, 1)
        if n <= self._n:
            self._stale = min(n, self._stale or n)

    def _may_close(self) -> bool:
        end_ns = self._start_ns + (self._number + 1 - LEAD) * BUCKET_NS
        if self._number + 1 - LEAD <= self._known and self._incoming.queue.latest_ns >= end_ns:
            return True  # the book alone has to follow what was sent
        return self._follower.watermark.is_past(end_ns)

    def _close_next(self) -> None:
        assert self._incoming.fold
        self._closing_ns = time.monotonic_ns()
        self._number += 1
        n, end_ns = self._number - LEAD, self._start_ns + (self._number - LEAD) * BUCKET_NS
        records, numbers = self._incoming.queue.until(end_ns)
        self._day.take(records, numbers)
        self._tail.tell(MBO, records, numbers)
        closed = self._incoming.fold.close(self._number, raw.orders(records, numbers))
        self._tail.keep(closed)
        if n < 0:
            return
        if n > 0:
            self._note_late(records["ts_recv"][records["action"] == b"T"].astype(np.int64))
            self._doubt(closed.first - LEAD)
            self._n = n
            self._advance(n, end_ns)
        self._level(n, end_ns)

    def _advance(self, n: int, end_ns: int) -> None:
        """Send a bucket, and before it those that are no more what was sent."""
        if n <= self._known - AGAIN:
            self._recall(n)
            return
        self._send_stale(n)
        self._send(n, "begun anew" if n <= self._known else None)
        self.counts.buckets += 1
        self.counts.delays_ns.append(self._follower.watermark.now_ns() - end_ns)
        if n % MINUTE == 0:
            self._tail.forget(n - KEPT)

    def _send_stale(self, before: int) -> None:
        """Build again what is no more what was sent, up to the bucket before one."""
        if self._stale is not None:
            for n in range(max(self._stale, before - KEPT, 1), before):
                self._send(n, LATE)
            self._stale = None

    def _send(self, n: int, why: str | None) -> None:
        """Build a bucket and send it; again only what differs from what stands."""
        end_ns = self._start_ns + n * BUCKET_NS
        self._tail.set(n)
        for group in ("book", "options"):
            rows = self._tail.build(group)
            if group == "options" and why != LATE:  # of the feed it is known when it was told
                rows |= {QUALITY: self._day.judge(end_ns)}
            self._send_rows(n, end_ns, group, rows, why)
        inside = [name for name in CARRIED if name not in self._tail.sent]
        rows = {name: self._tail.newest(name) for name in inside}
        self._send_rows(n, end_ns, INSIDE, rows, why)

    def _send_rows(
        self, n: int, end_ns: int, group: str, rows: dict[str, pa.Table], why: str | None
    ) -> None:
        if why:
            before = self._sent.get((n, group))
            if before and all(self._is_same(before, name, found) for name, found in rows.items()):
                return
            self.counts.revised += group == "book"
        self._sent[n, group] = self._sender.send(n, end_ns, group, rows, why)
        if why is None:
            taken = time.monotonic_ns() - self._closing_ns
            self.counts.taken_ns.setdefault(group, []).append(taken)

    def _is_same(self, before: Line, relation: str, rows: pa.Table) -> bool:
        """Whether rows are what stands, in whatever order."""
        order = [(key, "ascending") for key in self._grains[relation]]
        then = before.rows(relation).sort_by(order)
        return bool(rows.sort_by(order).equals(then))

    def _recall(self, n: int) -> None:
        """Take back of a bucket that was sent what the next ones look back at."""
        for group in ("book", "options", INSIDE):
            line = self._sent[n, group]
            for name in line.relations:
                if name in CARRIED:
                    self._tail.recall(name, line.rows(name))

    def _level(self, n: int, end_ns: int) -> None:
        """Find the levels for the bucket that starts now, where any may be new."""
        is_needed = n >= self._known - AGAIN
        if is_needed and (n % MINUTE == 0 or n < MINUTE or self._day.is_moving or self._is_anew):
            levels = self._day.level(end_ns + BUCKET_NS)
            self._is_anew = False
            self._tail.stand({LEVELS: levels})
            self._incoming.confirm_contract()
