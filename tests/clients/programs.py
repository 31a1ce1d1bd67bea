"""The programs that people point at the catalog, and how a test starts them."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
READERS = HERE / "readers"
CLIENTS = {
    "command_line": ".py",
    "held": ".py",
    "sqlalchemy_engine": ".py",
    "node_api": ".mjs",
    "evidence": ".mjs",
}
"""The readers, by file name."""
PATIENCE_SECONDS = 120
Row = dict[str, Any]


def program(name: str) -> Path:
    """Return a program that is installed beside this Python, such as node."""
    return Path(sys.executable).with_name(name)


def install(folder: Path = HERE) -> None:
    """Install what the readers in JavaScript import, as locked, unless it is there.

    Raises
    ------
    RuntimeError
        Naming the command that failed.
    """
    with (folder / "package.json").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # tests may run in several processes
        if not _is_installed(folder):
            _install(folder)


def _is_installed(folder: Path) -> bool:
    done = folder / "node_modules" / ".package-lock.json"  # npm writes it last
    locked = folder / "package-lock.json"
    return done.exists() and done.stat().st_mtime >= locked.stat().st_mtime


def _install(folder: Path) -> None:
    result = subprocess.run(
        [program("npm"), "ci"], cwd=folder, capture_output=True, text=True, check=False
    )
    if result.returncode:
        command = "uv run npm ci --prefix tests/clients"
        said = result.stderr.strip()
        raise RuntimeError(f"the clients in JavaScript are missing, and `{command}` fails:\n{said}")


class Client:
    """One reader, as people use it."""

    def __init__(self, name: str) -> None:
        self.name = name
        interpreter = program("python" if CLIENTS[name] == ".py" else "node")
        self._command = [interpreter, READERS / f"{name}{CLIENTS[name]}"]

    def ask(self, link: Path | str, questions: Iterable[str], folder: Path) -> list[list[Row]]:
        """Return the rows of each question, asked from inside a folder."""
        result = subprocess.run(
            [*self._command, link],
            cwd=folder,
            input=json.dumps(list(questions)),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        found: list[list[Row]] = json.loads(result.stdout)
        return found

    def watch(self, link: Path, questions: Iterable[str], stop: Path) -> subprocess.Popen[str]:
        """Start asking again and again, until the file ``stop`` exists."""
        process = subprocess.Popen(
            [*self._command, link, stop],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdin
        json.dump(list(questions), process.stdin)
        process.stdin.close()
        process.stdin = None  # there is nothing more to communicate
        return process
