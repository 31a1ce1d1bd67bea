"""What shows from outside that a program has come so far: waited for, with an end to patience."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.02
TICK = os.sysconf("SC_CLK_TCK")
Running = subprocess.Popen[str]


def wait_until(running: Running, has_come: Callable[[], bool]) -> None:
    """Wait for a sign of a program that goes on running.

    Raises
    ------
    AssertionError
        If it ends before, or the sign does not come in a minute.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not has_come():
        assert running.poll() is None, "it ended"
        assert time.monotonic() < deadline, "no sign"
        time.sleep(POLL_SECONDS)
    assert running.poll() is None, "it ended"


def holds_open(running: Running, path: Path) -> bool:
    """Whether a program has a file open."""
    wanted = path.resolve()
    for link in Path(f"/proc/{running.pid}/fd").glob("*"):
        try:
            if link.readlink() == wanted:
                return True
        except FileNotFoundError:  # closed in between
            continue
    return False


def computed_seconds(running: Running) -> float:
    """Return how long a program has computed, seconds of CPU."""
    fields = Path(f"/proc/{running.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK
