"""What a simulation had decided about each touch, beside the setups that the models found."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

from spymaster.errors import UsageError
from spymaster.units import NS_PER_SECOND

WITHIN_S = 60
"""A touch by the models and one by the simulation are the same that near in time."""
NOTHING = "none"


def hidden_types(folder: Path) -> Callable[[Mapping[str, Any]], str]:
    """Return what tells the hidden type of a setup by its session, price and time.

    Raises
    ------
    UsageError
        Where the folder holds no truth of a simulation.
    """
    paths = sorted(folder.rglob("*.truth.json"))
    if not paths:
        raise UsageError(f"{folder}: holds no *.truth.json, which simulate writes")
    decided: dict[tuple[str, float], list[tuple[int, str]]] = {}
    for path in paths:
        truth = json.loads(path.read_text(encoding="utf-8"))
        for touch in truth["touches"]:
            key = truth["session"], touch["price"]
            decided.setdefault(key, []).append((touch["arrival_ns"], touch["hidden"]))

    def type_of(setup: Mapping[str, Any]) -> str:
        touched = setup["touched_at"].replace(tzinfo=UTC).timestamp() * NS_PER_SECOND
        near = [
            (abs(at - touched), hidden)
            for at, hidden in decided.get((str(setup["session"]), setup["price"]), [])
            if abs(at - touched) <= WITHIN_S * NS_PER_SECOND
        ]
        return min(near)[1] if near else NOTHING

    return type_of
