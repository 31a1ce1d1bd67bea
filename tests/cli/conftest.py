"""The command line as a shell runs it, over a small warehouse that was built once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from datetime import date, time
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from first_use import Used
from spymaster import operations
from spymaster.cli.app import app
from spymaster.demo import demo, market
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.simulate import simulate

PROGRAM = Path(sys.executable).with_name("spymaster")
SESSION = date(2024, 3, 5)
TOML = 'window_start = "09:31"\nwindow_end = "09:34"\n'
Result = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Shell:
    """A working folder to run commands in."""

    folder: Path

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse"

    def __call__(self, *args: str | Path, stdin: str = "", **environment: str) -> Result:
        """Run ``spymaster`` with these arguments to its end."""
        return subprocess.run(
            [PROGRAM, *map(str, args)],
            cwd=self.folder,
            env=bare_environment() | environment,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def inside(self, *args: str | Path, **environment: str) -> Result:
        """Do the same in this process, which takes a tenth of the time."""
        hidden = {name: None for name in os.environ if name.startswith("SPYMASTER_")}
        with chdir(self.folder):
            result = CliRunner().invoke(app, [*map(str, args)], env=hidden | environment)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Result(args, result.exit_code, result.stdout, result.stderr)

    @contextmanager
    def started(self, *args: str | Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
        """Start ``spymaster``; it does not outlive the block."""
        with subprocess.Popen(
            [PROGRAM, *map(str, args)],
            cwd=self.folder,
            env=bare_environment() | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        ) as running:
            try:
                yield running
            finally:
                running.kill()


def bare_environment() -> dict[str, str]:
    """The developer's own settings are not the test's."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SPYMASTER_")}


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, used: Used) -> Shell:
    """A folder with the files of a short session in ``files`` and its warehouse, to read only."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "spymaster.toml").write_text(TOML)
    warehouse = used(folder / "warehouse")
    settings = Settings(warehouse, window_start=time(9, 31), window_end=time(9, 34))
    made = simulate(
        folder / "files", session=SESSION, world="W0", rate=0.01, start=time(9, 30), end=time(9, 35)
    )
    land(made.files, settings)
    report = operations.run(settings)
    assert not report.failures
    return Shell(folder)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """An empty folder with the same settings."""
    (tmp_path / "spymaster.toml").write_text(TOML)
    return Shell(tmp_path)


@pytest.fixture
def used_shell(shell: Shell, used: Used) -> Shell:
    """The same with a warehouse that was used before and holds nothing."""
    used(shell.warehouse)
    return shell


@pytest.fixture
def moved(built: Shell, tmp_path: Path) -> Shell:
    """A copy of the built folder, to change; to the warehouse it is as if it had been moved."""
    shutil.copytree(built.folder, tmp_path / "moved", symlinks=True)
    return Shell(tmp_path / "moved")


def single_line(result: Result) -> str:
    """Return the one line a failing command says, having checked that it is all it says."""
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: ")
    return line.removeprefix("error: ")


@dataclass(frozen=True)
class Shown:
    """What a demo printed on stdout and said beside."""

    shell: Shell
    printed: str
    said: str

    @property
    def warehouse(self) -> Path:
        return self.shell.folder / "demo" / "warehouse"

    @property
    def truth(self) -> Path:
        return next(self.shell.folder.glob("demo/files/*.truth.json"))


def run_demo(shell: Shell) -> Shown:
    """Run the demo in a folder, up to a visit that ends in chop and one that is rejected."""
    out, said = StringIO(), list[str]()
    with pytest.MonkeyPatch.context() as patch, chdir(shell.folder):
        patch.setattr(market, "WINDOW", (time(9, 30), time(10, 40)))
        demo(Path("demo"), say=said.append, console=Console(file=out, width=120))
    return Shown(shell, out.getvalue(), "\n".join(said))


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """A folder in which the demo ran, and what it printed."""
    return run_demo(Shell(tmp_path_factory.mktemp("demo")))
