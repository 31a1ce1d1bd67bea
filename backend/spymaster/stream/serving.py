"""Serve the sessions of a warehouse: what the command does, and any program may."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date

from spymaster.settings import Settings
from spymaster.stream.access import Access
from spymaster.stream.asked import speed_of
from spymaster.stream.library import Shelf
from spymaster.stream.server import serve


def serve_shelf(
    settings: Settings,
    *,
    session: date | None,
    speed: str,
    host: str,
    port: int,
    token: str | None,
    started: Callable[[str], None],
) -> None:
    """Answer until the process is told to end.

    Parameters
    ----------
    session : date
        What is played to who names none; none means the newest.
    speed : str
        Times real time, or ``max``, for who names none.
    token : str
        What has to be shown from another machine.
    started
        Called with the address once it answers.

    Raises
    ------
    UsageError
        If one of these is wrong, or the port is taken.
    """
    access, pace = Access(host, token), speed_of(speed)
    shelf = Shelf(settings, session)
    asyncio.run(serve(shelf, access, port=port, speed=pace, started=started))
