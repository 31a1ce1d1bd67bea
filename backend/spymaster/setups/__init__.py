"""Past setups: what happened when it looked like this, and whether that was worth anything."""

from __future__ import annotations

from spymaster.setups.analogs import similar
from spymaster.setups.past import outcomes
from spymaster.setups.search import Found
from spymaster.setups.verdict import Verdict, evaluate

__all__ = ["Found", "Verdict", "evaluate", "outcomes", "similar"]
