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


def hidden_touches(folder: Path) -> Callable[[Mapping[str, Any]], dict[str, Any] | None]:
    """Return what tells what was decided about a setup by its session, price and time.

    Raises
    ------
    UsageError
        Where the folder holds no truth of a simulated session, or a file that simulate did not
        write.
    """
    told = [_read(path) for path in sorted(folder.rglob("*.truth.json"))]
    if not any(one is not None for one in told):
        raise UsageError(f"{folder}: holds no *.truth.json of a session, which simulate writes")
    decided: dict[tuple[str, float], list[dict[str, Any]]] = {}
    for key, touch in (one for touches in told for one in touches or ()):
        decided.setdefault(key, []).append(touch)

    def touch_of(setup: Mapping[str, Any]) -> dict[str, Any] | None:
        touched = setup["touched_at"].replace(tzinfo=UTC).timestamp() * NS_PER_SECOND

        def away(touch: dict[str, Any]) -> tuple[float, str]:
            return abs(touch["arrival_ns"] - touched), touch["hidden"]

        own = decided.get((str(setup["session"]), setup["price"]), [])
        near = [touch for touch in own if away(touch)[0] <= WITHIN_S * NS_PER_SECOND]
        return min(near, key=away, default=None)

    return touch_of


def _read(path: Path) -> list[tuple[tuple[str, float], dict[str, Any]]] | None:
    """Return each touch by its session and price; None of what was decided about options alone."""
    try:
        truth = json.loads(path.read_text(encoding="utf-8"))
        if "touches" not in truth:
            return None
        return [
            (
                (str(truth["session"]), float(touch["price"])),
                touch | {"arrival_ns": int(touch["arrival_ns"]), "hidden": str(touch["hidden"])},
            )
            for touch in truth["touches"]
        ]
    except (LookupError, TypeError, ValueError) as error:
        raise UsageError(f"{path}: not what simulate writes: {error!r}") from error


def hidden_types(folder: Path) -> Callable[[Mapping[str, Any]], str]:
    """Return what tells the hidden type of a setup, as ``hidden_touches`` finds it."""
    touch_of = hidden_touches(folder)

    def type_of(setup: Mapping[str, Any]) -> str:
        touch = touch_of(setup)
        return touch["hidden"] if touch else NOTHING

    return type_of
