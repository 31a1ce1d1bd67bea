"""Captured records as rows of raw relations, numbered as the sealed files will number them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spymaster.book.arrays import Records as Orders
from spymaster.book.codes import DAY
from spymaster.land.arrow import record_batch
from spymaster.land.dbn import Records
from spymaster.live.wire import Kind, Rows, restated
from spymaster.units import DAY_NS, UNDEF_TIME
from spymaster.warehouse.columns import RawRelation, raw_relations

CAPTURED = "live"
"""Stands for the file that the records will lie in."""


class Numbered:
    """Counts the records of each schema as they pass.

    Parameters
    ----------
    opens_ns : int, ns since 1970 UTC
        Of the session, see ``wire.restated``.
    """

    def __init__(self, opens_ns: int) -> None:
        self._opens_ns = opens_ns
        self._count: Counter[str] = Counter()

    def take(self, kind: Kind, rows: Rows) -> tuple[Records, NDArray[np.uint32]]:
        """Return the next records of a schema with their fields, and their numbers."""
        first = self._count[kind.name]
        self._count[kind.name] += len(rows)
        numbers = np.arange(first, first + len(rows), dtype=np.uint32)
        return restated(kind, rows, self._opens_ns), numbers


def table(schema: str, records: Records, numbers: NDArray[np.uint32]) -> pa.Table:
    """Return records as landing writes them."""
    relation: RawRelation = raw_relations()[schema]
    columns: dict[str, NDArray[Any]] = {
        name: records[name] for name in records.dtype.names or () if name != "length"
    }
    columns["row_no"] = numbers
    batch = record_batch(relation, columns, _days(records).astype(np.int32), CAPTURED)
    return pa.Table.from_batches([batch])


def orders(records: Records, numbers: NDArray[np.uint32]) -> Orders:
    """Return order records as ``book.records`` selects them."""
    received = records["ts_recv"].astype(np.int64)
    event = records["ts_event"]
    return Orders(
        seq=(_days(records) << DAY) + numbers,
        order_id=np.ascontiguousarray(records["order_id"]),
        ts_recv=received,
        ts_event=np.where(event == UNDEF_TIME, received, event.astype(np.int64)),
        price=np.ascontiguousarray(records["price"]),
        size=records["size"].astype(np.int64),
        sequence=np.ascontiguousarray(records["sequence"]),
        action=_codes(records["action"]),
        side=_codes(records["side"]),
        flags=np.ascontiguousarray(records["flags"]),
    )


def _days(records: Records) -> NDArray[np.int64]:
    days: NDArray[np.int64] = records["ts_recv"].astype(np.int64) // DAY_NS
    return days


def _codes(letters: NDArray[np.bytes_]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(letters).view(np.uint8)
