"""Buckets as they close: records in from the capture, rows out for whoever shows them.

A bucket closes once nothing more is expected of it. A record that comes later all the same has its
bucket built again, with those after it, and what changed is sent again. A builder that begins after
another goes on from its last checkpoint, builds what came since and sends what is not the same.
"""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spymaster.live import raw
from spymaster.live.checkpoint import Checkpoints
from spymaster.live.day import CHAINED, LEVELS, PROFILES, QUALITY, Day
from spymaster.live.decisions import ASKED, Decisions
from spymaster.live.fold import LEAD
from spymaster.live.follower import Follower
from spymaster.live.held import KEPT
from spymaster.live.incoming import Incoming
from spymaster.live.known import Known
from spymaster.live.outgoing import Counts, Outgoing
from spymaster.live.sent import DECIDED
from spymaster.live.tail import Tail
from spymaster.live.wire import MBO
from spymaster.planning.snapshot import Snapshot
from spymaster.units import BUCKET_NS

MINUTE = 12  # buckets
TOGETHER = 60
"""Buckets that are built at once where many wait; bounds the memory."""
EARLY = 1 << 18
"""Order records from before the first bucket that wait at most; bounds it, too."""


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
        self._start_ns, self._end_ns = window
        self._day = Day(snapshot, session, self._start_ns, spill)
        self._tail = Tail(snapshot, session, self._start_ns, spill)
        self._decisions = Decisions(snapshot, session, self._start_ns, spill)
        boxes = {"day": self._day.sandbox, "tail": self._tail.sandbox}
        self._checkpoints = Checkpoints(folder, boxes, growing=("day",))
        before = self._checkpoints.read()
        self._follower = before.parts["follower"].moved(follower.folder) if before else follower
        self._incoming = Incoming(session, self._follower, self._day, self._tail, self._start_ns)
        self._is_all_read = False
        self._n = before.n if before else 0
        """Buckets of the window that were sent."""
        self._number = self._n + LEAD if before else 0
        """Buckets that the fold has closed."""
        self._stale: int | None = None
        self._minute = self._n // MINUTE
        """The last one after which rows were dropped and a checkpoint was made."""
        grains = {name: model.header.grain for name, model in snapshot.project.models.items()}
        self._out = Outgoing(folder, self._start_ns, grains)
        self._known = Known(snapshot, session, folder)
        if before:
            self._resume(before.parts)

    @property
    def counts(self) -> Counts:
        """What happened since ``tell``."""
        return self._out.counts

    def tell(self) -> Counts:
        """Return what happened since this was asked last."""
        told, self._out.counts = self._out.counts, Counts()
        return told

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
        """Close buckets, or take what came if none can be; return whether there was anything."""
        count = self._closable() if self._incoming.fold and not self.is_done else 0
        if count:
            self._close(count)
            return True
        came = self._follower.poll()
        self._is_all_read = not came.bytes
        self.counts.gaps += sum(join.outcome == "gap" for join in came.joins)
        self.counts.records += came.count
        self._note_late(self._incoming.take(came))
        self._fold_early()
        return came.bytes > 0

    def finish(self) -> None:
        """Take what is left once the last bucket was sent, and send again what came late."""
        while self.is_done and self.step():
            pass
        queue = self._incoming.queue
        if len(queue) and queue.first_ns < self._end_of(self._n):
            self._fold(self._number)
        while self._stale is not None:
            self._stand(self._n)
            self._send_since(self._stale, self._n)

    def close(self) -> None:
        """Let files and databases go."""
        for part in (self._day, self._tail, self._decisions):
            part.sandbox.close()
        self._out.close()

    def _note_late(self, times: NDArray[np.int64]) -> None:
        """Remember the first bucket that is no more what was sent."""
        is_late = (times < self.newest_ns) & (self._n > 0)
        if is_late.any():
            self.counts.late += int(is_late.sum())
            self._doubt((int(times[is_late].min()) - self._start_ns) // BUCKET_NS + 1)

    def _doubt(self, n: int) -> None:
        if n <= self._n:
            self._stale = max(min(n, self._stale or n), 1)

    def _closable(self) -> int:
        """Return how many buckets nothing more is expected of; at most so many as go together.

        The window's first one goes alone: at its end levels of the option chain become known.
        """
        first, last = LEAD + 1, (self._end_ns - self._start_ns) // BUCKET_NS + LEAD
        most = min((first if self._number < first else last) - self._number, TOGETHER)
        ends_ns = (self._end_of(self._number + 1 - LEAD + at) for at in range(most))
        return self._follower.watermark.passed(ends_ns, is_all_read=self._is_all_read)

    def _close(self, count: int) -> None:
        """Close the next buckets, and send them and those that are no more what was sent."""
        self._out.closing_ns = time.monotonic_ns()
        self._out.clock_ns = self._follower.watermark.now_ns()
        for number in range(self._number + 1, self._number + 1 + count):
            self._fold(number)
        self._number += count
        n = self._number - LEAD
        if n > self._n:
            if count > 1 or self._stale is not None:  # what became a level on the way, or another
                self._stand(n)
            self._send_since(self._stale or self._n + 1, n)
            self._n = n
        if n >= 0:
            self._after(n)

    def _fold_early(self) -> None:
        """Take what a night brought into the book, so that not all of it waits for the window."""
        queue = self._incoming.queue
        if self._incoming.fold and len(queue) >= EARLY and queue.first_ns < self._end_of(-LEAD):
            self._fold(0)

    def _fold(self, number: int) -> None:
        """Take the records of a bucket into the book, and keep what its rows are made of."""
        assert self._incoming.fold
        end_ns = self._start_ns + (number - LEAD) * BUCKET_NS
        records, numbers = self._incoming.queue.until(end_ns)
        self._day.take(records, numbers)
        self._tail.tell(MBO, records, numbers)
        closed = self._incoming.fold.close(number, raw.orders(records, numbers))
        self._note_late(records["ts_recv"][records["action"] == b"T"].astype(np.int64))
        self._doubt(self._tail.keep(closed) - LEAD)

    def _after(self, n: int) -> None:
        """Make ready for the bucket after the nth, while it is under way."""
        if n <= 1 or n % MINUTE == 0 or self._day.is_moving:
            self._stand(n + 1)
            self._incoming.confirm_contract()
        if n // MINUTE > self._minute:
            self._minute = n // MINUTE
            self._tail.forget(n - KEPT)
            self._out.sync()  # a checkpoint counts on what was sent
            self._checkpoints.write(n, self._parts())
        self._tail.ready(n + 1, n + 1)

    def _parts(self) -> dict[str, Any]:
        """Return what a builder after this one goes on from, beside the tables."""
        return {
            "follower": self._follower,
            "incoming": self._incoming.state,
            "day": self._day.state,
            "tail": self._tail.state,
            "stale": self._stale,
        }

    def _resume(self, parts: dict[str, Any]) -> None:
        """Go on from where a builder stood; the tables are filled."""
        self._day.state, self._tail.state = parts["day"], parts["tail"]
        self._take_chain()
        self._incoming.state, self._stale = parts["incoming"], parts["stale"]
        self._stand(self._n + 1)
        for n in range(max(self._n - self._decisions.memory, 0) + 1, self._n + 1):
            tables = self._out.rows(n, "book", ASKED)
            self._decisions.take(tables, self._first_end(n), self._end_of(n))

    def _stand(self, n: int) -> None:
        """Find the levels as they are known when the nth bucket begins."""
        self._tail.stand({LEVELS: self._day.level(self._start_ns + n * BUCKET_NS)})
        self._known.tell(self._day)

    def _send_since(self, begin: int, n: int) -> None:
        """Build buckets up to the nth together and send what does not stand as it is."""
        begin, self._stale = max(begin, self._n - KEPT, 1), None
        self._tail.set(begin, n)
        for group in self._tail.groups:
            tables = self._tail.build(group)
            if group == "book":
                tables[QUALITY] = self._day.judge(self._end_of(begin), self._end_of(n))
            self._out.send(tables, group, begin, n, done=self._n)
            if begin == 1 and PROFILES in tables and self._take_chain() and n > 1:
                self._stale = 2
            if group == "book":
                span = self._first_end(begin), self._end_of(n)
                self._decisions.take(tables, *span)
                self._out.send(self._decisions.made(*span), DECIDED, begin, n, done=self._n)
        self.counts.buckets += n - self._n
        if n > self._n:
            self.counts.delays_ns.append(self._follower.watermark.now_ns() - self._end_of(n))

    def _take_chain(self) -> bool:
        """Tell the day of the chain at the end of the first bucket; return whether it is news."""
        return self._day.take_chain(self._out.rows(1, "options", CHAINED))

    def _first_end(self, n: int) -> int:
        """Return from when on rows are of the nth bucket or later; the first has all before."""
        return self._end_of(n) if n > 1 else 0

    def _end_of(self, n: int) -> int:
        return self._start_ns + n * BUCKET_NS
