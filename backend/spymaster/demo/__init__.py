"""The main job from end to end on an invented session: simulate, land, build, look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from spymaster.demo import exposure, market, page, past, visits
from spymaster.read.catalog import catalog
from spymaster.read.questions import QUESTIONS, next_steps

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["QUESTIONS", "demo", "next_steps"]


def demo(folder: Path, *, say: Callable[[str], None], console: Console) -> None:
    """Run the whole pipeline on a small invented session and print the pressure at its levels.

    Parameters
    ----------
    folder : Path
        Gets the vendor files and a warehouse of its own; safe to run again.
    say : callable
        Takes a line of progress.
    console : rich.console.Console
        Gets the result.

    Raises
    ------
    RefusedError
        If the folder holds a warehouse that is no demo's.
    ModelError
        If a model or an audit failed.
    """
    settings, made = market.play(folder, say)
    with catalog(settings) as connection:
        # each part of the page reads what it shows and returns what to print
        watched = visits.read(connection, settings, made.truth)
        worth = past.past(watched, past.sessions(connection), settings)
        for part in (
            page.insight(made.session, watched, worth),
            page.visits(watched),
            page.legend(watched),
            exposure.strikes(exposure.read_exposure(connection, made.session), settings),
            page.commands(next_steps(settings)),
        ):
            for piece in part:
                if isinstance(piece, str):  # to be typed: not wrapped, not marked up
                    console.out(piece, highlight=False)
                else:
                    console.print(piece)
