"""Whether a session that came live is that of the ordinary build, and what memory it took.

A simulated session with its options comes through the stand-in, faster than the clock, into the
command itself: its capture, its builder, its server, each a process, with the ordinary build and
the audit at the end. An earlier session is in the warehouse, to look back at. Beside that audit
every published column of what stands is compared here with what was built, and every message that a
screen was sent with those of the replay. Ends with 1 where anything differs.

    uv run python tests/benchmarks/live_equal.py --rate 0.02 --minutes 180 --speed 20
    uv run python tests/benchmarks/live_equal.py --rate 1 --minutes 10 --speed 20
    uv run python tests/benchmarks/live_equal.py --minutes 60 --late 45
    uv run python tests/benchmarks/live_equal.py --minutes 180 --kills 20 --seed 7
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from live.building import differences
from live.room import KILLED, SESSION, Room, memory_mb
from live.screen import Screen, of_the_replay
from spymaster import operations
from spymaster.land import land
from spymaster.live.events import read_events
from spymaster.live.segments import capture_folder
from spymaster.live.sent import read_sent
from spymaster.settings import Settings
from spymaster.simulate import simulate

BEFORE = date(2024, 3, 4)
TEN_MINUTES = 120
"""Buckets."""
OPENS = datetime.combine(SESSION, datetime.min.time()) + timedelta(hours=9, minutes=30)
LEAD = timedelta(minutes=30)
LOOK_SECONDS = 0.2
SHOWN = 10
"""Differences."""


def main() -> None:
    """Run one session and say what differs."""
    given = _given()
    with TemporaryDirectory() if given.folder is None else nullcontext(given.folder) as made:
        room = _room(given, Path(made))
        try:
            found = list(_run(room, given))
        finally:
            room.close()
    print(f"{len(found)} differences" if found else "equal: every column, every message")
    of_relations = Counter(one.partition(" of ")[0] for one in found)
    for what in (*found[:SHOWN], *(f"{count} {what}" for what, count in of_relations.items())):
        print(what)
    sys.exit(bool(found))


def _room(given: argparse.Namespace, folder: Path) -> Room:
    end = OPENS + timedelta(minutes=given.minutes)
    settings = Settings(folder / "warehouse", window_end=end.time())
    past = simulate(
        folder / "before",
        session=BEFORE,
        rate=0.01,
        start=(OPENS - LEAD).time(),
        end=(OPENS + timedelta(minutes=30)).time(),
    )
    land(past.files, settings)
    assert not operations.run(settings).failures
    made = simulate(
        folder / "files",
        session=SESSION,
        rate=given.rate,
        start=(OPENS - LEAD).time(),
        end=(end + timedelta(seconds=10)).time(),
    )
    return Room(settings, made.files, given.speed, folder / "told", given.late * 60 - 2)


def _run(room: Room, given: argparse.Namespace) -> Iterator[str]:
    """Yield what differs."""
    room.open_gateway()
    room.start()
    assert room.command
    screen = Screen(room.shown_at)
    n_buckets = int(given.minutes * 12)
    _look_on(room, n_buckets, Kills(given.kills, n_buckets, given.seed))
    code = room.command.wait()
    screen.is_closed = True
    print(room.told.read_text(), end="")
    print("capture:", dict(Counter(one["event"] for one in _events(room))))
    print("sent:", dict(Counter(f"{one.said['why']}" for one in read_sent(room.sent))))
    print("screen:", dict(Counter(screen.kinds)))
    if code:
        yield f"the command ended with {code}"
    yield from differences(room.settings, room.sent, n_buckets)
    shown, replayed = screen.frames, of_the_replay(room.settings, SESSION)
    yield from (
        f"message {key}: {'not the replay' if key in shown else 'not sent'}"
        for key in replayed
        if shown.get(key) != replayed[key]
    )
    yield from (f"message {key}: not in the replay" for key in shown.keys() - replayed.keys())


class Kills:
    """When something is killed: at random over a session, by the buckets that were sent."""

    def __init__(self, count: int, n_buckets: int, seed: int) -> None:
        self._random = Random(seed)
        self._left = sorted(self._random.randrange(1, n_buckets) for _ in range(count))

    def next(self, sent: int) -> str | None:
        """Return who is killed now."""
        if not self._left or sent < self._left[0]:
            return None
        return self._random.choice(KILLED)

    def done(self, what: str) -> None:
        """Take note of one; who was not there is none, and somebody else's turn."""
        print(what, flush=True)
        self._left.pop(0)


def _look_on(room: Room, n_buckets: int, kills: Kills) -> None:
    """Kill, and tell of memory, until the last bucket is sent or the command ends."""
    assert room.command
    told = 0
    while (sent := room.n_sent()) < n_buckets and room.command.poll() is None:
        if (who := kills.next(sent)) and room.kill(who):
            kills.done(f"bucket {sent}: killed {who}")
        if sent // TEN_MINUTES > told:
            told = sent // TEN_MINUTES
            _tell(room, sent)
        time.sleep(LOOK_SECONDS)
    _tell(room, sent)


def _tell(room: Room, sent: int) -> None:
    held = {what: memory_mb(pid) for what, pid in room.processes().items()}
    parts = (f"{what} {now:,} MB, at most {most:,}" for what, (now, most) in held.items())
    print(f"bucket {sent}: {'; '.join(parts)}", flush=True)


def _events(room: Room) -> Iterator[dict[str, str]]:
    return read_events(capture_folder(room.settings.warehouse, SESSION))


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rate", type=float, default=0.02, help="of a real day's")
    parser.add_argument("--minutes", type=float, default=180.0, help="of the window")
    parser.add_argument("--speed", type=float, default=20.0, help="of the clock")
    parser.add_argument("--late", type=float, default=0.0, help="minutes past as it begins")
    parser.add_argument("--kills", type=int, default=0, help="over the session")
    parser.add_argument("--seed", type=int, default=7, help="of what is killed, and when")
    parser.add_argument("--folder", type=Path, help="new, and kept; else gone at the end")
    return parser.parse_args()


if __name__ == "__main__":
    main()
