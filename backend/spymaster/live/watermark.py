"""How far a capture's records have come: which buckets nothing more can be expected for.

A bucket closes when every schema has passed its end, or the gateway's clock is a tenth of a second
past it. That clock is what the gateway itself writes on records and heartbeats, and runs on by this
machine's monotonic clock: whoever sets the wall clock changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial
from itertools import takewhile

from spymaster.live.wire import Kind, Rows, is_snapshot, received
from spymaster.units import NS_PER_SECOND

GRACE_NS = NS_PER_SECOND // 10
"""How long a bucket waits for a schema that is silent."""
HEARTBEAT_SECONDS = 5
"""How often a gateway that has nothing to send says so: longer silence proves nothing."""


class Watermark:
    """What has been reached, by schema and by the gateway's clock, ns since 1970 UTC."""

    def __init__(self, schemas: Iterable[str]) -> None:
        self.reached = dict.fromkeys(schemas, 0)
        """Latest ``ts_recv`` of each schema; what restates the book does not count."""
        self.clock_ns = 0
        """Latest time that the gateway wrote on anything."""
        self._heard_at = time.monotonic()
        self._behind = 0
        """Schemas whose past is still being sent."""
        self._is_open = False

    @property
    def is_current(self) -> bool:
        """Whether what comes is the present: a connection is there and has sent the past."""
        return self._is_open and not self._behind

    def resume(self) -> None:
        """Take note that time has passed that this machine's clock does not tell."""
        self._heard_at = time.monotonic()

    def opened(self, n_replayed: int) -> None:
        """Take note of a connection that sends the past of some schemas first."""
        self._is_open, self._behind = True, n_replayed

    def closed(self) -> None:
        """Take note that the connection ended: the clock stands still until the next."""
        self._is_open = False

    def reach(self, kind: Kind, rows: Rows) -> None:
        """Take note of records."""
        times = received(kind, rows)[~is_snapshot(kind, rows)]
        if len(times):
            latest = int(times.max())
            self.reached[kind.name] = max(self.reached[kind.name], latest)
            self._tick(latest)

    def heard(self, at_ns: int, *, is_replayed: bool) -> None:
        """Take note of a message of the gateway."""
        self._behind = max(self._behind - is_replayed, 0)
        self._tick(at_ns)

    def now_ns(self) -> int:
        """Return what the gateway's clock shows now."""
        elapsed = min(time.monotonic() - self._heard_at, HEARTBEAT_SECONDS)
        return self.clock_ns + int(elapsed * NS_PER_SECOND) * self.is_current

    def passed(self, ends_ns: Iterable[int], *, is_all_read: bool) -> int:
        """Return how many buckets in a row are closed, from the first of some on."""
        is_past = partial(self.is_past, is_all_read=is_all_read)
        return sum(1 for _ in takewhile(is_past, ends_ns))

    def is_past(self, end_ns: int, *, is_all_read: bool = True) -> bool:
        """Return whether the bucket that ends then is closed.

        Parameters
        ----------
        is_all_read : bool
            Whether the capture holds nothing more for now; while it does, the clock stands still.
        """
        if not self.is_current:
            return False
        now_ns = self.now_ns() if is_all_read else self.clock_ns
        return min(self.reached.values()) >= end_ns or now_ns >= end_ns + GRACE_NS

    def _tick(self, at_ns: int) -> None:
        if at_ns > self.clock_ns:
            self.clock_ns, self._heard_at = at_ns, time.monotonic()
