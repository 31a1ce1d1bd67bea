"""How a replay stands after any number of records: plain arrays, which a small file can hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from spymaster.book import arrays
from spymaster.book.arrays import Array, Grid, Records

SLOTS = 1 << 12
"""Of a new table; it doubles once half of it is taken."""


@dataclass
class State:
    """The book of one instrument, between two records."""

    grid: Grid
    now: Array = field(default_factory=lambda: _now())
    """(1,) of ``arrays.NOW``."""
    orders: Array = field(default_factory=lambda: np.zeros(SLOTS, arrays.ORDER))
    """(a power of 2,) of ``arrays.ORDER``: an open-addressed table, at most half of it taken."""
    open: Records = field(default_factory=arrays.no_records)
    """Records of an event that has begun."""
    fills: Array = field(default_factory=lambda: np.zeros(16, arrays.FILL), compare=False)
    filled: Array = field(default_factory=lambda: np.zeros((8, 3), np.int64), compare=False)
    """Room for the fills of an event; between events nothing in it counts."""

    @property
    def n_resting(self) -> int:
        """Orders that rest."""
        return int(self.now[0]["n_resting"])

    @property
    def n_ignored(self) -> int:
        """Records that changed nothing: of no known action, or of an order without a side."""
        return int(self.now[0]["n_ignored"])

    @property
    def resting(self) -> Array:
        """The resting orders, (n,) of ``arrays.ORDER``, in the table's order."""
        return self.orders[self.orders["size"] > 0]


def _now() -> Array:
    now = np.zeros(1, arrays.NOW)
    now["seq"] = -1
    return now


def save(state: State, path: Path) -> None:
    """Write a state as one small file."""
    opened = {f"open_{name}": values for name, values in state.open._asdict().items()}
    grid = np.array(state.grid, np.int64)
    with path.open("wb") as file:
        np.savez_compressed(file, grid=grid, now=state.now, orders=state.orders, **opened)


def load(path: Path) -> State:
    """Return the state that a file holds."""
    with np.load(path) as file:
        grid = Grid(*file["grid"].tolist())
        opened = Records(*(file[f"open_{name}"] for name in Records._fields))
        # a file does not keep that columns are aligned, and what is compiled takes no others
        now, orders = file["now"].view(arrays.NOW), file["orders"].view(arrays.ORDER)
        return State(grid, now, orders, opened)
