"""What a person sees: a terminal of 80 columns."""

import os
import pty
import struct
from fcntl import ioctl
from subprocess import Popen
from termios import TIOCSWINSZ

import pytest

from cli.conftest import PROGRAM, Shell, bare_environment

WIDTH = 80


def on_terminal(shell: Shell, *args: str) -> tuple[int, str]:
    """Return the exit code and everything that a command shows."""
    ours, theirs = pty.openpty()
    ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", 40, WIDTH, 0, 0))
    environment = bare_environment() | {"TERM": "xterm", "COLUMNS": str(WIDTH)}
    with Popen(
        [PROGRAM, *args],
        cwd=shell.folder,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as running:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65_536):
                shown += part
        except OSError:  # what a terminal says when the last program has left it
            pass
        os.close(ours)
    return running.returncode, shown.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    "args",
    [
        ["tables"],
        ["describe", "flow_5s"],
        ["describe", "features_5s"],
        ["features", "states_5s"],
        ["plan"],
        ["query", "from flow_5s limit 5"],
        ["evaluate"],
        ["--help"],
        ["run", "--help"],
    ],
)
def test_no_line_is_wider_than_the_terminal(built: Shell, args: list[str]) -> None:
    code, shown = on_terminal(built, *args)
    assert code == 0
    assert max(map(len, shown.splitlines())) <= WIDTH


def test_binary_output_is_kept_from_the_terminal(built: Shell) -> None:
    code, shown = on_terminal(built, "query", "select 1", "--format", "parquet")
    assert code == 2
    assert shown == "error: --format parquet is binary; send it to a file or a pipe\n"


@pytest.mark.thorough
def test_a_simulation_and_a_landing_show_how_far_they_are(used_shell: Shell) -> None:
    args = ["simulate", "2024-03-05", "-o", "files", "--rate", "0.0002", "--world", "W0"]
    code, shown = on_terminal(used_shell, *args, "--start", "08:30", "--end", "10:30")
    assert code == 0
    assert "%" in shown
    assert shown.rstrip().splitlines()[-1].endswith(" records of 2024-03-05 in files")
    code, shown = on_terminal(used_shell, "land", "files/glbx-mdp3-20240305.mbo.dbn.zst")
    assert code == 0
    assert "landed files/glbx-mdp3-20240305.mbo.dbn.zst" in shown
