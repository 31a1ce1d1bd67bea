"""DBN files as the vendor would write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import databento_dbn
import numpy as np
import pyarrow as pa

from spymaster.land.dbn.layouts import VERSION, Records, record_dtype
from spymaster.units import utc_date

ZSTD = ".zst"


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
    batches = [records] if isinstance(records, np.ndarray) else records
    with dbn_file(
        path,
        schema,
        dataset=dataset,
        symbols=symbols,
        start_ns=start_ns,
        end_ns=end_ns,
        version=version,
    ) as write:
        for batch in batches:
            write(batch)


@contextmanager
def dbn_file(
    path: Path,
    schema: str,
    *,
    dataset: str,
    symbols: Mapping[str, int],
    start_ns: int,
    end_ns: int,
    version: int = VERSION,
) -> Iterator[Callable[[Records], None]]:
    """Open a file as ``write_dbn`` writes it; yield what appends records to it."""
    header = _metadata(schema, dataset, symbols, start_ns, end_ns, version)
    with pa.output_stream(path, compression="zstd" if path.suffix == ZSTD else None) as stream:
        stream.write(header)
        yield lambda batch: stream.write(_packed(batch, schema, version))


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
