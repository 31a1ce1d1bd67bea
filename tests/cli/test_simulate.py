"""The simulator from the command line: what it writes, says and prints."""

import json

import pytest

from cli.conftest import Shell
from spymaster.simulate import WORLDS
from texts import BUYING


@pytest.mark.thorough
def test_strength_is_what_was_asked_for_and_the_report_is_data(shell: Shell) -> None:
    args = ("simulate", "2024-03-05", "-o", "files", "--rate", "0.001", "--strength", "0.5")
    made = shell.inside(*args, "--no-options", "--report")
    assert made.returncode == 0
    assert made.stderr.splitlines()[-1].endswith(" records of 2024-03-05 in files")
    lines = made.stdout.splitlines()
    assert lines[0].startswith("records a second")
    assert any("0.93 .. 0.97" in line for line in lines)
    truth = shell.folder / "files" / "glbx-mdp3-20240305.truth.json"
    found = json.loads(truth.read_text(encoding="utf-8"))
    assert found["strength"] == 0.5
    assert {touch["oracle_break"] for touch in found["touches"]} != {1 / 3}


@pytest.mark.thorough
def test_without_a_report_nothing_is_on_stdout(shell: Shell) -> None:
    span = ("--start", "09:00", "--end", "10:00")
    made = shell("simulate", "2024-03-05", "-o", "files", "--rate", "0.0002", *span)
    assert (made.returncode, made.stdout) == (0, "")
    (line,) = made.stderr.splitlines()  # no progress in a log
    assert line.endswith(" records of 2024-03-05 in files")


def test_a_strength_below_zero_is_refused(shell: Shell) -> None:
    made = shell.inside("simulate", "2024-03-05", "-o", "files", "--strength", "-1")
    assert (made.returncode, made.stdout) == (2, "")
    assert made.stderr.splitlines()[-1] == "error: strength -1.0: allowed are 0 to 100"
    assert not (shell.folder / "files").exists()


def test_every_world_is_told_of_where_a_session_is_simulated() -> None:
    told = BUYING[BUYING.index("## Without an account") :]
    assert [line[2:4] for line in told.splitlines() if line.startswith("| W")] == list(WORLDS)
