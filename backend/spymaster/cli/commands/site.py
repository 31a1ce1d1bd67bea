"""Commands that write pages: the documentation, and the report of a session."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from spymaster.arguments import day
from spymaster.cli.configured import reading
from spymaster.cli.terminal import say
from spymaster.settings import Settings

LATEST = "latest"


def session_or_latest(text: str) -> date | str:
    """Return the date that an argument names, or the word for the newest."""
    return text if text == LATEST else day(text)


@reading
def docs(
    settings: Settings,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write into.")],
) -> None:
    """Write every relation, column and formula as a website."""
    from spymaster.site import site

    written = site(settings, output)
    say(f"{output / 'index.html'}: {written} pages")


@reading
def report(
    settings: Settings,
    session: Annotated[
        Any,
        typer.Argument(
            parser=session_or_latest, metavar="SESSION", help="Such as 2024-03-05, or latest."
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="A .html file.")],
) -> None:
    """Write a session on one page, for after the close."""
    from spymaster.report import report as write

    told = write(settings, None if session == LATEST else session, output)
    say(f"{output}: {told} touches")
