"""What several parts of setups call alike; importing it costs nothing."""

from __future__ import annotations

from typing import Any

OUTCOMES = ("break", "reject", "chop")
"""How a setup ends."""
Row = dict[str, Any]
