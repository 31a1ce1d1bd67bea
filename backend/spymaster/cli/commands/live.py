"""The command of a session that is under way."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from spymaster.arguments import day
from spymaster.cli.configured import building
from spymaster.cli.options import LOOPBACK, PORT, Host, Port
from spymaster.cli.terminal import say
from spymaster.errors import UsageError
from spymaster.settings import STREAM_TOKEN, Settings
from spymaster.symbols import PARENT, option_parents

if TYPE_CHECKING:
    from spymaster.live.order import Gateway

NONE = "none"
SHOWN = 10
"""Differences."""


@building
def live(
    settings: Settings,
    session: Annotated[
        date | None,
        typer.Option(
            parser=day,
            metavar="DATE",
            show_default="the one under way; from 17:00 New York on the next",
            help="Session date.",
        ),
    ] = None,
    gateway: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Instead of the vendor's.")
    ] = None,
    options: Annotated[
        str | None,
        typer.Option(
            metavar="PARENTS",
            show_default="all quarterly, weekly and daily ones of the root",
            help="Such as ES.OPT,EW.OPT, or none; a class left out is in no gamma, wall or flow.",
        ),
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Show it, too, as `spymaster serve --live` does.")
    ] = False,
    host: Host = LOOPBACK,
    port: Port = PORT,
) -> None:
    """Capture a session, build buckets as they close, audit them all.

    The key comes from DATABENTO_API_KEY. Started again it goes on where it stood. A line a
    minute on stderr: delay, records, late ones, gaps. Ends with 0 where the buckets were those of
    the ordinary build; 1 where they were not, or the disk is full; 2 without a key that the vendor
    takes; 3 where another process builds the session.
    """
    from spymaster.live.service import live as run
    from spymaster.live.session import under_way

    chosen = session or under_way(settings, datetime.now(UTC))
    parents = option_parents(settings.root) if options is None else _parents(options)
    place = _gateway(gateway) if gateway else None
    with _shown(settings, chosen, host, port) if serve else nullcontext():
        report = run(
            settings,
            chosen,
            gateway=place,
            options=parents,
            say=say,
        )
    for line in (*report.failures, *map(str, report.differences[:SHOWN])):
        say(f"error: {line}")
    if not report.exit_code:
        say(f"{chosen}: all that was sent is what the build made")
    raise typer.Exit(report.exit_code)


def _parents(text: str) -> tuple[str, ...]:
    """Return the parents that an option names."""
    if text == NONE:
        return ()
    named = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    if wrong := [name for name in named if not PARENT.fullmatch(name)]:
        raise UsageError(f"--options {wrong[0]!r}: expected parents such as ES.OPT,EW.OPT, or none")
    return named


def _shown(settings: Settings, session: date, host: str, port: int) -> AbstractContextManager[None]:
    from spymaster.stream.access import Access
    from spymaster.stream.beside import Served, beside

    access = Access(host, os.environ.get(STREAM_TOKEN))
    return beside(Served(settings, session, access, port), say)


def _gateway(text: str) -> Gateway:
    from spymaster.live.order import Gateway

    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65_536:
        raise UsageError(f"--gateway {text}: expected HOST:PORT such as 127.0.0.1:13000")
    return Gateway(host, int(port))
