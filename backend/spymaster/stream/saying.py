"""What a server says on stderr while it goes on: an error once for as long as it lasts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from spymaster.errors import SpymasterError


class Saying:
    """Goes on after errors that may pass."""

    def __init__(self) -> None:
        self._said = ""

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Say what goes wrong in a block, unless it went wrong the same way the last time."""
        try:
            yield
        except SpymasterError as error:
            if str(error) != self._said:
                say(f"error: {error}")
            self._said = str(error)
        else:
            self._said = ""


def say(line: str) -> None:
    """Print a line as commands do."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201  no command hears of it
