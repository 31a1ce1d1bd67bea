"""The command, the gateway it captures from and the screen's server, each a process."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from live.plan import KEY as SECRET
from spymaster.live.order import KEY, LOCK
from spymaster.live.segments import capture_folder
from spymaster.live.sent import Following, sent_folder
from spymaster.settings import Settings
from spymaster.units import window_ns

SESSION = date(2024, 3, 5)
TESTS = Path(__file__).parents[1]
SIGNS = {"capture": b"spymaster.live.process", "builder": b"--serve", "server": b"spawn_main"}
"""What the command lines of its processes hold."""
KILLED = ("capture", "gateway", "builder", "server")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@dataclass
class Room:
    """A gateway and the command, each a process; both can be killed and begin again.

    Parameters
    ----------
    files : sequence of Path
        What the gateway has.
    speed : float
        Seconds of the gateway's clock in one of ours.
    told : Path
        Where what the command says goes.
    opens_s : float, seconds
        What of the window is past when the gateway begins.
    """

    settings: Settings
    files: Sequence[Path]
    speed: float
    told: Path
    opens_s: float = -2.0
    port: int = field(default_factory=_free_port)
    shown_at: int = field(default_factory=_free_port)
    command: subprocess.Popen[bytes] | None = None
    _began: float = field(default_factory=time.monotonic)
    _gateway: subprocess.Popen[bytes] | None = None
    _numbers: set[int] = field(default_factory=set)
    _following: Following | None = None

    @property
    def sent(self) -> Path:
        """Where buckets are sent to."""
        return sent_folder(self.settings.warehouse, SESSION)

    def n_sent(self) -> int:
        """Return of how many buckets something was sent."""
        self._following = self._following or Following(self.sent)
        self._numbers |= {line.key[0] for line in self._following.poll()}
        return len(self._numbers)

    def open_gateway(self) -> None:
        """Start the stand-in; its clock shows what it would show, had it never ended."""
        own = self.settings
        start_ns, _ = window_ns(SESSION, own.window_start, own.window_end, own.zone)
        passed_s = self.opens_s + (time.monotonic() - self._began) * self.speed
        shown = start_ns + int(passed_s * 1e9)
        given = {"--speed": self.speed, "--at": shown, "--port": self.port}
        options = [str(part) for pair in given.items() for part in pair]
        run = [sys.executable, "-m", "live.gateway", *options, *map(str, sorted(self.files))]
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
            "port": self.shown_at,
        }
        options = [part for name, value in given.items() for part in (f"--{name}", str(value))]
        run = [str(Path(sys.executable).parent / "spymaster"), "live", "--serve", *options]
        with self.told.open("ab") as output:
            self.command = subprocess.Popen(run, env={**os.environ, KEY: SECRET}, stderr=output)

    def processes(self) -> dict[str, int]:
        """Return the ids of the processes that are there, by what they do."""
        assert self.command
        lock = capture_folder(self.settings.warehouse, SESSION) / LOCK
        said = re.sub(r"\D", "", lock.read_text()) if lock.exists() else ""
        likely = [self.command.pid, *_children(self.command.pid), *([int(said)] if said else [])]
        found = {pid: _line_of(pid) for pid in likely}
        return {what: pid for what, sign in SIGNS.items() for pid in likely if sign in found[pid]}

    def kill(self, who: str) -> bool:
        """Kill one at once, and start what nobody else does; return whether it was there."""
        if who == "gateway":
            self.close_gateway()
            self.open_gateway()
            return True
        pid = self.processes().get(who)
        if pid:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if who == "builder":
            assert self.command
            self.command.wait()
            self.start()
        return pid is not None

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


def memory_mb(pid: int) -> tuple[int, int]:
    """Return what a process holds and what it held at most, MB."""
    said = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    held, most = (re.findall(rf"{name}:\s+(\d+) kB", said)[0] for name in ("VmRSS", "VmHWM"))
    return int(held) // 1_000, int(most) // 1_000


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in listed for child in path.read_text().split()]


def _line_of(pid: int) -> bytes:
    """Return the command line of a process; empty where it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
