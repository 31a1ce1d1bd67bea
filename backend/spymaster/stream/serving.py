"""Serve the sessions of a warehouse: what the command does, and any program may."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date

from spymaster.settings import Settings
from spymaster.stream.access import Access
from spymaster.stream.asked import speed_of
from spymaster.stream.desk import Desk
from spymaster.stream.library import Shelf
from spymaster.stream.server import serve


def serve_sessions(
    settings: Settings,
    *,
    is_live: bool,
    session: date | None,
    speed: str,
    access: Access,
    port: int,
    started: Callable[[str], None],
) -> None:
    """Answer until the process is told to end.

    Parameters
    ----------
    is_live : bool
        Whether the session that goes on is shown, too.
    session : date
        What is played to who names none; none means the newest, or the one that goes on.
    speed : str
        Times real time, or ``max``, for who names none.
    access : Access
        Where it listens, and whom it lets in.
    started
        Called with the address once it answers.

    Raises
    ------
    UsageError
        If one of these is wrong, or the port is taken.
    """
    pace = speed_of(speed)
    library = Desk(settings, session) if is_live else Shelf(settings, session)
    asyncio.run(serve(library, access, port=port, speed=pace, started=started))
