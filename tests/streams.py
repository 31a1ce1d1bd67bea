"""Random order events for property tests, and their way into and out of the vendor's files."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from reference.acts import act
from reference.records import Record
from reference.scribe import Scribe
from spymaster.land import dbn

SESSION = "2024-03-05"
WINDOW_START_NS = 1_709_649_000_000_000_000
"""09:30 New York of SESSION, ns since 1970 UTC."""
WINDOW_NS = 30_000_000_000
"""Length of the window that the streams are written around."""
SYMBOL = "ESH4"
INSTRUMENT_ID = 17077
FIELDS = ("order_id", "action", "side", "price", "size", "flags", "ts_event", "ts_recv")
"""Of a record, but for what its place in the file says."""
LEADS_NS = (0, 1, 2_000_000_000, 7_300_000_000, 61_000_000_000)
"""How long before the window a stream may begin."""


@st.composite
def streams(
    draw: st.DrawFn,
    *,
    acts: int = 40,
    ticks: int = 4,
    crossed: bool = False,
    steps_back: bool = False,
) -> list[Record]:
    """Draw the records of one instrument in file order, around the window.

    Parameters
    ----------
    acts
        The most things that happen, of about two records each.
    ticks
        How many prices each side uses; few, so that orders meet.
    crossed
        Whether the sides may reach into each other, as before an auction.
    steps_back
        Whether the vendor's clock may show less than it did before.
    """
    scribe = _scribe(_picker(draw), ticks, crossed=crossed, steps_back=steps_back)
    return _written(scribe, draw(st.integers(1, acts)))


def by_chance(
    seed: int, *, acts: int = 200, ticks: int = 4, crossed: bool = False, steps_back: bool = False
) -> list[Record]:
    """Return a stream like those of ``streams``, exactly so many acts long, without hypothesis."""
    pick = random.Random(seed).randrange
    return _written(_scribe(pick, ticks, crossed=crossed, steps_back=steps_back), acts)


def _scribe(pick: Callable[[int], int], ticks: int, *, crossed: bool, steps_back: bool) -> Scribe:
    scribe = Scribe(pick, WINDOW_START_NS, ticks, int(crossed), steps_back=steps_back)
    scribe.now_ns -= LEADS_NS[pick(len(LEADS_NS))]
    return scribe


def _written(scribe: Scribe, acts: int) -> list[Record]:
    for _ in range(acts):
        act(scribe)
        if scribe.pick(4) < 3:
            scribe.close()
    return scribe.records


def _picker(draw: st.DrawFn) -> Callable[[int], int]:
    @cache
    def below(n: int) -> st.SearchStrategy[int]:
        return st.integers(0, n - 1)

    return lambda n: draw(below(n))


def to_array(records: Sequence[Record], instrument_id: int = INSTRUMENT_ID) -> dbn.Records:
    """Return records as (n,) structured in the vendor's layout.

    Examples
    --------
    >>> to_array([Record(7, "A", "B", 4800_000_000_000, 2, 128, 10, 11, 0)])["price"].tolist()
    [4800000000000]
    """
    array = dbn.new_records("mbo", len(records))
    for name in FIELDS:
        array[name] = [getattr(record, name) for record in records]
    array["instrument_id"] = instrument_id
    array["sequence"] = [one.sequence or place for place, one in enumerate(records, start=1)]
    return array


def columns(array: dbn.Records) -> dict[str, NDArray[Any]]:
    """Return the fields of (n,) vendor records by name, as landing passes them on."""
    return {name: array[name] for name in array.dtype.names or ()}


def write(
    path: Path,
    records: Sequence[Record],
    *,
    symbol: str = SYMBOL,
    instrument_id: int = INSTRUMENT_ID,
    **metadata: Any,
) -> Path:
    """Write records of one instrument as a DBN file; metadata spans them unless it is given."""
    times = [record.ts_recv for record in records]
    span = {"start_ns": min(times), "end_ns": max(times) + 1} | metadata
    array = to_array(records, instrument_id)
    dbn.write_dbn(path, "mbo", array, symbols={symbol: instrument_id}, **span)
    return path


def read(path: Path) -> list[Record]:
    """Return the order records of a DBN file that holds one instrument."""
    with path.open("rb") as handle:
        array = np.concatenate(list(dbn.DbnReader(handle, path.name).batches()))
    columns = (array[name] for name in FIELDS)
    texts = (c.astype("U1") if c.dtype.kind == "S" else c for c in columns)
    numbers = range(len(array)), array["sequence"].tolist()
    rows = zip(*(column.tolist() for column in texts), *numbers, strict=True)
    return [Record(*row) for row in rows]
