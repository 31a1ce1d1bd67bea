"""The command from end to end, killed on the way."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from first_use import Used
from live import conftest
from live.conftest import until
from live.gateway import Gateway, serving
from live.plan import KEY as SECRET
from live.tape import load
from spymaster.live.order import KEY
from spymaster.live.sent import read_sent, sent_folder
from spymaster.settings import Settings

pytestmark = pytest.mark.slow
SESSION, END = date(2024, 3, 5), time(9, 31)


def command(settings: Settings, port: int) -> list[str]:
    """Return the command of a session through the stand-in."""
    options = {
        "warehouse": settings.warehouse,
        "window-end": settings.window_end,
        "levels": ",".join(settings.levels),
        "session": SESSION,
        "gateway": f"127.0.0.1:{port}",
        "options": "ES.OPT",
    }
    given = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    return [str(Path(sys.executable).parent / "spymaster"), "live", *given]


def test_a_killed_builder_and_a_killed_capture_leave_the_same_bytes(
    simulated: Settings, used: Used, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are killed as buckets come; the audit at the end is the command's own."""
    monkeypatch.setattr(conftest, "DEADLINE_SECONDS", 300.0)
    settings = replace(simulated, warehouse=used(tmp_path / "warehouse"), window_end=END)
    tape = load(sorted((simulated.warehouse.parent / "files").rglob("*.dbn.zst")))
    environment = {**os.environ, KEY: SECRET}
    sent = sent_folder(settings.warehouse, SESSION)
    with serving(Gateway(tape, speed=20)) as gateway:
        told = tmp_path / "told"
        with told.open("wb") as output:
            run = command(settings, gateway.port)
            first = subprocess.Popen(run, env=environment, stderr=output)
            until(lambda: len(list(read_sent(sent))) >= 6)
            first.kill()
            first.wait()
            lock = settings.warehouse / "capture" / str(SESSION) / "capture.lock"
            os.kill(int(re.sub(r"\D", "", lock.read_text())), signal.SIGKILL)
            done = subprocess.run(run, env=environment, stderr=output, timeout=400, check=False)
    text = told.read_text()
    assert done.returncode == 0, text
    assert "all that was sent is what the build made" in text
    assert SECRET not in text
    assert len({line.key for line in read_sent(sent)}) == 3 * 12
