"""Progress for a person at a terminal; silent everywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Advance = Callable[[Path, int, int], None]
"""Told of a file, how many of its bytes are done, and how many it has."""
Share = Callable[[int, float], None]
"""Told how many records are written, and which share of all that is."""


@contextmanager
def byte_bar() -> Iterator[Advance | None]:
    """Yield what to call as bytes of files are done; none where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import DownloadColumn, Progress, TimeRemainingColumn

    with Progress(
        *Progress.get_default_columns()[:2],
        DownloadColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bars:
        tasks = {}

        def advance(file: Path, done: int, total: int) -> None:
            if file not in tasks:
                tasks[file] = bars.add_task(file.name, total=total)
            bars.update(tasks[file], completed=done, visible=done < total)

        yield advance


@contextmanager
def share_bar(what: str) -> Iterator[Share | None]:
    """Yield what to call as a share of something is done; none where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(what, total=1.0)
        yield lambda records, share: bars.update(
            task, completed=share, description=f"{what}, {records:,} records"
        )


@contextmanager
def line_bar() -> Iterator[Callable[[str], None]]:
    """Yield what to tell the lines of something long; a terminal shows the last of them."""
    if not sys.stderr.isatty():
        yield lambda line: None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield status.update
