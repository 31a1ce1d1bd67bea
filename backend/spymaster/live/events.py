"""What happened while a session was captured: ``events.jsonl``, a line for each thing.

| event | says |
|---|---|
| opened | a connection begins: its number, what was asked for, and from when on |
| closed | it ended: why |
| message | the vendor said something that bears on quality or ended the connection |
| joined, gap, snapshot | how a schema's records follow those of the connection before |
| waiting | no connection for some seconds: why |
| ended | the capture is over: why |
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spymaster.live.log import Log
from spymaster.live.segments import EVENTS


class Events:
    """Appends to the log."""

    def __init__(self, folder: Path) -> None:
        self._log = Log(folder / EVENTS)

    def write(self, event: str, **facts: Any) -> None:
        """Append what happened; ``at`` is this machine's clock, ns since 1970 UTC.

        It is on the disk then: what follows in a connection's file is read by what was asked for.
        """
        self._log.write({"at": time.time_ns(), "event": event, **facts})
        self._log.sync()

    def close(self, reason: str) -> None:
        """Say why the capture ended, sync and close the log."""
        self.write("ended", reason=reason)
        self._log.close()


def read_events(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield what happened so far, first things first."""
    path = folder / EVENTS
    if not path.exists():
        return
    for line in path.read_bytes().split(b"\n")[:-1]:
        yield json.loads(line)
