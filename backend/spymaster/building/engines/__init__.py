"""Where sessions are built: in this process, in others beside it, or on a Ray cluster.

An engine only runs tasks. What a session waits for, what is recorded and what is thrown away is the
scheduler's, and the same for all of them.
"""

from __future__ import annotations

from typing import Protocol

from spymaster.building.report import Report
from spymaster.building.session import build
from spymaster.building.task import Outcome, Task


class Engine(Protocol):
    """Builds up to ``slots`` sessions at a time."""

    slots: int

    def start(self, task: Task) -> None:
        """Begin a session; there is a free slot."""

    def next(self) -> Outcome:
        """Return what a session gave, waiting for the first that ends."""

    def stop(self, task: Task) -> None:
        """Give up a session that was started and has not been returned."""

    def close(self) -> None:
        """Give up everything."""


class Inline:
    """Builds in this process, one session at a time."""

    slots = 1

    def __init__(self, report: Report) -> None:
        self._report = report
        self._tasks: list[Task] = []

    def start(self, task: Task) -> None:
        """Keep the task until its outcome is asked for."""
        self._tasks.append(task)

    def next(self) -> Outcome:
        """Build the session."""
        return build(self._tasks.pop(), self._report)

    def stop(self, task: Task) -> None:
        """Forget the task."""
        self._tasks.remove(task)

    def close(self) -> None:
        """Nothing is open."""
