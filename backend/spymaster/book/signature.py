"""The types that the loop is compiled for, once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import from_dtype, types

from spymaster.book import arrays
from spymaster.book.arrays import Grid, Records


def _columns(of: Any, dtypes: np.dtype[Any]) -> Any:
    """Arrow's arrays are read-only, which to numba is a type of its own."""
    found = [from_dtype(dtypes[place]) for place in range(len(of._fields))]
    return types.NamedTuple([types.Array(one, 1, "C", readonly=True) for one in found], of)


def _table(dtype: np.dtype[Any], dimensions: int = 1) -> Any:
    return types.Array(from_dtype(dtype), dimensions, "C")


ORDERS = _table(arrays.ORDER)
RECORDS = _columns(Records, arrays.RECORD_TYPES)
FOLD = types.UniTuple(types.int64, 5)(
    RECORDS,
    types.int64,
    types.boolean,
    types.boolean,
    types.NamedUniTuple(types.int64, 3, Grid),
    _table(arrays.NOW),
    ORDERS,
    _table(arrays.FILL),
    _table(np.dtype(np.int64), 2),
    _table(arrays.CHANGE),
    _table(arrays.REST),
    _table(arrays.CELL),
    _table(arrays.TALLY_BY_KIND),
    _table(arrays.STEP),
)
