"""DBN files, written and read; the only module that imports the vendor's package.

A DBN file is a header with symbol mappings, then records of one fixed size packed end to end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from io import BufferedReader, BytesIO
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import databento_dbn
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spymaster.errors import DataError
from spymaster.land.source import Inflated
from spymaster.units import utc_date

VERSION = 3
"""Newest layout of the format: the one that lands, whatever the file was written in."""
PUBLISHER = 1
"""The vendor's number of GLBX.MDP3."""
ZSTD = ".zst"
PRELUDE = 8
"""Bytes before the metadata proper: DBN, version, length."""
LONGEST_HEADER = 1 << 27
"""Bytes; a length beyond is damage, since every ES option of a year needs a tenth of it."""
LATEST_NS = 2**63 - 1
BATCH_BYTES = 1 << 20
"""So few that the processor's cache still holds a batch when it is taken apart."""

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


# The stubs call the members plain integers, which the functions then refuse.
_AS_WRITTEN: Any = databento_dbn.VersionUpgradePolicy.AS_IS
_NEWEST: Any = databento_dbn.VersionUpgradePolicy.UPGRADE_TO_V3


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


@dataclass(frozen=True, order=True)
class Interval:
    """What a symbol stood for over some dates."""

    symbol: str
    start_date: date
    end_date: date
    """Exclusive."""
    mapped: str


@dataclass(frozen=True)
class Header:
    """What a file says about itself."""

    version: int
    dataset: str
    schema: str
    start_ns: int
    stype_in: str | None
    stype_out: str
    intervals: tuple[Interval, ...]
    """By symbol and date."""


class DbnReader:
    """One open file: its header at once, its records in batches of bounded size."""

    def __init__(self, handle: BufferedReader, name: str) -> None:
        """Read the header; ``name`` is what messages call the file.

        Raises
        ------
        DataError
            If it is not a DBN file, is cut short, or its schema is not one that lands.
        """
        self._name = name
        self._bytes = Inflated(handle, name)
        self.header = self._read_header()

    def batches(self) -> Iterator[Records]:
        """Yield the records in file order and in the newest layout.

        Raises
        ------
        DataError
            Where the file is cut short or holds a record of another kind.
        """
        layout = record_dtype(self.header.schema, self.header.version)
        count = BATCH_BYTES // layout.itemsize
        done, more = 0, True
        while more:
            read = self._bytes.read(count * layout.itemsize)
            whole = len(read) // layout.itemsize
            batch = read[: whole * layout.itemsize].view(layout)
            self._check(batch, done)
            done += whole
            if left := len(read) - batch.nbytes:
                raise self._broken(f"ends {left} bytes into record {done}")
            more = whole == count
            if whole:
                yield self._upgraded(batch)

    def _read_header(self) -> Header:
        prelude = self._bytes.read(PRELUDE).tobytes()
        if not prelude.startswith(b"DBN"):
            raise self._broken(f"not a DBN file: begins with {prelude!r}")
        length = int.from_bytes(prelude[4:], "little")
        if length > LONGEST_HEADER:
            raise self._broken(f"header of {length} bytes; allowed: {LONGEST_HEADER}")
        header = prelude + self._bytes.read(length).tobytes()
        if len(header) < PRELUDE + length:
            raise self._broken(f"ends within its header of {PRELUDE + length} bytes")
        try:
            found = databento_dbn.Metadata.decode(header, _AS_WRITTEN)
        except databento_dbn.DBNError as error:
            raise self._broken(str(error)) from error
        return self._header(found)

    def _header(self, found: databento_dbn.Metadata) -> Header:
        if found.schema is None or found.ts_out:
            raise self._broken("a live capture; only historical files of one schema land")
        if found.start > LATEST_NS:
            raise self._broken("its header does not say when it starts")
        if str(found.schema) not in RECORDS:
            allowed = ", ".join(RECORDS)
            raise self._broken(f"schema {found.schema} does not land; allowed: {allowed}")
        # The vendor's package gives the mappings in an order that differs from call to call.
        intervals = sorted(
            Interval(symbol, part["start_date"], part["end_date"], part["symbol"])
            for symbol, parts in found.mappings.items()
            for part in parts
        )
        return Header(
            version=found.version,
            dataset=found.dataset,
            schema=str(found.schema),
            start_ns=found.start,
            stype_in=None if found.stype_in is None else str(found.stype_in),
            stype_out=str(found.stype_out),
            intervals=tuple(intervals),
        )

    def _check(self, batch: Records, before: int) -> None:
        schema, words = self.header.schema, batch.itemsize // 4
        # length and rtype are the first two bytes of a record: looked at as one number
        wrong = batch.view("<u2")[:: batch.itemsize // 2] != (RTYPES[schema] << 8 | words)
        if wrong.any():
            first = int(wrong.argmax())
            raise self._broken(
                f"record {before + first} has rtype {batch['rtype'][first]} and"
                f" {4 * int(batch['length'][first])} bytes;"
                f" every {schema} record has rtype {RTYPES[schema]} and {4 * words} bytes"
            )

    def _upgraded(self, batch: Records) -> Records:
        schema, version = self.header.schema, self.header.version
        if batch.dtype == RECORDS[schema]:
            return batch
        out = BytesIO()
        transcoder = databento_dbn.Transcoder(
            out,
            databento_dbn.Encoding.from_str("dbn"),
            databento_dbn.Compression.from_str("none"),
            has_metadata=False,
            input_version=version,
            upgrade_policy=_NEWEST,
        )
        try:
            transcoder.write(batch.tobytes())
            transcoder.flush()
        except databento_dbn.DBNError as error:
            raise self._broken(str(error)) from error
        return np.frombuffer(out.getvalue(), RECORDS[schema])

    def _broken(self, found: str) -> DataError:
        return DataError(f"{self._name}: {found}")
