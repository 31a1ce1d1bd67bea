"""The verbs: what one can do to a warehouse, each a function of settings.

``run`` and ``backfill`` build, ``plan`` says what they would do, ``render`` and ``lineage`` show
what a model is, ``inventory`` all of them, ``check`` tells what does not hold, ``doctor`` how the
warehouse is, ``gc`` tidies it up, ``publish`` renews the catalog.

The only face of ``definitions``, ``planning``, ``building`` and ``catalog``: whoever stands above
imports this package and nothing below it. What a run with nothing to do goes through is imported
with it; the other verbs are when they are asked for.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from spymaster.building.report import Event as Event
from spymaster.building.report import Report as Report
from spymaster.building.report import RunReport as RunReport
from spymaster.catalog.publish import publish as publish
from spymaster.definitions.contract import Finding as Finding
from spymaster.operations.run import backfill as backfill
from spymaster.operations.run import plan as plan
from spymaster.operations.run import run as run
from spymaster.planning.plan import Plan as Plan
from spymaster.planning.plan import Step as Step

if TYPE_CHECKING:
    from spymaster.operations.check import check as check
    from spymaster.operations.doctor import doctor as doctor
    from spymaster.operations.doctor import size as size
    from spymaster.operations.gc import gc as gc
    from spymaster.operations.inventory import Audit as Audit
    from spymaster.operations.inventory import Described as Described
    from spymaster.operations.inventory import Inventory as Inventory
    from spymaster.operations.inventory import MacroFile as MacroFile
    from spymaster.operations.inventory import inventory as inventory
    from spymaster.operations.lineage import Lineage as Lineage
    from spymaster.operations.lineage import lineage as lineage
    from spymaster.operations.lineage import render as render

_MODULES = {
    "check": ("check",),
    "doctor": ("doctor", "size"),
    "gc": ("gc",),
    "inventory": ("Audit", "Described", "Inventory", "MacroFile", "inventory"),
    "lineage": ("Lineage", "lineage", "render"),
}
_PLACES = {name: module for module, names in _MODULES.items() for name in names}


class _Verbs(ModuleType):
    """The package, in which a verb goes by the name of its module: the attribute is the verb.

    Python would make the module the attribute once it is imported.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _PLACES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


sys.modules[__name__].__class__ = _Verbs
