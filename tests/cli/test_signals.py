"""Ctrl-C, a closed terminal and kill, whenever they come: a word, a code, and nothing left."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.conftest import PROGRAM, Shell, bare_environment
from spymaster.cli.signals import WRITING_SECONDS
from spymaster.warehouse.files import SPILL
from spymaster.warehouse.layout import Layout

ROWS = "from range(10_000_000_000)"
CROSS = """
select a.range * b.range as product, a.range as a
from range(100_000) as a, range(10_000_000) as b
where a.range * b.range % 7 < 5
"""
"""Rows that come for hours; of a cross product DuckDB waits for its threads on closing."""
SILENT = CROSS.replace("< 5", "= -1")
"""The same work without a row."""
PATIENCE_SECONDS = 60
"""Before a test gives up on a sign; a busy machine may take long for any of them."""
DEAF = """
import sys, time
from pathlib import Path
from spymaster.cli import signals
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.lock import writer
signals.heed()
signals.loaded()
with writer(Layout(Path(sys.argv[1])), "test"):
    while True:
        try:
            print("hears", flush=True)
            time.sleep(600)
        except KeyboardInterrupt:
            pass
"""
"""A program that writes, and goes on whatever it is told."""
FREED = """
import os, signal, time
from spymaster.cli import signals
class Freed:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0)
signals.heed()
{loaded}
Freed()
print("not heard", flush=True)
time.sleep(600)
"""
"""A program that is told while it frees an object, where nothing can be raised."""


@contextmanager
def running(shell: Shell, *args: str, spill: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a command with a temporary folder of its own; it does not outlive the block."""
    with subprocess.Popen(
        [PROGRAM, *args],
        cwd=shell.folder,
        env=bare_environment() | {"TMPDIR": str(spill)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until_heeded(process: subprocess.Popen[bytes]) -> None:
    """Wait until a program catches SIGHUP, which is the first thing that it does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        status = Path(f"/proc/{process.pid}/status").read_text()
        caught = int(status.partition("SigCgt:")[2].split()[0], 16)
        if caught >> (signal.SIGHUP - 1) & 1:
            return
    raise AssertionError("no sign of a program that heeds signals")


def wait_for_spill(spill: Path) -> None:
    """Wait until a reader has its folder, which is just before it asks."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not list(spill.glob(f"{SPILL}*")):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def drain(process: subprocess.Popen[bytes]) -> threading.Thread:
    """Read what a command writes for as long as it writes."""
    assert process.stdout is not None
    reading = threading.Thread(target=process.stdout.read, daemon=True)
    reading.start()
    return reading


def stop(process: subprocess.Popen[bytes], number: int) -> tuple[float, bytes]:
    """Send a signal; return how long the program took to end, in s, and what it said."""
    assert process.stderr is not None
    process.send_signal(number)
    before = time.monotonic()
    process.wait(PATIENCE_SECONDS)
    return time.monotonic() - before, process.stderr.read()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells signals by /proc")
@pytest.mark.parametrize("args", [["query", ROWS], ["--help"], ["run"]])
def test_ctrl_c_while_the_program_is_imported_ends_it(
    built: Shell, tmp_path: Path, args: list[str]
) -> None:
    with running(built, *args, spill=tmp_path) as process:
        wait_until_heeded(process)
        _, said = stop(process, signal.SIGINT)
        assert (process.returncode, said) == (130, b"interrupted\n")


@pytest.mark.parametrize("loaded", ["", "signals.loaded()"])
def test_ctrl_c_where_nothing_can_be_raised_ends_a_program_too(loaded: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FREED.format(loaded=loaded)],
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (130, b"interrupted\n")


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [
        (signal.SIGINT, 130, b"interrupted\n"),
        (signal.SIGTERM, 143, b"terminated\n"),
        (signal.SIGHUP, 129, b"hung up\n"),
    ],
)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_query_that_hands_out_rows_ends_and_leaves_nothing(
    built: Shell, tmp_path: Path, form: str, number: int, code: int, word: bytes
) -> None:
    with running(built, "query", CROSS, "--format", form, spill=tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.read(4)
        drain(process)
        _, said = stop(process, number)
        assert (process.returncode, said) == (code, word)
        assert list(tmp_path.iterdir()) == []


def test_a_query_that_has_nothing_to_hand_out_yet_ends(built: Shell, tmp_path: Path) -> None:
    with running(built, "query", SILENT, spill=tmp_path) as process:
        wait_for_spill(tmp_path)
        _, said = stop(process, signal.SIGINT)
        assert (process.returncode, said) == (130, b"interrupted\n")
        assert list(tmp_path.iterdir()) == []


def test_a_query_whose_reader_does_not_read_ends(built: Shell, tmp_path: Path) -> None:
    with running(built, "query", ROWS, "--format", "csv", spill=tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.read(4)  # and no more, so that it waits for room in the pipe
        _, said = stop(process, signal.SIGINT)
        assert (process.returncode, said) == (130, b"interrupted\n")


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [1, 5, 10])
@pytest.mark.parametrize("form", ["csv", "arrow", "parquet"])
def test_a_query_ends_within_a_second_whenever_it_is_told(
    built: Shell, tmp_path: Path, form: str, seconds: int
) -> None:
    for _ in range(20):
        with running(built, "query", CROSS, "--format", form, spill=tmp_path) as process:
            wait_for_spill(tmp_path)
            drain(process)
            time.sleep(seconds)
            took, said = stop(process, signal.SIGINT)
            assert (process.returncode, said) == (130, b"interrupted\n")
            assert took < 1.0
            assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "jobs",
    [pytest.param("1", marks=pytest.mark.slow), pytest.param("2", marks=pytest.mark.thorough)],
)
def test_an_interrupted_run_says_so_once_and_the_next_one_ends_it(
    built: Shell, used_shell: Shell, tmp_path: Path, jobs: str
) -> None:
    assert used_shell("land", built.folder / "files").returncode == 0
    spill = tmp_path / "spill"
    spill.mkdir()
    asked = ("run", "+pressure.states_5s")
    with running(used_shell, *asked, "--jobs", jobs, spill=spill) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        _, said = stop(process, signal.SIGINT)
        assert process.returncode == 130
        assert (first + said).count(b"interrupted") == 1
        assert said.endswith(b"interrupted\n")
        assert b"error" not in first + said
        assert list(spill.iterdir()) == []
    assert list(Layout(used_shell.warehouse).tmp.iterdir()) == []
    assert used_shell(*asked).returncode == 0


@pytest.mark.thorough
def test_a_log_of_json_ends_with_json(built: Shell, used_shell: Shell, tmp_path: Path) -> None:
    assert used_shell("land", built.folder / "files").returncode == 0
    with running(used_shell, "run", "--log-format", "json", spill=tmp_path) as process:
        assert process.stderr is not None
        process.stderr.readline()
        _, said = stop(process, signal.SIGINT)
    last = json.loads(said.splitlines()[-1])
    assert (last["action"], last["message"], process.returncode) == ("fail", "interrupted", 130)


def test_a_second_ctrl_c_ends_whatever_goes_on(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", DEAF, str(tmp_path / "warehouse")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"hears\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == b"hears\n"
        took, said = stop(process, signal.SIGINT)
        assert (process.returncode, said) == (130, b"interrupted\n")
        assert took < WRITING_SECONDS


@pytest.mark.thorough
def test_one_ctrl_c_ends_it_too_a_little_later(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", DEAF, str(tmp_path / "warehouse")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"hears\n"
        _, said = stop(process, signal.SIGINT)
        assert (process.returncode, said) == (130, b"interrupted\n")


def test_what_the_shell_ignores_stays_ignored(built: Shell) -> None:
    """As ``nohup`` has it: the terminal may close."""
    with subprocess.Popen(
        [PROGRAM, "query", ROWS, "--format", "csv"],
        cwd=built.folder,
        env=bare_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read(4)
        process.send_signal(signal.SIGHUP)
        assert process.stdout.read(1_000_000)
        _, said = stop(process, signal.SIGTERM)
        assert (process.returncode, said) == (143, b"terminated\n")


def test_gc_finds_what_killed_readers_left(built: Shell, moved: Shell, tmp_path: Path) -> None:
    spill = tmp_path / "spill"
    spill.mkdir()
    foreign = spill / "spymaster-browser"
    foreign.mkdir()
    with running(built, "query", SILENT, spill=spill) as killed:
        wait_for_spill(spill)
        (left,) = spill.glob(f"{SPILL}*")
        killed.kill()
    os.utime(left, (0, 0))
    with running(built, "query", SILENT, spill=spill):
        while len(list(spill.glob(f"{SPILL}*"))) == 1:
            time.sleep(0.01)
        (used,) = set(spill.glob(f"{SPILL}*")) - {left}
        os.utime(used, (0, 0))
        time.sleep(0.2)
        result = moved("gc", TMPDIR=str(spill))
        assert str(left) in result.stdout + result.stderr
        assert set(spill.iterdir()) == {foreign, used}
