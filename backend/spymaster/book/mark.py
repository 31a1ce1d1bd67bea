"""Which records a replay took, as a number: the same records again give the same number."""

from __future__ import annotations

import numpy as np
from numba import types

from spymaster.book.arrays import Records
from spymaster.book.compiled import compiled
from spymaster.book.signature import RECORDS
from spymaster.book.table import SPREAD

ODD = np.uint64(0xD6E8FEB86659FD93)


@compiled(types.uint64(RECORDS, types.uint64))
def mark(records: Records, before: np.uint64) -> np.uint64:
    """Return the number of what came before and these records, whatever batches they come in."""
    found = before
    for row in range(len(records.seq)):
        one = np.uint64(records.seq[row]) * SPREAD + records.order_id[row]
        one = one * SPREAD + np.uint64(records.ts_recv[row])
        one = one * SPREAD + np.uint64(records.ts_event[row])
        one = one * SPREAD + np.uint64(records.price[row])
        one = one * SPREAD + np.uint64(records.size[row])
        one = one * SPREAD + np.uint64(records.sequence[row])
        one = one * SPREAD + np.uint64(records.action[row])
        one = one * SPREAD + np.uint64(records.side[row])
        one = one * SPREAD + np.uint64(records.flags[row])
        found = found * ODD + (one ^ (one >> np.uint64(29)))
    return found
