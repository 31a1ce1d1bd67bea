"""What past sessions say about a touch, whichever buckets it is decided about together with."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from live.building import SESSION, start_of
from spymaster.live.decisions import ASKED, MADE, Decisions
from spymaster.planning import snapshot as snapshots
from spymaster.settings import Settings
from spymaster.units import BUCKET_NS
from spymaster.warehouse import duck
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.layout import Layout

TOGETHER = 60
"""Buckets of the second block; of those after the session's end there is nothing."""


@pytest.mark.parametrize("after", [0, 7])
def test_a_decision_among_the_first_of_many_buckets_looks_back_at_those_before(
    simulated: Settings, tmp_path: Path, after: int
) -> None:
    """All buckets come as two blocks, the second of which begins so long after a touch."""
    with duck.reader(Layout(simulated.warehouse).link) as catalog:
        rows = {name: catalog.execute(f"from {name}").to_arrow_table() for name in (*ASKED, *MADE)}
    (touched,) = set(buckets(rows["setups.decisions"], "touched_at", simulated).tolist())
    snapshot = snapshots.load(simulated, SQL)
    decisions = Decisions(snapshot, SESSION, start_of(simulated), tmp_path)
    made = []
    for before, last in pairwise([0, touched + after, touched + after + TOGETHER]):
        first_ns, last_ns = (start_of(simulated) + n * BUCKET_NS for n in (before + 1, last))
        block = {name: of_buckets(rows[name], before, last, simulated) for name in ASKED}
        decisions.take(block, first_ns, last_ns)
        made.append(decisions.made(first_ns, last_ns))
    assert rows["setups.segments"].num_rows
    for name in MADE:
        order = [(column, "ascending") for column in snapshot.project.models[name].header.grain]
        own = pa.concat_tables([one[name] for one in made if one]).sort_by(order)
        expected = rows[name].sort_by(order).select(own.column_names)
        assert own.equals(expected.cast(own.schema)), name


def of_buckets(table: pa.Table, before: int, last: int, settings: Settings) -> pa.Table:
    """Return the rows of buckets after one up to another."""
    numbers = buckets(table, "bucket_end", settings)
    return table.filter((numbers > before) & (numbers <= last))


def buckets(table: pa.Table, column: str, settings: Settings) -> NDArray[np.int64]:
    """Return the number of the bucket that ends at each row's time."""
    ends_us = table[column].cast(pa.int64()).to_numpy()
    numbers: NDArray[np.int64] = (ends_us * 1_000 - start_of(settings)) // BUCKET_NS
    return numbers
