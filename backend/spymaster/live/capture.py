"""The capture: connections one after the other, each written to a file, until the session is over.

A process of its own, so that no failure of a builder can touch it. It follows its own files with
the same code as the builder and the seal, and so knows what came, how connections join, and where
the next one has to start; after a kill it finds that out from the files alone.
"""

from __future__ import annotations

import threading
import time
from dataclasses import asdict, replace

from spymaster.errors import DataError, SpymasterError, UsageError, VendorError
from spymaster.live import vendor
from spymaster.live.events import Events, read_events
from spymaster.live.follower import Follower, Message
from spymaster.live.order import KEY, LOCK, Order
from spymaster.live.segments import Segment, next_number, segment_path
from spymaster.live.subscriptions import Subscription, resumed
from spymaster.live.turns import taken
from spymaster.live.wire import MBO
from spymaster.units import NS_PER_SECOND

PAUSES_SECONDS = (0.2, 1.0, 2.0, 5.0, 10.0)
"""Before each further attempt; the vendor allows five connections a second."""
SILENCE_SECONDS = 14.0
"""Without a byte, heartbeats included; at 15 the client gives up and leaves its socket open."""
LOOK_SECONDS = 0.1
AFTER_END_NS = 2 * NS_PER_SECOND
"""How long after the session's end records are awaited that were received before it."""
KEY_REFUSED, KEY_OFF, NOT_UNDERSTOOD, AGED = 1, 2, 5, 8
"""Codes of errors after which the next connection would end the same way."""
SLOW = 2
"""Code of the message that this side reads too slowly; all records still come."""


def capture(order: Order, stop: threading.Event) -> str:
    """Capture until the session is over or ``stop`` is set, and return which of them it was.

    Raises
    ------
    UsageError
        If there is no key, or the vendor refuses it.
    VendorError
        If the vendor does not understand what is asked for.
    DataError
        If the files cannot be written, or hold what no capture wrote.
    LockedError
        If another process captures into the folder.
    """
    secret = vendor.key()
    order.folder.mkdir(parents=True, exist_ok=True)
    with taken(order.folder / LOCK, "captured"):
        events, reason = Events(order.folder), "a fault of the program"
        try:
            reason = _Capture(order, secret, events, stop).run()
        except SpymasterError as error:
            reason = str(error)
            raise
        finally:
            events.close(reason)
        return reason


class _Capture:
    """All connections of one process."""

    def __init__(self, order: Order, secret: str, events: Events, stop: threading.Event) -> None:
        self._order, self._secret, self._events, self._stop = order, secret, events, stop
        self._follower = Follower(order.folder, [one.schema for one in order.subscriptions])
        self._follower.drain()
        self._asked = _asked_before(order)
        self._errors: list[Message] = []
        self._is_aged = False
        self._n_new = 0
        """Records that came and were not known."""

    def run(self) -> str:
        """Return why nothing more is captured."""
        pauses = iter(PAUSES_SECONDS)
        while not (over := self._over()):
            before, reason = self._n_new, self._connect()
            if self._n_new > before:
                pauses = iter(PAUSES_SECONDS)
            if not self._over():
                pause = next(pauses, PAUSES_SECONDS[-1])
                self._events.write("waiting", seconds=pause, reason=reason)
                self._stop.wait(pause)
        return over

    def _connect(self) -> str:
        """Run one connection; return why it ended."""
        self._ask()
        connection = vendor.Connection(self._order.gateway, self._secret)
        try:
            if not connection.log_in(self._order.dataset, self._asked):
                return connection.reason
            return self._record(connection)
        finally:
            connection.close()

    def _record(self, connection: vendor.Connection) -> str:
        """Write a connection's file; one that was never logged in has none."""
        number = next_number(self._order.folder)
        asked = [asdict(one) for one in self._asked]
        self._events.write("opened", segment=number, subscriptions=asked)
        segment = Segment(segment_path(self._order.folder, number))
        self._errors = []
        try:
            connection.start(segment)
            reason = self._watch(connection, segment)
        finally:
            connection.close()
            segment.close()
        self._look(number)
        self._events.write("closed", segment=number, reason=reason)
        if segment.failure:
            raise DataError(f"{segment.path}: cannot be written: {segment.failure.strerror}")
        self._heed_errors()
        return reason

    def _watch(self, connection: vendor.Connection, segment: Segment) -> str:
        """Look on until the connection ends, or has to; return why."""
        heard_at = time.monotonic()
        number = int(segment.path.stem)
        while not connection.ended.wait(LOOK_SECONDS):
            if self._look(number):
                heard_at = time.monotonic()
            if reason := self._over() or self._fault(segment, heard_at):
                return reason
        return connection.reason

    def _fault(self, segment: Segment, heard_at: float) -> str:
        """Return why a connection that is still there is of no use; empty where it is."""
        if segment.failure:
            return f"cannot be written: {segment.failure.strerror}"
        if self._lacks_snapshot():
            return "the book has a gap and needs a snapshot"
        is_silent = time.monotonic() - heard_at > SILENCE_SECONDS
        return f"nothing came for {SILENCE_SECONDS:g} seconds" if is_silent else ""

    def _look(self, number: int) -> bool:
        """Read what was written, record what is worth it, and return whether there was anything."""
        came = self._follower.drain()
        self._n_new += came.count
        for message in came.messages:
            if message.kind == "error" or message.code == SLOW:
                self._events.write("message", **asdict(message))
        self._errors += [message for message in came.messages if message.kind == "error"]
        for join in came.joins:
            facts = {name: value for name, value in asdict(join).items() if name != "outcome"}
            self._events.write(join.outcome, segment=number, **facts)
        return came.bytes > 0

    def _heed_errors(self) -> None:
        """Give up, or remember what the next connection cannot ask for."""
        codes = {message.code: message.text for message in self._errors}
        if codes.keys() & {KEY_REFUSED, KEY_OFF}:
            raise UsageError(f"the vendor does not accept the key in {KEY}")
        if NOT_UNDERSTOOD in codes:
            raise VendorError(f"the vendor refuses the subscriptions: {codes[NOT_UNDERSTOOD]}")
        self._is_aged = AGED in codes

    def _ask(self) -> None:
        """Work out what the next connection is asked for, from what the last one was and gave."""
        channels = self._follower.channels
        self._asked = tuple(
            resumed(one, channels[one.schema], is_aged=self._is_aged) for one in self._asked
        )

    def _lacks_snapshot(self) -> bool:
        """Whether the book has a gap, and this connection was not asked for one."""
        book = self._follower.channels.get(MBO)
        is_asked = any(one.schema == MBO and one.snapshot for one in self._asked)
        return book is not None and book.is_lost and not is_asked

    def _over(self) -> str:
        """Return why nothing more is wanted; empty while it is."""
        if self._stop.is_set():
            return "told to stop"
        watermark = self._follower.watermark  # of the past one schema is sent ahead of others
        is_past = watermark.clock_ns >= self._order.until_ns + AFTER_END_NS
        return "the session is over" if is_past and watermark.is_current else ""


def _asked_before(order: Order) -> tuple[Subscription, ...]:
    """Return an order's subscriptions as the last connection of the capture had them."""
    opened = [one for one in read_events(order.folder) if one["event"] == "opened"]
    last = {one["schema"]: one for one in opened[-1]["subscriptions"]} if opened else {}
    return tuple(
        replace(one, start=last[one.schema]["start"], snapshot=last[one.schema]["snapshot"])
        if one.schema in last
        else one
        for one in order.subscriptions
    )
