"""How a command ends: every known error in one line and its exit code, Ctrl-C in 130."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from spymaster.cli import signals
from spymaster.cli.terminal import say
from spymaster.errors import INTERRUPTED, SpymasterError


class Guarded(TyperGroup):
    """The group of commands; an error that is no SpymasterError is ours, and shows where."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command and turn what it raises into an exit code."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # the reader of our output has seen enough
            _mute()
            code = 0
        except (Exception, KeyboardInterrupt) as error:
            known = ending(error)
            if known is None:
                raise
            line, code = known
            (signals.say if signals.last_word() else say)(line)
            if isinstance(error, OSError) and not error.filename:
                _mute()
        raise typer.Exit(code)


def ending(error: BaseException) -> tuple[str, int] | None:
    """Return the line that an error ends a command with, and the exit code; none of ours."""
    duck = sys.modules.get("spymaster.warehouse.duck")
    if _is_interrupt(error):
        return signals.last_word() or ("interrupted", INTERRUPTED)
    if isinstance(error, SpymasterError):
        return f"error: {error}", error.exit_code
    if isinstance(error, OSError):
        return f"error: {error.filename or 'output'}: {error.strerror or error}", 1
    if duck is not None and isinstance(error, duck.DuckError) and duck.is_circumstance(error):
        return f"error: {duck.placed_message(error)[0]}", 1
    return None


def _is_interrupt(error: BaseException) -> bool:
    """DuckDB makes a RuntimeError of a Ctrl-C that it does see."""
    return isinstance(error, KeyboardInterrupt) or isinstance(error.__cause__, KeyboardInterrupt)


def _mute() -> None:
    """Have the interpreter flush at its end to where nothing fails."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
