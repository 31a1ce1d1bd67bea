"""The verbs: what one can do to a warehouse, each a function of settings.

``run`` and ``backfill`` build, ``plan`` says what they would do, ``render`` and ``lineage`` show
what a model is, ``inventory`` all of them, ``check`` tells what does not hold, ``doctor`` how the
warehouse is, ``gc`` tidies it up, ``publish`` renews the catalog.

The only face of ``definitions``, ``planning``, ``building`` and ``catalog``: whoever stands above
imports this package and nothing below it. Every verb is imported with it, since a module may be
called as its verb is; so what costs time to import (jinja2, sqlglot) is imported where it is used.
"""

from __future__ import annotations

from spymaster.building.report import Event as Event
from spymaster.building.report import Report as Report
from spymaster.building.report import RunReport as RunReport
from spymaster.catalog.publish import publish as publish
from spymaster.definitions.contract import Finding as Finding
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
from spymaster.operations.run import backfill as backfill
from spymaster.operations.run import plan as plan
from spymaster.operations.run import run as run
from spymaster.planning.plan import Plan as Plan
from spymaster.planning.plan import Step as Step
