"""Ctrl-C, a reader that has seen enough, and a writer that is in the way."""

import signal
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from cli.conftest import PROGRAM, Shell, bare_environment
from cli.signs import Running, computed_seconds, holds_open, wait_until
from spymaster.warehouse.holding import GLANCE_SECONDS
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.lock import writer

LONG = "select count(*) from range(100_000) a, range(10_000_000) b where a.range * b.range % 7 = 1"
ROWS = "from range(10_000_000_000)"
Sign = Callable[[Running, Shell, Path], None]
"""Returns once the command is in the middle of what it does."""


def is_computing(running: Running, shell: Shell, folder: Path) -> None:
    """It has the catalog open, and then computes for longer than reading SQL takes."""
    catalog = shell.warehouse / "spymaster.duckdb"
    wait_until(running, lambda: holds_open(running, catalog))
    before = computed_seconds(running)
    wait_until(running, lambda: computed_seconds(running) > before + 0.5)


def is_writing(running: Running, shell: Shell, folder: Path) -> None:
    """The first of its output is there."""
    assert running.stdout is not None
    assert running.stdout.read(1) == "P"


def is_simulating(running: Running, shell: Shell, folder: Path) -> None:
    """The small files are there and the large one was begun."""
    wait_until(running, lambda: any(folder.glob("*.mbo.dbn.zst")))


@pytest.mark.parametrize(
    ("args", "sign"),
    [
        (["query", LONG], is_computing),
        (["query", ROWS, "--format", "parquet"], is_writing),
        (["simulate", "2024-03-05", "-o", "{folder}", "--rate", "1"], is_simulating),
    ],
    ids=["query", "output", "simulate"],
)
def test_ctrl_c_ends_at_once_with_130(
    built: Shell, args: list[str], sign: Sign, tmp_path: Path
) -> None:
    with built.started(*(arg.format(folder=tmp_path) for arg in args)) as running:
        sign(running, built, tmp_path)
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
    layout = Layout(moved.warehouse)
    with ExitStack() as held:
        held.enter_context(writer(layout, "test"))
        with moved.started("run", "--wait", "60") as running:
            wait_until(running, lambda: holds_open(running, layout.lock))
            with pytest.raises(subprocess.TimeoutExpired):
                running.wait(10 * GLANCE_SECONDS)  # without --wait it has gone by then
            held.close()
            running.communicate(timeout=60)
    assert running.returncode == 0
