"""DBN files read: the header at once, records in batches of bounded size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import BufferedReader, BytesIO
from reprlib import repr as brief
from typing import Any

import databento_dbn
import numpy as np

from spymaster.errors import DataError
from spymaster.land.dbn.layouts import LAYOUTS, RECORDS, RTYPES, Records, record_dtype
from spymaster.land.source import Inflated

PRELUDE = 8
"""Bytes before the metadata proper: DBN, version, length."""
LONGEST_HEADER = 1 << 27
"""Bytes; a length beyond is damage, since every ES option of a year needs a tenth of it."""
SHORTEST_HEADER = 104
"""Bytes of its fixed fields and of one length; the vendor's decoder aborts below that."""
LATEST_NS = 2**63 - 1
CODE = re.compile(r"[A-Z0-9.]+")
"""Of a dataset, such as GLBX.MDP3."""
BATCH_BYTES = 1 << 20
"""So few that the processor's cache still holds a batch when it is taken apart."""

# The stubs call the members plain integers, which the functions then refuse.
_AS_WRITTEN: Any = databento_dbn.VersionUpgradePolicy.AS_IS
_NEWEST: Any = databento_dbn.VersionUpgradePolicy.UPGRADE_TO_V3


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
    end_ns: int | None
    """Exclusive end of what was asked for, ns; None where the file does not say."""
    stype_in: str | None
    stype_out: str
    intervals: tuple[Interval, ...]
    """By symbol and date."""
    limit: int | None = None
    """How many records were asked for at most; None for all."""


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
        if len(prelude) < PRELUDE:
            raise self._broken(f"ends {len(prelude)} bytes into its header")
        length = int.from_bytes(prelude[4:], "little")
        if prelude[3] not in LAYOUTS:
            allowed = ", ".join(map(str, LAYOUTS))
            raise self._broken(f"DBN version {prelude[3]}; allowed: {allowed}")
        if not SHORTEST_HEADER <= length <= LONGEST_HEADER:
            allowed = f"{SHORTEST_HEADER} to {LONGEST_HEADER}"
            raise self._broken(f"header of {length} bytes; allowed: {allowed}")
        header = prelude + self._bytes.read(length).tobytes()
        if len(header) < PRELUDE + length:
            raise self._broken(f"ends within its header of {PRELUDE + length} bytes")
        with self._decoding():
            found = databento_dbn.Metadata.decode(header, _AS_WRITTEN)
        return self._header(found)

    def _header(self, found: databento_dbn.Metadata) -> Header:
        if found.schema is None or found.ts_out:
            raise self._broken("a live capture; only historical files of one schema land")
        if found.start > LATEST_NS:
            raise self._broken("its header does not say when it starts")
        if str(found.schema) not in RECORDS:
            allowed = ", ".join(RECORDS)
            raise self._broken(f"schema {found.schema} does not land; allowed: {allowed}")
        if not CODE.fullmatch(found.dataset):
            raise self._broken(f"its header names the dataset {brief(found.dataset)}")
        intervals = self._intervals(found)
        return Header(
            version=found.version,
            dataset=found.dataset,
            schema=str(found.schema),
            start_ns=found.start,
            end_ns=found.end if found.end is not None and found.end <= LATEST_NS else None,
            stype_in=None if found.stype_in is None else str(found.stype_in),
            stype_out=str(found.stype_out),
            intervals=tuple(intervals),
            limit=found.limit,
        )

    def _intervals(self, found: databento_dbn.Metadata) -> list[Interval]:
        """Return what symbols stood for; the decoder gives them in an order that differs."""
        with self._decoding():
            mappings = found.mappings
        intervals = sorted(
            Interval(symbol, part["start_date"], part["end_date"], part["symbol"])
            for symbol, parts in mappings.items()
            for part in parts
        )
        for text in (text for one in intervals for text in (one.symbol, one.mapped)):
            if not (text.isascii() and text.isprintable()):
                raise self._broken(f"its header maps the symbol {brief(text)}")
        return intervals

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
        with self._decoding():
            transcoder.write(batch.tobytes())
            transcoder.flush()
        return np.frombuffer(out.getvalue(), RECORDS[schema])

    @contextmanager
    def _decoding(self) -> Iterator[None]:
        """Name the file in what the vendor's decoder objects to.

        It also gives up by a panic, which is no ``Exception`` and whose class has no module to
        import it from.
        """
        try:
            yield
        except (databento_dbn.DBNError, ValueError, OverflowError) as error:
            raise self._broken(" ".join(str(error).split())) from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise self._broken(f"the decoder gives up: {error}") from error

    def _broken(self, found: str) -> DataError:
        return DataError(f"{self._name}: {found}")
