"""Order-book and dealer physics around key price levels, in an embedded DuckDB warehouse.

>>> import spymaster
>>> db = spymaster.connect("demo/warehouse")                    # doctest: +SKIP
>>> db.sql("from states_5s where level_id = $level", level="PM_HIGH").df()   # doctest: +SKIP

What is named below is loaded when it is asked for, so that the import itself costs nothing.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spymaster.api import Database as Database
    from spymaster.api import Rows as Rows
    from spymaster.api import backfill as backfill
    from spymaster.api import check as check
    from spymaster.api import connect as connect
    from spymaster.api import land as land
    from spymaster.api import lineage as lineage
    from spymaster.api import plan as plan
    from spymaster.api import render as render
    from spymaster.api import run as run
    from spymaster.api import simulate as simulate

    __version__: str

__all__ = [
    "Database",
    "Rows",
    "__version__",
    "backfill",
    "check",
    "connect",
    "land",
    "lineage",
    "plan",
    "render",
    "run",
    "simulate",
]


class _Package(ModuleType):
    """The package, of which two verbs share their names with parts: the attribute is the verb.

    Python would make the part an attribute once it is imported, whoever does so first.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("spymaster")
    if name in __all__:
        from importlib import import_module

        return getattr(import_module("spymaster.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


sys.modules[__name__].__class__ = _Package
