"""The log of a command on stderr: a line for each event, as text or as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from spymaster.cli import signals
from spymaster.cli.guard import ending
from spymaster.cli.terminal import say
from spymaster.errors import UsageError

if TYPE_CHECKING:
    from spymaster.operations import Event

Log = Callable[["Event"], None]
LogFormat = Annotated[str, typer.Option(metavar="NAME", help="text, or json: an object per line.")]
ORDER = ("time", "session", "model", "action", "rows", "seconds", "bytes", "message")
"""Keys of a line of JSON; what does not apply is null."""


@contextmanager
def log(form: str) -> Iterator[Log]:
    """Yield what writes an event; an error that ends the command is one too.

    Raises
    ------
    UsageError
        For a format that is neither text nor json.
    """
    if form not in _WRITERS:
        raise UsageError(f"log format {form!r}; allowed: {', '.join(_WRITERS)}")
    from spymaster.operations import Event

    write = _WRITERS[form]
    if form == "json":
        signals.spell(lambda word: _as_json(Event("fail", message=word)))
    try:
        yield write
    except (Exception, KeyboardInterrupt) as error:
        known = ending(error)
        if known is None or signals.last_word():
            raise
        line, code = known
        write(Event("fail", message=line.removeprefix("error: ")))
        raise typer.Exit(code) from error


def _text(event: Event) -> None:
    say(event.text)


def _json(event: Event) -> None:
    say(_as_json(event))


def _as_json(event: Event) -> str:
    values = asdict(event)
    values["time"] = event.time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if event.seconds is not None:
        values["seconds"] = round(event.seconds, 3)
    return json.dumps({key: values[key] for key in ORDER}, default=str)


_WRITERS: dict[str, Log] = {"text": _text, "json": _json}
