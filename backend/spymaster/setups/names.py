"""What several parts of setups call alike; importing it costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spymaster.errors import UsageError

OUTCOMES = ("break", "reject", "chop")
"""How a setup ends."""
Row = dict[str, Any]


def allowed(name: str, value: int, among: Sequence[int]) -> None:
    """Check that a wait or a horizon is one that is decided about, or judged.

    Raises
    ------
    UsageError
        If it is not, with those that are.
    """
    if value not in among:
        raise UsageError(f"{name} {value}: allowed are {', '.join(map(str, among))}")
