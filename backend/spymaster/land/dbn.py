"""DBN files, written and read; the only module that imports the vendor's package.

A DBN file is a header with symbol mappings, then records of one fixed size packed end to end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import chain
from pathlib import Path
from types import SimpleNamespace

import databento_dbn
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spymaster.units import utc_date

VERSION = 3
"""Newest layout of the format: the one that lands, whatever the file was written in."""
PUBLISHER = 1
"""The vendor's number of GLBX.MDP3."""
ZSTD = ".zst"

Records = NDArray[np.void]
"""(n,) structured, one row per vendor record, the fields named as the vendor names them."""

_LAYOUTS = {1: databento_dbn.v1, 2: databento_dbn.v2, 3: databento_dbn.v3}
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


def record_dtype(schema: str, version: int = VERSION) -> np.dtype[np.void]:
    """Return the packed layout of a schema's records in a version of the format."""
    layout: np.dtype[np.void] = np.dtype(getattr(_LAYOUTS[version], _STRUCTS[schema])._dtypes)
    return layout


RECORDS: dict[str, np.dtype[np.void]] = {schema: record_dtype(schema) for schema in _STRUCTS}
"""Layout by schema, newest version; these are the schemas that land."""
RTYPES: dict[str, int] = {
    schema: int(databento_dbn.RType.from_schema(databento_dbn.Schema.from_str(schema)))
    for schema in _STRUCTS
}
"""What every record of a schema carries as ``rtype``."""


def new_records(schema: str, count: int, version: int = VERSION) -> Records:
    """Return zeroed records with length, rtype and publisher filled in, (count,) structured."""
    records = np.zeros(count, record_dtype(schema, version))
    records["length"] = records.itemsize // 4
    records["rtype"] = RTYPES[schema]
    records["publisher_id"] = PUBLISHER
    return records


def write_dbn(
    path: Path,
    schema: str,
    records: Records | Iterable[Records],
    *,
    dataset: str = "GLBX.MDP3",
    symbols: Mapping[str, int],
    start_ns: int,
    end_ns: int,
    version: int = VERSION,
) -> None:
    """Write a file as the vendor would, compressed where the name ends in ``.zst``.

    Parameters
    ----------
    records : (n,) structured, or an iterable of such arrays
        In file order, in the layout of ``record_dtype(schema, version)``, rtype filled in.
    symbols : mapping of raw symbol to instrument id
        In force from the UTC date of ``start_ns`` through that of the last ns before ``end_ns``.
    start_ns, end_ns : int, ns since 1970 UTC
        The range the file answers for, end exclusive.
    """
    header = _metadata(schema, dataset, symbols, start_ns, end_ns, version)
    batches = [records] if isinstance(records, np.ndarray) else records
    with pa.output_stream(path, compression="zstd" if path.suffix == ZSTD else None) as stream:
        for piece in chain([header], (_packed(batch, schema, version) for batch in batches)):
            stream.write(piece)


def _packed(batch: Records, schema: str, version: int) -> bytes:
    expected = record_dtype(schema, version)
    if batch.dtype != expected:
        raise ValueError(f"{schema}: not records of DBN version {version}: {batch.dtype}")
    return batch.tobytes()


def _metadata(
    schema: str, dataset: str, symbols: Mapping[str, int], start_ns: int, end_ns: int, version: int
) -> bytes:
    first, last = utc_date(start_ns), utc_date(max(start_ns, end_ns - 1))
    after = last + timedelta(days=1)
    mappings = [
        SimpleNamespace(
            raw_symbol=symbol,
            intervals=[SimpleNamespace(start_date=first, end_date=after, symbol=str(instrument))],
        )
        for symbol, instrument in symbols.items()
    ]
    return databento_dbn.Metadata(
        dataset=dataset,
        start=start_ns,
        end=end_ns,
        stype_in=databento_dbn.SType.from_str("raw_symbol"),
        stype_out=databento_dbn.SType.from_str("instrument_id"),
        schema=databento_dbn.Schema.from_str(schema),
        symbols=list(symbols),
        partial=[],
        not_found=[],
        mappings=mappings,
        ts_out=False,
        version=version,
    ).encode()
