"""The command from end to end, with what is killed on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import time as hour
from pathlib import Path
from random import Random

import pytest

from first_use import Used
from live import conftest
from live.building import files
from live.conftest import until
from live.plan import KEY as SECRET
from live.room import KILLED, SESSION, Room
from live.screen import Screen, of_the_replay
from spymaster.live.sent import DECIDED, read_sent
from spymaster.settings import Settings

GROUPS = 3


@pytest.fixture
def room(
    simulated: Settings, used: Used, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Room]:
    """A gateway twice as fast as the clock, just before the window, and nothing landed."""
    monkeypatch.setattr(conftest, "DEADLINE_SECONDS", 120.0)
    settings = replace(simulated, warehouse=used(tmp_path / "w"), window_end=hour(9, 31))
    made = Room(settings, files(simulated), speed=2, told=tmp_path / "told")
    try:
        yield made
    finally:
        made.close()


def ended_well(room: Room, n_buckets: int) -> None:
    """Wait for the command's end and look at what it says of itself."""
    assert room.command
    code, text = room.command.wait(500), room.told.read_text()
    assert code == 0, text
    assert "all that was sent is what the build made" in text
    assert SECRET not in text
    keys = {line.key for line in read_sent(room.sent) if line.key[1] != DECIDED}
    assert len(keys) == GROUPS * n_buckets


@pytest.mark.slow
def test_whoever_is_killed_the_rest_is_the_same_bytes(room: Room) -> None:
    """Each once, as buckets come; the audit of all of them at the end is the command's own.

    A screen that looks on comes back by itself, and has in the end what the replay has.
    """
    room.open_gateway()
    room.start()
    screen = Screen(room.shown_at)
    for n, who in enumerate(KILLED):
        until(lambda least=2 * n + 1: screen.has("bucket", least))
        room.kill(who)
    ended_well(room, 12)
    screen.is_closed = True
    assert screen.seqs == sorted(set(screen.seqs)), "a bucket was sent twice"
    assert "gap" not in screen.kinds
    assert "end" in screen.kinds
    assert screen.frames == of_the_replay(room.settings, SESSION)


@pytest.mark.slow
def test_twenty_kills_at_random_leave_the_same_bytes(room: Room) -> None:
    """Over ten minutes of the window, whenever a few more buckets have come; also on a screen."""
    room.settings, room.speed = replace(room.settings, window_end=hour(9, 40)), 5
    room.open_gateway()
    room.start()
    random, screen = Random(7), Screen(room.shown_at)
    for _ in range(20):
        least = min(room.n_sent() + random.randint(1, 6), 118)
        until(lambda least=least: room.n_sent() >= least)
        room.kill(random.choice(KILLED))
    ended_well(room, 120)
    screen.is_closed = True
    assert "gap" not in screen.kinds
    assert screen.frames == of_the_replay(room.settings, SESSION)


@pytest.mark.slow
def test_a_late_start_has_the_day_so_far(room: Room) -> None:
    """By the clock: when it starts, two and a half minutes of the window are past."""
    room.settings, room.opens_s = replace(room.settings, window_end=hour(9, 34)), 150.0
    room.open_gateway()
    room.start()
    ended_well(room, 48)
    clocks = {
        line.key[0]: line.said["clock"] - line.said["bucket_end"] for line in read_sent(room.sent)
    }
    assert clocks[1] > 140 * 10**9, "built long after it ended"
    assert clocks[48] < 10 * 10**9, "and from then on as they end"
