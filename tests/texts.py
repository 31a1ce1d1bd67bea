"""What is written for people: the texts, their code blocks, and the commands that they print."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXTS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", ROOT / "DEV.md", *sorted((ROOT / "docs").glob("*.md"))]
}
"""Every text by its place."""
README, DEV = TEXTS["README.md"], TEXTS["DEV.md"]
READING, CLIENTS = TEXTS["docs/reading.md"], TEXTS["docs/clients.md"]
OPERATIONS, BUYING = TEXTS["docs/operations.md"], TEXTS["docs/buying.md"]


def blocks(text: str, kind: str) -> list[str]:
    """Return the code blocks of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(text: str) -> Iterator[str]:
    """Yield each command of the shell blocks, over as many lines as its quotes take."""
    for block in blocks(text, "sh"):
        command = ""
        for line in block.splitlines():
            command += line
            if _is_closed(command):
                yield command
                command = ""
            else:
                command += "\n"
        assert not command, f"not closed: {command}"


def _is_closed(command: str) -> bool:
    try:
        return bool(shlex.split(command, comments=True))
    except ValueError:
        return False
