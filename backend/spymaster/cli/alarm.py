"""A command of the user's that is started where a run fails, told what failed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from spymaster.cli import signals
from spymaster.cli.guard import ending
from spymaster.errors import LockedError
from spymaster.settings import Settings

if TYPE_CHECKING:
    from spymaster.cli.log import Log
    from spymaster.operations import RunReport

PATIENCE_S = 60
"""How long the command may take."""
LONGEST_WHAT = 100_000
"""Bytes: Linux takes 131,072 of a variable, and a year of sessions may fail."""
WAREHOUSE, CODE, WHAT = "FAILED_WAREHOUSE", "FAILED_EXIT_CODE", "FAILED_WHAT"
"""What it finds in its environment: a path, a number, and a line for each failure. None begins as
settings do, so that the command may be a ``spymaster`` itself."""
OnFailure = Annotated[
    str | None,
    typer.Option(
        metavar="CMD", help=f"Shell command where something fails anew; reads ${WHAT}, ${CODE}."
    ),
]


class Alarm:
    """Starts the command, if there is one; how that ends is said and changes nothing."""

    def __init__(self, command: str | None, settings: Settings, write: Log) -> None:
        self.command, self.settings, self.write = command, settings, write

    def judge(self, report: RunReport) -> None:
        """Start the command where something failed that did not fail before just so."""
        if fresh := report.failures[: len(report.failures) - report.recalled]:
            self.raise_("\n".join(fresh), report.exit_code)

    def raise_(self, what: str, code: int) -> None:
        """Start the command and wait for its end."""
        if self.command is None:
            return
        found = {WAREHOUSE: str(self.settings.warehouse), CODE: str(code), WHAT: _cut(what)}
        try:
            subprocess.run(
                self.command,
                shell=True,
                check=True,
                env=os.environ | found,
                stdin=subprocess.DEVNULL,
                stdout=2,  # ours is for data
                timeout=PATIENCE_S,
            )
        except subprocess.CalledProcessError as error:
            self._say(f"ended with {error.returncode}")
        except subprocess.TimeoutExpired:
            self._say(f"was ended after {PATIENCE_S} s")

    def _say(self, ending: str) -> None:
        from spymaster.operations import Event

        self.write(Event("warn", message=f"--on-failure {ending}: {self.command}"))


@contextmanager
def alarmed(command: str | None, settings: Settings, write: Log) -> Iterator[Alarm]:
    """Yield what judges a report; an error that ends the run is a failure too, a full disk as well.

    That another process writes is none: the next run is early enough. Nor is a signal, nor a reader
    of our lines who has seen enough.
    """
    alarm = Alarm(command, settings, write)
    try:
        yield alarm
    except (LockedError, BrokenPipeError):
        raise
    except Exception as error:
        line, code = ending(error) or ("", 0)
        if code and code not in signals.CODES.values():
            alarm.raise_(line.removeprefix("error: "), code)
        raise


def _cut(what: str) -> str:
    """Return as many lines as a variable may hold, and how many more there are."""
    if len(what.encode()) <= LONGEST_WHAT:
        return what
    first = what.encode()[:LONGEST_WHAT].decode(errors="ignore")
    kept = first.rpartition("\n")[0] or first
    return f"{kept}\nand {what.count(chr(10)) - kept.count(chr(10))} more"
