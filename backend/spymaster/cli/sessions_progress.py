"""How far a build of many sessions is: bars on a terminal, elsewhere a line for each session."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from spymaster.cli.terminal import say

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from spymaster.operations import Event, Report


@contextmanager
def session_bars() -> Iterator[Report]:
    """Yield what to tell of sessions that are built: bars on a terminal, else a line for each."""
    if not sys.stderr.isatty():
        yield _say_session
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    ) as bars:
        yield _Bars(bars)


def _say_session(event: Event) -> None:
    if event.action == "end":
        text = f"{event.count} partitions, {event.rows or 0:,} rows, {event.seconds or 0:.1f} s"
        say(f"{event.session} {text if event.count else 'failed'}; {event.left} left")
    elif event.action == "put back":
        say(f"{event.session} put back: a session that it looks back at failed")
    elif event.action in ("accept", "fail", "warn"):
        say(event.text)


class _Bars:
    """A bar for all sessions, and one for each that is under way; failures scroll above."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._all = bars.add_task("sessions", total=None)
        self._ended = 0
        self._of: dict[date | None, TaskID] = {}

    def __call__(self, event: Event) -> None:
        if event.action == "start":
            self._of[event.session] = self._bars.add_task(str(event.session), total=event.count)
        elif event.action in ("make", "build"):
            text = f"{event.session} {event.model}"
            self._bars.update(self._of[event.session], advance=1, description=text)
        elif event.action in ("end", "put back"):
            self._ended += event.action == "end"
            self._bars.remove_task(self._of.pop(event.session))
        elif event.action in ("accept", "fail", "warn"):
            self._bars.console.print(event.text, markup=False, highlight=False)
        if event.action in ("start", "end", "put back"):
            total = self._ended + event.left
            self._bars.update(self._all, completed=self._ended, total=total)
