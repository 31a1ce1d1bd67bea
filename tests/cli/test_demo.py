"""The demo: the main job in one command, and what it tells its reader to type."""

import shlex
from contextlib import chdir
from datetime import time
from pathlib import Path

import pytest

from cli.conftest import Shell
from spymaster import demo as demos
from spymaster.errors import RefusedError


def run(shell: Shell) -> tuple[str, list[str]]:
    """Return what the demo prints, and what it says beside."""
    shown: list[str] = []
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch, chdir(shell.folder):
        # half an hour of a thinner day builds in a fraction of the time
        patch.setattr(demos, "WINDOW", (time(9, 30), time(10)))
        patch.setattr(demos, "RATE", 0.01)
        demos.demo(Path("demo"), say=said.append, show=shown.append)
    return "\n".join(shown), said


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shell, str]:
    """A folder in which the demo ran, and what it printed."""
    shell = Shell(tmp_path_factory.mktemp("demo"))
    return shell, run(shell)[0]


def test_every_command_that_the_demo_prints_works_as_printed(shown: tuple[Shell, str]) -> None:
    shell, printed = shown
    _, _, after = printed.partition("where to look next\n")
    commands = [command.strip() for command in after.split("\n\n") if command.strip()]
    assert len(commands) == 3 + len(demos.QUESTIONS)
    for command in commands:
        uv, run, program, *args = shlex.split(command)
        assert (uv, run, program) == ("uv", "run", "spymaster")
        result = shell(*args)
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout
        if args[0] == "query":
            assert result.stdout in printed


def test_the_demo_answers_every_question_and_says_the_same_again(shown: tuple[Shell, str]) -> None:
    shell, printed = shown
    for question in demos.QUESTIONS:
        rows = printed.partition(f"\n{question}\n\n")[2].partition("\n\n")[0]
        assert len(rows.splitlines()) == 11
    again, said = run(shell)
    assert again == printed
    assert "mbo.dbn.zst: already landed" in "\n".join(said)


def test_the_demo_keeps_out_of_a_warehouse_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "warehouse").mkdir()
    with pytest.raises(RefusedError, match="warehouse: not a demo's; give the demo another --fold"):
        demos.demo(tmp_path, say=lambda line: None, show=lambda line: None)
    assert not list((tmp_path / "warehouse").iterdir())
