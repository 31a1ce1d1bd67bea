"""The command that writes the documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spymaster.options import configured
from spymaster.settings import Settings
from spymaster.terminal import say


@configured
def docs(
    settings: Settings,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write into.")],
) -> None:
    """Write every relation, column and formula as a website."""
    from spymaster import models
    from spymaster.docs import site

    models.ensure_current(settings)
    written = site(settings, output)
    say(f"{output / 'index.html'}: {written} pages")
