"""The command that serves the screen."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from spymaster.cli.configured import reading
from spymaster.cli.options import LOOPBACK, PORT, Host, Port, Session
from spymaster.cli.terminal import say
from spymaster.settings import STREAM_TOKEN, Settings


@reading
def serve(
    settings: Settings,
    session: Session = None,
    live: Annotated[
        bool, typer.Option("--live", help="Show the session that is under way, too.")
    ] = False,
    speed: Annotated[
        str, typer.Option(metavar="FACTOR", help="Times real time, 0 to 1000, or max.")
    ] = "1",
    host: Host = LOOPBACK,
    port: Port = PORT,
) -> None:
    """Replay sessions to browsers and programs, until Ctrl-C.

    With --live those who name no session see the one that `spymaster live` builds, bucket by
    bucket, and once it is over the same as a replay.
    """
    from spymaster.stream.access import Access
    from spymaster.stream.serving import serve_sessions

    serve_sessions(
        settings,
        is_live=live,
        session=session,
        speed=speed,
        access=Access(host, os.environ.get(STREAM_TOKEN)),
        port=port,
        started=lambda address: say(f"serving {address} until Ctrl-C"),
    )
