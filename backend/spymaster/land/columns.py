"""Records turned on their side: every later step reads only the columns that it needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import DTypeLike, NDArray

from spymaster.land.dbn import Records

Columns = Mapping[str, NDArray[Any]]
"""(n,) contiguous values by the vendor's name of the field."""
GROUP_RECORDS = 1 << 18
GROUP_BYTES = 1 << 24
"""What one group holds at most; bounds the memory, and is a row group of the Parquet file."""


def gathered(batches: Iterable[Records], names: Collection[str]) -> Iterator[Columns]:
    """Yield the fields named of all records, in order, gathered into few large groups.

    Parameters
    ----------
    batches : iterable of (m,) structured
        None larger than a group. Taken apart one by one, while the processor's cache holds them.
    """
    columns: Columns = {}
    filled = room = 0
    for batch in batches:
        if filled + len(batch) > room:
            if filled:
                yield _first(filled, columns)
            room, filled = _room(batch), 0
            columns = {name: empty(room, batch.dtype[name]) for name in _fields(batch, names)}
        for name, values in columns.items():
            values[filled : filled + len(batch)] = batch[name]
        filled += len(batch)
    if filled:
        yield _first(filled, columns)


def empty(count: int, dtype: DTypeLike) -> NDArray[Any]:
    """Return (count,) values to be filled, in memory that Arrow keeps for the next array.

    What numpy allocates goes back to the system, which clears it page by page the next time.
    """
    return np.frombuffer(pa.allocate_buffer(count * np.dtype(dtype).itemsize), dtype)


def _room(batch: Records) -> int:
    return min(GROUP_RECORDS, GROUP_BYTES // batch.itemsize)


def _fields(batch: Records, names: Collection[str]) -> list[str]:
    return [name for name in batch.dtype.names or () if name in names]


def _first(count: int, columns: Columns) -> Columns:
    return {name: values[:count] for name, values in columns.items()}
