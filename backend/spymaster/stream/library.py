"""The sessions of a warehouse: read when asked for, and anew when they were built anew."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from datetime import date
from weakref import WeakValueDictionary

from spymaster.errors import SpymasterError, UsageError
from spymaster.settings import Settings
from spymaster.stream import loading
from spymaster.stream.history import history
from spymaster.stream.recording import Recording
from spymaster.stream.saying import Saying
from spymaster.stream.shows import NotYetError, Show
from spymaster.warehouse.layout import Layout

KEPT = 3
"""Sessions that stay in memory, some 100 MB each, when nobody is listening to them."""
AT_ONCE = 2
"""Sessions that are read at a time: each takes a core for seconds."""
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
        self._reading: defaultdict[date, asyncio.Lock] = defaultdict(asyncio.Lock)
        """Held while a session is read, once for all who ask; one that is there waits for none."""
        self._readers = asyncio.Semaphore(AT_ONCE)
        self._saying = Saying()
        self._day(None)

    def listed(self) -> list[dict[str, str]]:
        """Return session and mode of each, newest first."""
        return [{"session": day.isoformat(), "mode": "replay"} for day in self._builds]

    async def show(self, session: str | None) -> Recording:
        """Return a session, read from the catalog by the first who asks.

        Raises
        ------
        UsageError
            If there is none of that name.
        NotYetError
            If the catalog cannot be read just now.
        """
        while True:
            day = self._day(session)
            async with self._reading[day]:
                found = self._loaded.get(day)
                if day in self._builds and (found is None or found.build != self._builds[day]):
                    found = await self._load(day)
                # what was built anew while it was read has rows of who knows which build
                if found and day == self._day(session) and found.build == self._builds[day]:
                    self._keep(day, found)
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
        """Look each second whether another catalog was published, as long as the server runs.

        Where there is none to be read, what is in memory is played on.
        """
        while True:
            await asyncio.sleep(LOOK_S)
            with self._saying.errors():
                await self.look()

    async def look(self) -> None:
        """Take another catalog if one was published.

        Raises
        ------
        SpymasterError
            If it cannot be read.
        """
        await self._list()
        failures: list[SpymasterError] = []
        for day, old in list(self._loaded.items()):
            if day in self._builds and self._builds[day] != old.build:
                try:
                    await self.show(day.isoformat())
                except SpymasterError as error:  # of this one; others may be read
                    failures.append(error)
        if failures:
            raise failures[0]

    async def _list(self) -> None:
        """See which builds there are, if another catalog was published."""
        if (published := self._published()) != self._catalog:
            builds = await asyncio.to_thread(loading.sessions, self._settings)
            self._builds, self._catalog = builds, published

    async def _load(self, day: date) -> Recording:
        """Read a session, and see whether it is of this build still."""
        build = self._builds[day]
        try:
            async with self._readers:
                found = await asyncio.to_thread(loading.load, self._settings, day, build)
            await self._list()
        except SpymasterError as error:
            raise NotYetError(str(error)) from error
        return found

    def _keep(self, day: date, found: Recording) -> None:
        """Let a session take the place of another build of it, and tell who plays that."""
        old = self._loaded.get(day)
        self._loaded[day] = found
        if old is not None and old is not found:
            old.retired.set()
        others = (one for one in self._recent if one.session != found.session)
        self._recent = deque((*others, found), KEPT)

    def _published(self) -> str:
        return str(Layout(self._settings.warehouse).link.resolve())

    def _day(self, session: str | None) -> date:
        """Return the session that is asked for."""
        there = list(self._builds)
        if not there:
            raise UsageError("no session with levels is built; run the models first")
        try:
            day = date.fromisoformat(session) if session else self._default or there[0]
        except ValueError:
            day = None
        if day not in self._builds:
            asked = f"session {session or self._default}"
            found = f"{there[-1]} to {there[0]}"
            raise UsageError(f"{asked}: not in the warehouse; there is {found}")
        return day
