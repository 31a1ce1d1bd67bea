"""Commands that build up a history."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from spymaster.options import Retry, Selector, Wait, building, day
from spymaster.settings import Settings
from spymaster.terminal import say

First = Annotated[
    date | None, typer.Option("--from", parser=day, metavar="DATE", help="First, included.")
]
Last = Annotated[
    date | None, typer.Option("--to", parser=day, metavar="DATE", help="Last, included.")
]


@building
def backfill(
    settings: Settings,
    selector: Selector = None,
    first: First = None,
    last: Last = None,
    engine: Annotated[
        str, typer.Option(metavar="NAME", help="processes, or ray on the cluster at RAY_ADDRESS.")
    ] = "processes",
    wait: Wait = 0.0,
    retry: Retry = False,
) -> None:
    """Build a range of sessions, several side by side, and publish them."""
    from spymaster import models
    from spymaster.watching import session_bars

    with session_bars() as bars:
        report = models.backfill(
            settings, first, last, selector, engine=engine, wait=wait, retry=retry, report=bars
        )
    built = len({build.session for build in report.built})
    sessions = "1 session" if built == 1 else f"{built} sessions"
    say(f"{sessions} built, {report.skipped} partitions were up to date")
    raise typer.Exit(report.exit_code)
