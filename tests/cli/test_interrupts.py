"""Ctrl-C, a reader that has seen enough, and a writer that is in the way."""

import signal
import subprocess
import threading
import time

import pytest

from cli.conftest import PROGRAM, Shell, bare_environment
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.lock import writer

LONG = "select count(*) from range(100_000) a, range(10_000_000) b where a.range * b.range % 7 = 1"
ROWS = "from range(10_000_000_000)"


@pytest.mark.parametrize(
    "args",
    [
        ["query", LONG],
        ["query", ROWS, "--format", "parquet"],
        ["simulate", "2024-03-05", "-o", "{folder}", "--rate", "1"],
    ],
)
def test_ctrl_c_ends_at_once_with_130(built: Shell, args: list[str], tmp_path: str) -> None:
    with built.started(*(arg.format(folder=tmp_path) for arg in args)) as running:
        time.sleep(1.5)
        assert running.poll() is None
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=10)
    assert (running.returncode, said) == (130, "interrupted\n")


@pytest.mark.parametrize("form", ["csv", "jsonl", "arrow"])
def test_a_reader_that_closes_the_pipe_ends_the_command_quietly(built: Shell, form: str) -> None:
    with subprocess.Popen(
        [PROGRAM, "query", ROWS, "--format", form],
        cwd=built.folder,
        env=bare_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.read(5)
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(timeout=20) == 0


def test_a_held_warehouse_is_waited_for(moved: Shell) -> None:
    held = writer(Layout(moved.warehouse), "test")
    held.__enter__()
    threading.Timer(1.0, lambda: held.__exit__(None, None, None)).start()
    before = time.monotonic()
    result = moved("run", "--wait", "30")
    assert result.returncode == 0
    assert time.monotonic() - before > 1.0
