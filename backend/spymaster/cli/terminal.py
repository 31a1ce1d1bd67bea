"""Printing: data to stdout, everything else to stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console

UNBOUND = 120
"""Characters of a line of a page where stdout is no terminal."""


def say(line: str) -> None:
    """Print what is not data."""
    typer.echo(line, err=True)


def explain(text: str) -> None:
    """Print what columns mean, in as many lines as a terminal needs."""
    from shutil import get_terminal_size
    from textwrap import wrap

    lines = wrap(text, get_terminal_size().columns) if sys.stderr.isatty() else [text]
    for line in lines:
        say(line)


def show(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Sequence[int] = (),
    keys: Sequence[int] = (0,),
) -> None:
    """Print an aligned table whose last column takes the room that a terminal leaves.

    One that a terminal has no room for comes in blocks, which ``keys`` begin.
    """
    from spymaster.read.text_table import fitted

    for line in fitted(header, rows, right=right, width=width(), keys=keys):
        typer.echo(line)


def show_json(value: object) -> None:
    """Print one JSON document."""
    import json

    typer.echo(json.dumps(value, indent=2, default=str, allow_nan=False))


def page() -> Console:
    """Return what prints tables and bars; without colour on no terminal, or if NO_COLOR is set."""
    from rich.console import Console

    return Console(width=width() or UNBOUND, highlight=False)


def width() -> int | None:
    """Return how many characters a line of the terminal has; none where stdout is no terminal."""
    from shutil import get_terminal_size

    return get_terminal_size().columns if sys.stdout.isatty() else None
