"""The command from end to end, with what is killed on the way."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from datetime import time as hour
from pathlib import Path
from random import Random

import pytest

from first_use import Used
from live import conftest
from live.conftest import until
from live.plan import KEY as SECRET
from live.screen import Screen, of_the_replay
from spymaster.live.order import KEY
from spymaster.live.sent import DECIDED, read_sent, sent_folder
from spymaster.settings import Settings
from spymaster.units import window_ns

SESSION = date(2024, 3, 5)
TESTS = Path(__file__).parents[1]
GROUPS = 3


@dataclass
class Room:
    """A gateway and the command, each a process; both can be killed and begin again."""

    settings: Settings
    speed: float
    told: Path
    port: int = field(default_factory=lambda: _free_port())
    shown_at: int = field(default_factory=lambda: _free_port())
    _began: float = field(default_factory=time.monotonic)
    _gateway: subprocess.Popen[bytes] | None = None
    command: subprocess.Popen[bytes] | None = None

    @property
    def sent(self) -> Path:
        """Where buckets are sent to."""
        return sent_folder(self.settings.warehouse, SESSION)

    def n_sent(self) -> int:
        """Return of how many buckets something was sent."""
        return len({line.key[0] for line in read_sent(self.sent)})

    def open_gateway(self) -> None:
        """Start the stand-in; its clock shows what it would show, had it never ended."""
        own = self.settings
        start_ns, _ = window_ns(SESSION, own.window_start, own.window_end, own.zone)
        shown = start_ns - 2 * 10**9 + int((time.monotonic() - self._began) * self.speed * 1e9)
        given = {"--speed": self.speed, "--at": shown, "--port": self.port}
        options = [str(part) for pair in given.items() for part in pair]
        files = sorted((FILES[0]).rglob("*.dbn.zst"))
        run = [sys.executable, "-m", "live.gateway", *options, *map(str, files)]
        self._gateway = subprocess.Popen(run, cwd=TESTS, stdout=subprocess.PIPE)
        assert self._gateway.stdout
        assert self._gateway.stdout.readline()

    def start(self) -> None:
        """Start the command."""
        own = self.settings
        given = {
            "warehouse": own.warehouse,
            "window-end": own.window_end,
            "levels": ",".join(own.levels),
            "session": SESSION,
            "gateway": f"127.0.0.1:{self.port}",
            "options": "ES.OPT",
            "port": self.shown_at,
        }
        options = [part for name, value in given.items() for part in (f"--{name}", str(value))]
        run = [str(Path(sys.executable).parent / "spymaster"), "live", "--serve", *options]
        with self.told.open("ab") as output:
            self.command = subprocess.Popen(run, env={**os.environ, KEY: SECRET}, stderr=output)

    def kill(self, who: str) -> None:
        """Kill one at once, and start what nobody else does."""
        if who == "builder":
            assert self.command
            self.command.kill()
            self.command.wait()
            self.start()
        elif who == "server":
            os.kill(self._server(), signal.SIGKILL)
        elif who == "gateway":
            self.close_gateway()
            self.open_gateway()
        else:
            lock = self.settings.warehouse / "capture" / str(SESSION) / "capture.lock"
            with suppress(ProcessLookupError):
                os.kill(int(re.sub(r"\D", "", lock.read_text())), signal.SIGKILL)

    def _server(self) -> int:
        """Return the process of the server, a child of the command."""
        assert self.command
        listed = Path(f"/proc/{self.command.pid}/task").glob("*/children")
        children = [int(pid) for path in listed for pid in path.read_text().split()]
        said = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children}
        return next(pid for pid, line in said.items() if b"spawn_main" in line)

    def close_gateway(self) -> None:
        """Kill the stand-in."""
        if self._gateway and self._gateway.stdout:
            self._gateway.kill()
            self._gateway.wait()
            self._gateway.stdout.close()

    def close(self) -> None:
        """Leave nothing behind."""
        if self.command and self.command.poll() is None:
            self.command.terminate()
            self.command.wait()
        self.close_gateway()


FILES: list[Path] = []


@pytest.fixture
def room(
    simulated: Settings, used: Used, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Room]:
    """A gateway twice as fast as the clock, just before the window, and nothing landed."""
    monkeypatch.setattr(conftest, "DEADLINE_SECONDS", 120.0)
    FILES[:] = [simulated.warehouse.parent / "files"]
    settings = replace(simulated, warehouse=used(tmp_path / "w"), window_end=hour(9, 31))
    made = Room(settings, speed=2, told=tmp_path / "told")
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
    for n, who in enumerate(("capture", "gateway", "builder", "server")):
        until(lambda least=2 * n + 1: screen.has("bucket", least))
        room.kill(who)
    ended_well(room, 12)
    screen.is_closed = True
    assert screen.seqs == sorted(set(screen.seqs)), "a bucket was sent twice"
    assert "gap" not in screen.kinds
    assert "end" in screen.kinds
    assert screen.frames == of_the_replay(room.settings)


@pytest.mark.slow
def test_twenty_kills_at_random_leave_the_same_bytes(room: Room) -> None:
    """Over ten minutes of the window, whenever a few more buckets have come."""
    room.settings, room.speed = replace(room.settings, window_end=hour(9, 40)), 5
    room.open_gateway()
    room.start()
    random = Random(7)
    for _ in range(20):
        least = min(room.n_sent() + random.randint(1, 6), 118)
        until(lambda least=least: room.n_sent() >= least)
        room.kill(random.choice(("capture", "gateway", "builder")))
    ended_well(room, 120)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port
