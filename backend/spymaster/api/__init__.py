"""The product for notebooks and programs: what a command does, as one call of the same name.

``connect`` answers questions about what was built, ``query`` being ``sql`` there; ``simulate``,
``land``, ``plan``, ``run`` and ``backfill`` make it; ``render``, ``lineage`` and ``check`` tell of
models. Commands without a call: demo, docs, doctor, gc, init, live, pull, serve.

Whoever imports ``spymaster`` sees these; no part of the program does.
"""

from __future__ import annotations

from spymaster.api.database import Database as Database
from spymaster.api.database import connect as connect
from spymaster.api.models import check as check
from spymaster.api.models import lineage as lineage
from spymaster.api.models import render as render
from spymaster.api.rows import Rows as Rows
from spymaster.api.verbs import backfill as backfill
from spymaster.api.verbs import land as land
from spymaster.api.verbs import plan as plan
from spymaster.api.verbs import run as run
from spymaster.api.verbs import simulate as simulate
