"""A command that is started where a run fails: when, what it is told, and how it may end."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

import pytest

from cli.conftest import Shell
from spymaster.cli.alarm import Alarm, alarmed
from spymaster.operations import RunReport
from spymaster.settings import Settings
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.lock import writer

PRINT = "import os; print(*(os.environ[name] for name in ('FAILED_EXIT_CODE', 'FAILED_WHAT')))"
OTHERWISE = "--window-end", "09:33", "--change-settings"
"""What has to be built."""
TELL = f"{shlex.quote(sys.executable)} -c {shlex.quote(PRINT)} >> told.txt"


def told(shell: Shell) -> list[str]:
    """Return what the command was told, a line a failure."""
    path = shell.folder / "told.txt"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


@pytest.fixture
def broken(moved: Shell) -> Shell:
    """A warehouse whose raw files are gone, and a window that has to be built."""
    moved.inside("tables")
    shutil.rmtree(moved.warehouse / "raw")
    return moved


@pytest.mark.thorough
def test_a_failure_is_told_once_and_not_every_minute(broken: Shell) -> None:
    first = broken("run", *OTHERWISE, "--on-failure", TELL)
    assert (first.returncode, first.stdout) == (1, "")
    (line,) = told(broken)
    assert line.startswith("1 2024-03-05 ")
    assert line.removeprefix("1 ") in first.stderr
    again = broken("run", *OTHERWISE, "--on-failure", TELL)
    assert again.returncode == 1
    assert len(told(broken)) == (1 if "nothing changed since" in again.stderr else 2)


def test_nothing_is_told_of_a_run_that_does_its_work(built: Shell, tmp_path: Path) -> None:
    path = tmp_path / "told.txt"
    built.inside("tables")
    result = built.inside("run", "--on-failure", f"touch {path}")
    assert result.returncode == 0
    assert not path.exists()


def test_what_ends_the_run_is_told_but_not_that_another_writes(moved: Shell) -> None:
    wrong = moved("run", "no.such_model", "--on-failure", TELL)
    assert wrong.returncode == 2
    (line,) = told(moved)
    assert line.startswith("2 no model is called 'no.such_model'")
    with writer(Layout(moved.warehouse), "a test"):
        assert moved("run", "--on-failure", TELL).returncode == 3
    assert len(told(moved)) == 1


def test_how_the_command_ends_is_said_and_changes_nothing(moved: Shell) -> None:
    result = moved("run", "no.such_model", "--on-failure", "exit 7")
    assert result.returncode == 2
    assert "warning: --on-failure ended with 7: exit 7" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("error: no model is called")


def test_what_the_machine_refuses_is_told_as_well(moved: Shell) -> None:
    """As a full disk, of which a scheduler has to hear; a folder where a file has to be is one."""
    moved.inside("tables")
    lock = Layout(moved.warehouse).lock
    lock.unlink(missing_ok=True)
    lock.mkdir()
    assert moved("run", "--on-failure", TELL).returncode == 1
    assert told(moved) == [f"1 {lock}: Is a directory"]


@pytest.mark.parametrize("error", [BrokenPipeError(), RuntimeError(), KeyboardInterrupt()])
def test_what_ends_a_run_that_did_not_fail_is_not_told(
    tmp_path: Path, error: BaseException
) -> None:
    """A closed pipe, a fault of ours, which shows where, and a signal."""
    settings, path = Settings(tmp_path), tmp_path / "told.txt"
    with (
        pytest.raises(type(error)),
        alarmed(f"touch {path}", settings, lambda event: None),
    ):
        raise error
    assert not path.exists()


def test_of_more_failures_than_a_variable_holds_the_first_are_told(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = [
        f"2024-03-05 market.sessions: what is wrong in the {n}th session" for n in range(9_999)
    ]
    report = RunReport(failures=lines)
    command = f"{shlex.quote(sys.executable)} -c {shlex.quote(PRINT)}"
    Alarm(command, Settings(tmp_path), lambda event: None).judge(report)
    first, *more, last = capfd.readouterr().err.splitlines()
    assert first == f"1 {lines[0]}"
    assert more == lines[1 : 1 + len(more)]
    assert last == f"and {9_999 - 1 - len(more)} more"
