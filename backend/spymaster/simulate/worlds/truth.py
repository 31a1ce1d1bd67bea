"""The hidden answers of a session, written beside its files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path

BREAK, REJECT, CHOP, NONE = "break", "reject", "chop", "none"
TYPES = (BREAK, REJECT, CHOP)


@dataclass(frozen=True)
class Touch:
    """One visit to a level, and what the world had decided about it."""

    hidden: str
    """``break``, ``reject`` or ``chop``; ``none`` where nothing was decided."""
    level_id: str
    price: float
    """Of the level, points."""
    known_ns: int
    """When the level was known, ns since 1970 UTC."""
    approach: str
    """``from_below`` or ``from_above``."""
    start_ns: int
    """When the flow began to tell, ns since 1970 UTC; on arrival unless it leads."""
    arrival_ns: int
    """When the price had arrived, ns since 1970 UTC."""
    end_ns: int
    """When the price began to answer, exclusive; the start where nothing was decided."""
    short_ticks: int
    """How far before the level the approach ended; below 0 beyond it."""
    flipped: bool
    """Whether the flow told the opposite of the type."""
    bids_added: int
    asks_added: int
    """New orders while the flow told."""
    bids_expected: float
    asks_expected: float
    """New orders that an unplanted flow would have brought on average."""
    oracle_break: float
    oracle_reject: float
    oracle_chop: float
    """What somebody who knows the planted intensities makes of those counts; they sum to 1."""


@dataclass(frozen=True)
class Level:
    """A level that anybody could have drawn."""

    level_id: str
    price: float
    """Points."""
    known_ns: int
    """ns since 1970 UTC."""


@dataclass
class Truth:
    """What was simulated and what it meant."""

    session: date
    world: str
    seed: int
    rate: float
    strength: float
    tilt: float = 0.5
    """Odds that the price goes the way of the hidden type, where that is all it decides."""
    lead_s: float = 0.0
    """How long before the arrival the flow begins to tell, seconds."""
    realistic: bool = False
    """Whether the price moves as far as the market's, in calm and wild days."""
    touches: list[Touch] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    """All that were there to be drawn, whether price came to them or not."""
    placebo_prices: list[float] = field(default_factory=list)
    """Fake levels, points: nothing was planted at them."""

    def write(self, path: Path) -> None:
        """Write the answers as JSON, and the touches as Parquet under the same name."""
        import pyarrow as pa
        from pyarrow import parquet

        text = json.dumps(asdict(self), indent=1, default=str)
        path.write_text(text + "\n", encoding="utf-8")
        columns = {each.name: _ARROW[str(each.type)] for each in fields(Touch)}
        schema = pa.schema([(name, getattr(pa, kind)()) for name, kind in columns.items()])
        rows = [asdict(touch) for touch in self.touches]
        parquet.write_table(pa.Table.from_pylist(rows, schema), path.with_suffix(".parquet"))


_ARROW = {"str": "string", "float": "float64", "int": "int64", "bool": "bool_"}
