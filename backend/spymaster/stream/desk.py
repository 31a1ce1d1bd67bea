"""What a desk looks at: the session that goes on, and those that are over."""

from __future__ import annotations

import asyncio
import time
from datetime import date
from pathlib import Path

from spymaster.errors import SpymasterError, UsageError
from spymaster.live.sent import KNOWN, sent_folder
from spymaster.settings import Settings
from spymaster.stream.library import LOOK_S, Shelf
from spymaster.stream.running import Running
from spymaster.stream.saying import Saying
from spymaster.stream.shows import NotYetError, Show
from spymaster.warehouse.layout import SENT, Layout

POLL_S = 0.05
"""How often is looked whether the log of what was sent has grown."""
SILENT_S = 60.0
"""A session of which nothing came for so long goes on no more, if it was built otherwise."""


class Desk:
    """The newest session that was built bucket by bucket, and the published ones.

    Until it is over and published it is streamed as it goes on, from then on as a replay.

    Parameters
    ----------
    session : date
        What is followed; the newest by default.
    """

    def __init__(self, settings: Settings, session: date | None = None) -> None:
        self._settings, self._asked = settings, session
        self._live = Layout(settings.warehouse).live
        self._over: Shelf | None = None
        self._lacks = "nothing is published yet"
        self._running: Running | None = None
        self._read_now: str | None = None
        """The session of which what was sent is being read: it takes seconds late in a window."""
        self._followed: str | None = None
        self._ended: set[str] = set()
        self._saying = Saying()

    def listed(self) -> list[dict[str, str]]:
        """Return session and mode of each, newest first."""
        over = self._over.listed() if self._over else []
        if self._running is None:
            return over
        own = self._running.session
        rows = [{"session": own, "mode": "live"}, *(row for row in over if row["session"] != own)]
        return sorted(rows, key=lambda row: row["session"], reverse=True)

    async def show(self, session: str | None) -> Show:
        """Return a session; to who names none the one that goes on, or went on last."""
        wanted = session or self._followed
        if self._running and wanted == self._running.session:
            return self._running
        if wanted is not None and wanted == self._read_now:
            raise NotYetError(f"session {wanted}: the buckets that were sent of it are being read")
        if wanted is None or (self._over is None and session is None):
            raise NotYetError(self._waits_for())
        if self._over is None:
            raise UsageError(f"session {session}: {self._lacks}")
        return await self._over.show(wanted)

    async def next(self, show: Show, asked: str | None) -> Show:
        """Return what takes the place of a session: to who named none the one that goes on."""
        return await self.show(asked and show.session)

    async def history(self, session: str | None, relation: str) -> bytes:
        """Return an allowed relation of a session that is over as an Arrow stream."""
        wanted = session or self._followed
        if self._over is None or (self._running and wanted == self._running.session):
            raise UsageError(f"session {wanted}: its relations are there once it is over")
        return await self._over.history(wanted, relation)

    async def follow(self) -> None:
        """Keep up with what is sent and what is published, as long as the server runs."""
        await self._look_at_catalog()
        await asyncio.gather(self._follow_published(), self._follow_sent())

    async def _follow_published(self) -> None:
        """By itself: what is built anew is read for seconds, and what goes on does not wait."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self._look_at_catalog()

    async def _follow_sent(self) -> None:
        looked = -LOOK_S
        while True:
            if time.monotonic() - looked >= LOOK_S:
                looked = time.monotonic()
                await self._look()
            if self._running:
                self._running.tell(await asyncio.to_thread(self._running.look))
            await asyncio.sleep(POLL_S)

    async def _look_at_catalog(self) -> None:
        """See what is published; before anything is, that is no error."""
        if self._over is not None:
            with self._saying.errors():  # what goes on is shown without what is over
                await self._over.look()
            return
        try:
            self._over = await asyncio.to_thread(Shelf, self._settings)
        except SpymasterError as error:
            self._lacks = str(error)

    async def _look(self) -> None:
        """See which session it is, and whether it goes on."""
        folder = self._newest()
        if folder is None:
            return
        before, self._followed = self._followed, folder.name
        if before not in (None, folder.name) and self._over:
            self._over.retire(str(before))
        if not self._goes_on(folder):
            self._run(None)
        elif self._running is None or self._running.session != folder.name:
            self._read_now = folder.name
            try:
                self._run(await asyncio.to_thread(Running, folder))
            finally:
                self._read_now = None

    def _run(self, running: Running | None) -> None:
        old, self._running = self._running, running
        if old is not None:
            old.retired.set()

    def _goes_on(self, folder: Path) -> bool:
        """Whether more may come: it is not published, or it comes all the same."""
        if self._over is None or not self._over.has(folder.name):
            return True
        running = self._running
        if running and running.session == folder.name and running.is_over:
            self._ended.add(folder.name)
        is_silent = time.time() - (folder / SENT).stat().st_mtime > SILENT_S
        return folder.name not in self._ended and not is_silent

    def _newest(self) -> Path | None:
        """Return the folder of the session that is followed, once it is known what it is."""
        if self._asked:
            folders = [sent_folder(self._settings.warehouse, self._asked)]
        else:
            folders = sorted(self._live.glob("[0-9]*-[0-9]*-[0-9]*"))
        return next((one for one in reversed(folders) if (one / KNOWN).exists()), None)

    def _waits_for(self) -> str:
        what = f"session {self._asked}" if self._asked else "a session"
        return f"waiting for {what}: the first bucket of its window has not come"
