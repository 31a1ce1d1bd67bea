"""Vendor records as Arrow batches, typed and named as ``sql/raw.yml`` promises."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spymaster.land.columns import Columns
from spymaster.land.dbn import Header
from spymaster.warehouse.columns import RawRelation

EPOCH = date(1970, 1, 1)
LARGEST_ID = 2**32 - 1


def record_batch(
    relation: RawRelation, columns: Columns, day: date | NDArray[np.int32], file_id: str
) -> pa.RecordBatch:
    """Return records as rows of their raw relation, none of which is null.

    Parameters
    ----------
    columns : mapping of name to (n,) values
        Beside the vendor's ``row_no``.
    day : date or (n,)
        UTC date of all, or of each in days since 1970.
    """
    added = _origin(len(columns["row_no"]), day, file_id)
    names = [column.name for column in relation.columns]
    arrays = [added[name] if name in added else _column(columns[name]) for name in names]
    fields = [
        pa.field(name, array.type, nullable=False)
        for name, array in zip(names, arrays, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))


def symbology_batch(
    relation: RawRelation, header: Header, days: Sequence[date], file_id: str
) -> pa.RecordBatch:
    """Return the header's symbol mappings as rows of ``raw.symbology``.

    All of them on the first date, and those that are valid on each of the others.

    Parameters
    ----------
    days : sequence of dates, ascending
        Of the file's records.
    """
    at, nth = _valid(header, days)
    intervals, count = [header.intervals[one] for one in nth], len(nth)
    dates = np.array([(day - EPOCH).days for day in days], np.int32)[at]
    arrays = _origin(count, dates, file_id) | {
        "symbol": _words([interval.symbol for interval in intervals]),
        "instrument_id": _ids([interval.mapped for interval in intervals]),
        "mapped": _words([interval.mapped for interval in intervals]),
        "start_date": _dates([interval.start_date for interval in intervals]),
        "end_date": _dates([interval.end_date for interval in intervals]),
        "stype_in": _words([header.stype_in or ""] * count, missing=header.stype_in is None),
        "stype_out": _words([header.stype_out] * count),
        "row_no": numbers(nth.astype(np.uint32)),
    }
    names = [column.name for column in relation.columns]
    return pa.RecordBatch.from_arrays([arrays[name] for name in names], names)


def _valid(header: Header, days: Sequence[date]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the dates, and the mappings valid on each, as their places, by date."""
    count = len(header.intervals)
    firsts = [bisect_left(days, one.start_date, 1) for one in header.intervals]
    lasts = [bisect_left(days, one.end_date, 1) for one in header.intervals]
    counts = np.maximum(np.subtract(lasts, firsts), 0).astype(np.intp)
    nth = np.repeat(np.arange(count), counts)
    within = np.arange(len(nth)) - np.repeat(np.cumsum(counts) - counts, counts)
    at = np.repeat(np.array(firsts, np.intp), counts) + within
    order = np.argsort(at, kind="stable")
    on_first = np.zeros(count, np.intp)
    return np.concatenate([on_first, at[order]]), np.concatenate([np.arange(count), nth[order]])


def condition_batch(
    relation: RawRelation, dataset: str, said: Sequence[tuple[date, str, date | None, str]]
) -> pa.RecordBatch:
    """Return what the vendor said of days as rows of ``raw.condition``.

    Parameters
    ----------
    said : sequence
        Date, condition, when the day's data was last made, and the identity of that.
    """
    days, conditions, modified, identities = map(list, zip(*said, strict=True))
    arrays = {
        "dataset": _words([dataset] * len(days)),
        "date": _dates(days),
        "condition": _words(conditions),
        "last_modified_date": numbers(
            np.array([((day or EPOCH) - EPOCH).days for day in modified], np.int32),
            pa.date32(),
            np.array([day is not None for day in modified]),
        ),
        "file_id": _words(identities),
    }
    names = [column.name for column in relation.columns]
    return pa.RecordBatch.from_arrays([arrays[name] for name in names], names)


def numbers(
    values: NDArray[Any], kind: pa.DataType = None, valid: NDArray[np.bool_] | None = None
) -> pa.Array:
    """Return (n,) integers as an Arrow array over the same memory.

    Built from buffers, since ``pa.array`` imports pandas, which takes longer than a small landing.
    """
    packed = np.ascontiguousarray(values)
    mask = None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little"))
    kind = kind or pa.from_numpy_dtype(packed.dtype)
    return pa.Array.from_buffers(kind, len(packed), [mask, pa.py_buffer(packed)])


def _origin(count: int, day: date | NDArray[np.int32], file_id: str) -> dict[str, pa.Array]:
    code = numbers(np.zeros(count, np.int8))
    days = np.full(count, (day - EPOCH).days, np.int32) if isinstance(day, date) else day
    return {
        "date": numbers(days, pa.date32()),
        "file_id": pa.DictionaryArray.from_arrays(code, _words([file_id])),
    }


def _column(values: NDArray[Any]) -> pa.Array:
    packed = np.ascontiguousarray(values)
    if packed.dtype.kind != "S":
        return numbers(packed)
    return _letters(packed) if packed.itemsize == 1 else _texts(packed).dictionary_encode()


def _letters(values: NDArray[np.bytes_]) -> pa.Array:
    """Look every byte up in the few that occur; NUL is the empty text."""
    codes = values.view(np.uint8)
    seen = _seen(codes)
    index = np.zeros(256, np.uint8)
    index[seen] = np.arange(len(seen))
    letters = _words([chr(code).rstrip("\0") for code in seen])
    return pa.DictionaryArray.from_arrays(numbers(np.take(index, codes)), letters, safe=False)


def _seen(codes: NDArray[np.uint8]) -> list[int]:
    """Return the bytes that occur: a pass for each of the few is faster than one that counts."""
    seen: list[int] = []
    left = np.ones(len(codes), np.bool_)
    while left.any():
        seen.append(int(codes[left.argmax()]))
        left &= codes != seen[-1]
    return seen


def _texts(values: NDArray[np.bytes_]) -> pa.Array:
    """Drop what pads each text to its width."""
    width = values.itemsize
    lengths = np.strings.str_len(values)
    kept = np.arange(width) < lengths[:, np.newaxis]
    letters = values.view(np.uint8).reshape(-1, width)[kept]
    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    texts = pa.Array.from_buffers(
        pa.string(), len(values), [None, pa.py_buffer(ends), pa.py_buffer(letters)]
    )
    texts.validate(full=True)
    return texts


def _words(words: list[str], *, missing: bool = False) -> pa.Array:
    if missing or not words:
        return pa.nulls(len(words), pa.string())
    return _texts(np.array([word.encode() for word in words], np.bytes_))


def _dates(days: list[date]) -> pa.Array:
    return numbers(np.array([(day - EPOCH).days for day in days], np.int32), pa.date32())


def _ids(mapped: list[str]) -> pa.Array:
    """Read the numbers; what is none, or too large for an instrument id, is null."""
    found = [int(text) if text.isascii() and text.isdigit() else -1 for text in mapped]
    valid = np.array([0 <= number <= LARGEST_ID for number in found], np.bool_)
    values = [number if ok else 0 for number, ok in zip(found, valid.tolist(), strict=True)]
    return numbers(np.array(values, np.uint32), valid=valid)
