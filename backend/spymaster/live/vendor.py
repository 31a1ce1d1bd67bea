"""The vendor's live service; the only module that imports its client.

The client's own way to reconnect is not used: after a clean close it does nothing, it tries once,
and it says too late that it did. A connection here ends for good, and the next is a new object with
a file of its own.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import databento
from databento.common.error import BentoError
from databento.live import session as client

from spymaster.errors import UsageError
from spymaster.live.order import KEY, Gateway
from spymaster.live.segments import Segment
from spymaster.live.subscriptions import Subscription
from spymaster.live.watermark import HEARTBEAT_SECONDS

LOGIN_SECONDS = 10.0
"""How long to connect, and again to log in, may take."""
PASSING = ("Connection to ", "Authentication with ")
"""How the client begins what may go better next time; else the gateway has refused the login."""
CLOSING_SECONDS = 1.0

logging.getLogger("databento").setLevel(logging.CRITICAL)  # it would log parts of the key


def key() -> str:
    """Return the key of the environment.

    Raises
    ------
    UsageError
        If it has none.
    """
    found = os.environ.get(KEY, "").strip()
    if not found:
        raise UsageError(f"{KEY} is not set; it holds the key of your account")
    return found


class Connection:
    """One connection, in threads of its own; used once.

    Attributes
    ----------
    ended : threading.Event
        Set when nothing more will come.
    reason : str
        Why it ended, without the key; empty while it has not.
    """

    def __init__(self, gateway: Gateway | None, secret: str) -> None:
        place: dict[str, Any] = {"gateway": gateway.host, "port": gateway.port} if gateway else {}
        for limit in ("AUTH_TIMEOUT_SECONDS", "CONNECT_TIMEOUT_SECONDS"):
            setattr(client, limit, LOGIN_SECONDS)  # the client has no parameter for them
        self._secret = secret
        self._live = databento.Live(
            secret,
            heartbeat_interval_s=HEARTBEAT_SECONDS,
            reconnect_policy="none",
            slow_reader_behavior="warn",
            **place,
        )
        self.ended, self.reason = threading.Event(), ""

    def log_in(self, dataset: str, asked: Sequence[Subscription]) -> bool:
        """Connect, log in and subscribe; return whether that worked, else ``reason`` says why.

        Raises
        ------
        UsageError
            If the gateway refuses the login.
        """
        try:
            for one in asked:
                self._live.subscribe(
                    dataset=dataset,
                    schema=one.schema,
                    symbols=list(one.symbols),
                    stype_in=one.stype,
                    start=one.start,
                    snapshot=one.snapshot,
                )
        except BentoError as error:
            said = self._clean(str(error))
            self._end(said)
            if not said.startswith(PASSING):
                raise UsageError(f"the vendor refuses the login: {said}") from None
        return not self.ended.is_set()

    def start(self, segment: Segment) -> None:
        """Have all that comes written to a file."""
        self._live.add_stream(segment.file, exception_callback=segment.fail)
        try:
            self._live.start()
        except ValueError:  # what the client says where the connection is lost already
            self._end("closed before the start")
        else:
            threading.Thread(target=self._wait, name="await the end", daemon=True).start()

    def close(self) -> None:
        """End the connection, and wait for a moment until it has."""
        with suppress(OSError):  # from the file, which has told its segment already
            self._live.terminate()
        self.ended.wait(CLOSING_SECONDS)

    def _wait(self) -> None:
        try:
            self._live.block_for_close()
        except BentoError as error:
            self._end(self._clean(str(error)))
        else:
            self._end("closed by the gateway")

    def _end(self, reason: str) -> None:
        self.reason = self.reason or reason
        self.ended.set()

    def _clean(self, text: str) -> str:
        """Return a text in one line, without the key."""
        return " ".join(text.replace(self._secret, "***").split()) or "no reason given"
