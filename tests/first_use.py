"""A warehouse that was used before, so that a test does not pay for a first use."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from spymaster import operations
from spymaster.definitions import trading_hours as hours
from spymaster.settings import Settings
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger

Used = Callable[[Path], Path]
"""Makes a folder a warehouse that was used before and holds nothing, and returns it."""
DAYS = [date(year, 6, 3) for year in (2020, 2023, 2024, 2025, 2026)]
"""A day of each year of which tests have sessions."""


def used_once(base: Path) -> Path:
    """Return a warehouse below a folder, made by the first process that asks, to copy only.

    Nothing landed in it; its ledger remembers the models, read and bound, and the calendar, and its
    catalog is empty. In a new one that takes 3 s of CPU, which is not what most tests are about.
    """
    return made_once(base, "used", _use)


def made_once(base: Path, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder below another, filled by the first process that asks; others wait for it.

    It is made where it stays, since a catalog lists its files by their whole path; a process that
    fails or is killed meanwhile leaves no mark, and the next one makes it anew.
    """
    folder, made = base / name, base / f"{name}.made"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            made.touch()
    return folder


def copied(used: Path, folder: Path) -> Path:
    """Make a folder a copy of that warehouse; to the copy it is as if it had been moved."""
    shutil.copytree(used, folder, symlinks=True, dirs_exist_ok=True)
    return folder


def shared_by_processes(own: Path) -> Path:
    """Return the folder of temporary files that belongs to all processes of this run of tests."""
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def _use(folder: Path) -> None:
    operations.publish(Settings(folder))
    Ledger(Layout(folder)).remember(hours.recall(DAYS, {}))
