"""Layouts of the vendor's records, by schema and version of the format.

A DBN file is a header with symbol mappings, then records of one fixed size packed end to end.
"""

from __future__ import annotations

import databento_dbn
import numpy as np
from numpy.typing import NDArray

VERSION = 3
"""Newest layout of the format: the one that lands, whatever the file was written in."""
PUBLISHER = 1
"""The vendor's number of GLBX.MDP3."""

Records = NDArray[np.void]
"""(n,) structured, one row per vendor record, the fields named as the vendor names them."""

LAYOUTS = {1: databento_dbn.v1, 2: databento_dbn.v2, 3: databento_dbn.v3}
_STRUCTS = {
    "mbo": "MBOMsg",
    "mbp-1": "MBP1Msg",
    "trades": "TradeMsg",
    "tbbo": "TBBOMsg",
    "bbo-1s": "BBO1SMsg",
    "bbo-1m": "BBO1MMsg",
    "ohlcv-1s": "OHLCVMsg",
    "ohlcv-1m": "OHLCVMsg",
    "ohlcv-1h": "OHLCVMsg",
    "ohlcv-1d": "OHLCVMsg",
    "definition": "InstrumentDefMsg",
    "statistics": "StatMsg",
    "status": "StatusMsg",
}
_MESSAGES = {"error": "ErrorMsg", "symbol-mapping": "SymbolMappingMsg", "system": "SystemMsg"}


def record_dtype(schema: str, version: int = VERSION) -> np.dtype[np.void]:
    """Return the packed layout of a schema's records in a version of the format."""
    layout: np.dtype[np.void] = np.dtype(getattr(LAYOUTS[version], _STRUCTS[schema])._dtypes)
    return layout


RECORDS: dict[str, np.dtype[np.void]] = {schema: record_dtype(schema) for schema in _STRUCTS}
"""Layout by schema, newest version; these are the schemas that land."""
RTYPES: dict[str, int] = {
    schema: int(databento_dbn.RType.from_schema(databento_dbn.Schema.from_str(schema)))
    for schema in _STRUCTS
}
"""What every record of a schema carries as ``rtype``."""
MESSAGES: dict[str, np.dtype[np.void]] = {
    kind: np.dtype(getattr(databento_dbn, struct)._dtypes) for kind, struct in _MESSAGES.items()
}
"""Layout by kind of what the live service says between records; none of it lands."""
MESSAGE_RTYPES = {kind: int(databento_dbn.RType.from_str(kind)) for kind in MESSAGES}
"""What every message of a kind carries as ``rtype``."""


def new_records(schema: str, count: int, version: int = VERSION) -> Records:
    """Return zeroed records with length, rtype and publisher filled in, (count,) structured."""
    records = np.zeros(count, record_dtype(schema, version))
    records["length"] = records.itemsize // 4
    records["rtype"] = RTYPES[schema]
    records["publisher_id"] = PUBLISHER
    return records
