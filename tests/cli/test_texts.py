"""What README.md and docs/ tell people to type runs as printed, and answers what they show."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from cli.conftest import PROGRAM, Shell, Shown
from spymaster.demo import QUESTIONS, page, visits
from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from texts import OPERATIONS, README, ROOT, TEXTS, blocks, commands

DOWNLOADS = Path("databento/GLBX-20240305-ABC")
"""Where the texts have a person's files, below the home folder."""
PREFIX = re.compile(r"^(?:RAY_ADDRESS=\S+ )?(?:uv run (?:--\w+ \w+ )*)?")
ELSEWHERE = {
    "spymaster demo": "cli/test_demo.py",
    "spymaster pull": "pull/test_texts.py",
    "spymaster report latest -o report.html": "cli/test_demo_report.py",
    "spymaster serve": "cli/test_serve.py",
    "spymaster backfill --engine ray": "building/test_ray.py",
    "streamlit run examples/dashboard/app.py": "dashboard/test_dashboard.py",
    "duckdb ": "clients/test_texts.py",
    "pytest": "test_docs.py",
    "uv sync --group dev": "test_docs.py",
    "ruff ": "test_docs.py",
    "bash .ci/run": "test_docs.py",
    "python tests/benchmarks/": "test_docs.py",
    "spymaster run --session 2024-03-05 --accept": "building/test_failures.py",
}
"""By how a command begins: where it is tried."""
LONG = ("spymaster simulate", "spymaster land files")
"""Seconds of CPU each: with the slow tests."""
TYPED = {
    (place, PREFIX.sub("", command))
    for place, text in TEXTS.items()
    for command in commands(text)
    if not PREFIX.sub("", command).startswith(tuple(ELSEWHERE))
}


@pytest.fixture(scope="module")
def folder(built: Shell, demonstrated: Shown, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A working folder as the texts assume it: files, a warehouse, and the demo's beside it."""
    folder = tmp_path_factory.mktemp("texts") / "work"
    shutil.copytree(built.folder, folder, symlinks=True)
    shutil.copytree(built.folder / "files", folder.parent / DOWNLOADS)
    (folder / "demo").symlink_to(demonstrated.shell.folder / "demo")
    return Shell(folder)


@pytest.mark.parametrize(
    ("place", "command"), sorted(each for each in TYPED if not each[1].startswith(LONG))
)
def test_what_a_text_tells_to_type_runs(folder: Shell, place: str, command: str) -> None:
    """In one folder and in any order, as people type."""
    if "|" in command or ">" in command.split('"')[-1]:
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=folder.folder,
            env=os.environ | {"PATH": f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return
    program, *words = shlex.split(command, comments=True)
    assert program == "spymaster", f"{place}: {command}: nothing tries this"
    home = str(folder.folder.parent)
    result = folder.inside(*(word.replace("~", home) for word in words))
    assert result.returncode == 0, result.stderr
    assert "error" not in result.stderr


@pytest.mark.slow
def test_a_session_without_an_account_is_simulated_and_landed(shell: Shell) -> None:
    found = [command for _, command in sorted(TYPED, reverse=True) if command.startswith(LONG)]
    assert len(found) == 2
    for command in found:
        assert shell(*shlex.split(command)[1:]).returncode == 0


def test_rows_that_no_audit_found_are_not_let_through(folder: Shell) -> None:
    """As printed, on a session that is fine; one that is not is in building/test_failures.py."""
    (asked,) = (command for command in commands(OPERATIONS) if " --accept " in command)
    result = folder.inside(*shlex.split(PREFIX.sub("", asked))[1:])
    assert result.returncode == 2
    assert result.stderr == (
        "error: audits.uncrossed finds no row in 2024-03-05: nothing to accept\n"
    )


def test_every_place_where_a_command_is_tried_is_there() -> None:
    assert [name for name in ELSEWHERE.values() if not (ROOT / "tests" / name).exists()] == []


def test_the_question_of_the_readme_is_the_first_of_the_guide() -> None:
    (asked,) = (command for command in commands(README) if "spymaster query" in command)
    assert asked.split('"')[1].split() == next(iter(QUESTIONS.values())).split()


def picture(folder: Path) -> list[str]:
    """Return the lines that the demo shows of a session, 80 characters wide."""
    settings = Settings(warehouse=folder / "warehouse")
    (truth,) = folder.glob("files/*.truth.json")
    console = Console(width=80, highlight=False)
    with catalog(settings) as connection, console.capture() as captured:
        for piece in page.visits(visits.read(connection, settings, truth)):
            console.print(piece)
    return [line.rstrip() for line in captured.get().splitlines()]


def test_the_picture_of_the_readme_says_what_the_demo_says(demonstrated: Shown) -> None:
    """Of the visits that the shorter demo of the tests has; its marks have another scale."""
    shown = {unscaled(line) for line in picture(demonstrated.shell.folder / "demo")}
    header, title, *rows = map(unscaled, blocks(README, "text")[0].splitlines())
    assert {title, header} <= shown
    assert {row for row in rows if row < "10:36"} <= shown
    assert sum(row < "10:36" for row in rows) == 2


def unscaled(line: str) -> str:
    return re.sub(r"(?<=[+-]\d\.\d\d ).{25}(?= )", "", line)


@pytest.mark.slow
def test_the_readme_shows_what_the_whole_demo_shows_and_answers(shell: Shell) -> None:
    assert shell.inside("demo").returncode == 0
    seen, answer = blocks(README, "text")
    lines = picture(shell.folder / "demo")
    first = lines.index(seen.splitlines()[0])
    assert lines[first:][: len(seen.splitlines())] == seen.splitlines()
    (asked,) = (command for command in commands(README) if "spymaster query" in command)
    words = shlex.split(PREFIX.sub("", asked))[1:]
    assert shell.inside(*words).stdout == answer
