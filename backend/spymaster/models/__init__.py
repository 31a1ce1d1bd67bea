"""Models: read from a folder of SQL, built session by session, published as one catalog.

``run`` and ``backfill`` build, ``plan`` says what they would do, ``render`` and ``lineage`` show
what a model is, ``check`` tells what does not hold, ``doctor`` how the warehouse is, ``gc`` tidies
it up, ``publish`` and ``ensure_current`` renew the catalog.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spymaster.models.ancestry import Lineage as Lineage
    from spymaster.models.ancestry import lineage as lineage
    from spymaster.models.checking import check as check
    from spymaster.models.health import doctor as doctor
    from spymaster.models.health import size as size
    from spymaster.models.orphans import gc as gc
    from spymaster.models.planning import Step as Step
    from spymaster.models.planning import plan as plan
    from spymaster.models.publishing import ensure_current as ensure_current
    from spymaster.models.publishing import publish as publish
    from spymaster.models.rendering import render as render
    from spymaster.models.report import Event as Event
    from spymaster.models.report import RunReport as RunReport
    from spymaster.models.running import backfill as backfill
    from spymaster.models.running import run as run
    from spymaster.models.verify import Finding as Finding

_HOME = {
    "Event": "report",
    "Finding": "verify",
    "Lineage": "ancestry",
    "RunReport": "report",
    "Step": "planning",
    "backfill": "running",
    "check": "checking",
    "doctor": "health",
    "ensure_current": "publishing",
    "gc": "orphans",
    "lineage": "ancestry",
    "plan": "planning",
    "publish": "publishing",
    "render": "rendering",
    "run": "running",
    "size": "health",
}
"""Module of each exposed name; loaded when the name is first used."""


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
