"""Who sees to it that somebody captures: a process that is started, watched and started again."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

from spymaster.errors import DataError, LockedError, UsageError
from spymaster.live import order as orders
from spymaster.live.order import LOCK, Order
from spymaster.live.turns import is_taken

AGAIN_SECONDS = 1.0
"""Between two captures that are started."""
Say = Callable[[str], None]


class Captor:
    """Sees to it that somebody captures; another command may."""

    def __init__(self, order: Order, say: Say) -> None:
        self._order, self._say = order, say
        self._child: subprocess.Popen[bytes] | None = None
        self._tried = 0.0
        self._is_over = False

    def look(self) -> bool:
        """Start a capture where there is none; return whether it is over.

        Raises
        ------
        UsageError, DataError
            If it gave up.
        """
        code = self._child.poll() if self._child else None
        if self._is_over or (self._child and code is None):
            return self._is_over
        if code is not None:
            self._heed(code)
        self._start()
        return self._is_over

    def stop(self) -> None:
        """End the capture that was started here."""
        if self._child and self._child.poll() is None:
            self._child.terminate()
            self._child.wait()

    def _start(self) -> None:
        if self._is_over or time.monotonic() - self._tried < AGAIN_SECONDS:
            return
        self._tried = time.monotonic()
        if not is_taken(self._order.folder / LOCK):
            self._child = orders.start(self._order)

    def _heed(self, code: int) -> None:
        self._child = None
        if code == 0:
            self._is_over = True
        elif code == UsageError.exit_code:
            raise UsageError("the capture gave up, as it said")
        elif code > 0 and code != LockedError.exit_code:
            raise DataError("the capture gave up, as it said")
        elif code < 0:
            self._say(f"the capture was ended by signal {-code}: another one starts")
