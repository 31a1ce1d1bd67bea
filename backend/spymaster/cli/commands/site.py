"""The command that writes the documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spymaster.cli.configured import reading
from spymaster.cli.terminal import say
from spymaster.settings import Settings


@reading
def docs(
    settings: Settings,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write into.")],
) -> None:
    """Write every relation, column and formula as a website."""
    from spymaster.site import site

    written = site(settings, output)
    say(f"{output / 'index.html'}: {written} pages")
