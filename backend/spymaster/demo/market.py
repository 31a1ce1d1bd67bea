"""An invented session, from its records to a built warehouse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from pathlib import Path

from spymaster import operations
from spymaster.errors import DataError, ModelError, RefusedError
from spymaster.land import land
from spymaster.progress import byte_bar, line_bar, share_bar
from spymaster.settings import Settings
from spymaster.simulate import SimulatedSession, simulate

SESSION = date(2024, 3, 5)
WORLD = "W3"
"""Before price answers at a level, the flow gives away a hidden type."""
SEED = 2
"""A session in which price comes to several levels, from both sides, with every type."""
STRENGTH = 2.0
"""Twice what the worlds are measured at, so that a few visits show it."""
RATE = 0.02
"""Records against a full day's."""
WINDOW = time(9, 30), time(11)
"""Local time."""


def play(folder: Path, say: Callable[[str], None]) -> tuple[Settings, SimulatedSession]:
    """Simulate, land and build the session inside a folder.

    Raises
    ------
    RefusedError
        If the folder holds a warehouse that is no demo's.
    DataError
        If its files do not land, as where the disk is full.
    ModelError
        If a model or an audit failed.
    """
    files, (start, end) = folder / "files", WINDOW
    settings = Settings(warehouse=folder / "warehouse", window_start=start, window_end=end)
    if settings.warehouse.exists() and not files.exists():
        raise RefusedError(f"{settings.warehouse}: not a demo's; give the demo another --folder")
    say(f"simulating {SESSION} up to {end:%H:%M} at {RATE:.0%} of a full day's orders")
    with share_bar(str(SESSION)) as share:
        made = simulate(
            files,
            session=SESSION,
            world=WORLD,
            seed=SEED,
            rate=RATE,
            strength=STRENGTH,
            end=end,
            progress=share,
        )
    say(f"landing {made.records:,} records")
    with byte_bar() as advance:
        landings = land(made.files, settings, replace=True, progress=advance)
    if refused := [one.message for one in landings if one.outcome == "refused"]:
        raise DataError("\n".join(refused))
    say("building")
    with line_bar() as tell:
        report = operations.run(settings, report=lambda event: tell(event.text))
    if report.failures:
        raise ModelError("\n".join(report.failures))
    say(f"{len(report.built)} relations built, {report.skipped} up to date")
    return settings, made
