"""What a screen is sent of a session that goes on, held against its replay."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from spymaster.settings import Settings
from spymaster.stream import loading
from spymaster.stream.running import Running

OF_ITS_TIME = ("mode", "speed", "build", "last_seq")
"""What hello says of how a session is shown, and not of the session."""


def holds_the_frames_of_the_replay(sent: Path, built: Settings) -> Running:
    """Compare every message of every bucket to the byte; return what was sent as it is shown."""
    shown = Running(sent)
    session = date.fromisoformat(shown.session)
    build = loading.sessions(built)[session]
    over = loading.load(built, session, build)
    assert shown.last_seq
    for seq in range(1, shown.last_seq + 1):
        for one, other in zip(shown.events(seq), over.events(seq), strict=True):
            assert one == other
    snapshot = shown.snapshot(shown.last_seq).replace(shown.build.encode(), build.encode())
    assert snapshot == over.snapshot(shown.last_seq)
    hello, said = shown.hello(None), over.hello(None)
    assert (hello["mode"], hello["last_seq"]) == ("live", shown.last_seq)
    assert {**hello, **{name: said[name] for name in OF_ITS_TIME}} == said
    return shown
