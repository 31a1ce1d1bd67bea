"""Short simulated sessions, and their records read back."""

from datetime import date, time
from pathlib import Path

import numpy as np

from spymaster.land.dbn import DbnReader, Records
from spymaster.simulate import SimulatedSession, simulate

DAY = date(2025, 3, 3)


def short(folder: Path, **given: object) -> SimulatedSession:
    """Ten minutes around the open, thin, unless other arguments are given."""
    options = {"session": DAY, "rate": 0.05, "start": time(9, 28), "end": time(9, 38)} | given
    return simulate(folder, **options)  # type: ignore[arg-type]


def read(path: Path) -> Records:
    """All records of a file."""
    with path.open("rb") as handle:
        return np.concatenate(list(DbnReader(handle, path.name).batches()))
