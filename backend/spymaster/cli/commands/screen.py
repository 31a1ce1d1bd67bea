"""The command that serves the screen."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from spymaster.cli.configured import reading
from spymaster.cli.options import Session
from spymaster.cli.terminal import say
from spymaster.settings import STREAM_TOKEN, Settings


@reading
def serve(
    settings: Settings,
    session: Session = None,
    speed: Annotated[
        str, typer.Option(metavar="FACTOR", help="Times real time, 0 to 1000, or max.")
    ] = "1",
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="Where to listen; beyond this machine only with a token."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, metavar="NUMBER", help="0 is any.")
    ] = 8417,
) -> None:
    """Replay sessions to browsers and programs, until Ctrl-C."""
    from spymaster.stream.serving import serve_shelf

    serve_shelf(
        settings,
        session=session,
        speed=speed,
        host=host,
        port=port,
        token=os.environ.get(STREAM_TOKEN),
        started=lambda address: say(f"serving {address} until Ctrl-C"),
    )
