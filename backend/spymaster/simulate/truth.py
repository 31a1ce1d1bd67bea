"""The hidden answers of a session, written beside its files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class Touch:
    """One visit to a level, and what the world had decided about it."""

    level_id: str
    kind: str
    """``break``, ``reject`` or ``chop``; ``none`` where nothing was planted."""
    price: float
    """Points."""
    approach: str
    """``from_below`` or ``from_above``."""
    start_ns: int
    """When the flow began to tell, ns since 1970 UTC."""
    end_ns: int
    """When the price began to answer, exclusive."""


@dataclass
class Truth:
    """What was simulated and what it meant."""

    session: date
    world: str
    seed: int
    rate: float
    strength: float
    touches: list[Touch] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write the answers as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1, default=str) + "\n", encoding="utf-8")
