"""The sessions of a warehouse: read when asked for, and anew when they were built anew."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import date
from weakref import WeakValueDictionary

from spymaster.errors import UsageError
from spymaster.settings import Settings
from spymaster.stream import loading
from spymaster.stream.history import history
from spymaster.stream.recording import Recording
from spymaster.stream.shows import Show
from spymaster.warehouse.layout import Layout

KEPT = 3
"""Sessions that stay in memory, some 100 MB each, when nobody is listening to them."""
LOOK_S = 1.0


class Shelf:
    """Sessions of the published catalog, which may change under it.

    Parameters
    ----------
    session : date
        What is played to who names none; the newest by default.
    """

    def __init__(self, settings: Settings, session: date | None = None) -> None:
        self._settings = settings
        self._builds = loading.sessions(settings)
        self._catalog = self._published()
        self._default = session
        self._loaded: WeakValueDictionary[date, Recording] = WeakValueDictionary()
        self._recent: deque[Recording] = deque(maxlen=KEPT)
        self._reading = asyncio.Lock()
        self._day(None)

    def listed(self) -> list[dict[str, str]]:
        """Return session and mode of each, newest first."""
        return [{"session": day.isoformat(), "mode": "replay"} for day in self._builds]

    async def show(self, session: str | None) -> Recording:
        """Return a session, read from the catalog by the first who asks."""
        day = self._day(session)
        async with self._reading:
            found = self._loaded.get(day)
            if found is None or found.build != self._builds[day]:
                build = self._builds[day]
                found = await asyncio.to_thread(loading.load, self._settings, day, build)
                self._loaded[day] = found
            self._recent.append(found)
            return found

    async def next(self, show: Show, asked: str | None) -> Recording:
        """Return the session as it was built anew."""
        return await self.show(show.session)

    def retire(self, session: str) -> None:
        """Let who plays a session ask again what to play."""
        found = self._loaded.pop(date.fromisoformat(session), None)
        if found is not None:
            found.retired.set()

    def has(self, session: str) -> bool:
        """Whether a session is published."""
        return date.fromisoformat(session) in self._builds

    async def history(self, session: str | None, relation: str) -> bytes:
        """Return an allowed relation of a session as an Arrow stream."""
        day = self._day(session)
        return await asyncio.to_thread(history, self._settings, day, relation)

    async def follow(self) -> None:
        """Look each second whether another catalog was published, as long as the server runs."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Take another catalog if one was published."""
        if (published := self._published()) != self._catalog:
            builds = await asyncio.to_thread(loading.sessions, self._settings)
            self._builds, self._catalog = builds, published
            await self._renew()

    async def _renew(self) -> None:
        """Read sessions that were built anew beside what is played, then tell who plays it."""
        for day, old in list(self._loaded.items()):
            if day in self._builds and self._builds[day] != old.build:
                await self.show(day.isoformat())
                old.retired.set()

    def _published(self) -> str:
        return str(Layout(self._settings.warehouse).link.resolve())

    def _day(self, session: str | None) -> date:
        """Return the session that is asked for."""
        there = list(self._builds)
        try:
            day = date.fromisoformat(session) if session else self._default or there[0]
        except (ValueError, IndexError):
            day = None
        if day not in self._builds:
            asked = f"session {session or self._default or ''}".rstrip()
            found = f"{there[-1]} to {there[0]}" if there else "none with levels"
            raise UsageError(f"{asked}: not in the warehouse; there is {found}")
        return day
