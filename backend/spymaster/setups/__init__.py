"""Past setups: what happened when it looked like this, and whether that was worth anything.

To evaluate loads numpy, which takes longer than a search: it is imported when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spymaster.setups.analogs import similar
from spymaster.setups.past import outcomes
from spymaster.setups.search import Found

if TYPE_CHECKING:
    from spymaster.setups.verdict import Verdict, evaluate

__all__ = ["Found", "Verdict", "evaluate", "outcomes", "similar"]


def __getattr__(name: str) -> Any:
    if name in ("Verdict", "evaluate"):
        from spymaster.setups import verdict

        return getattr(verdict, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
