"""Damaged, foreign and absurd records: a line each, nothing half landed, and it goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import zstandard

from first_use import Used
from land.files import DAY, DAY_NS, HOUR_NS
from leftovers import unknown_files
from spymaster import operations
from spymaster.land import land
from spymaster.land.dbn import Records, new_records, write_dbn
from spymaster.settings import Settings
from spymaster.units import to_ns
from spymaster.warehouse import duck
from spymaster.warehouse.layout import Layout

N_RECORDS = 60
RECORD_BYTES = 56
OPEN_NS = DAY_NS + 14 * HOUR_NS + HOUR_NS // 2
SELECTOR = "+market.sessions"
Random = np.random.Generator
Mutation = Callable[[Records, Random], None]
TIMES = (0, 1, 5 * 10**9, DAY_NS - 1, to_ns(datetime(2262, 4, 1, tzinfo=DAY.tzinfo)), 2**63 - 1)
NO_TIME, NO_PRICE, MOST = 2**64 - 1, 2**63 - 1, 2**32 - 1


def book(random: Random) -> Records:
    """Return a clear, a snapshot of ten orders and what came of them, one event each."""
    records = new_records("mbo", N_RECORDS)
    records["instrument_id"], records["publisher_id"], records["flags"] = 17077, 1, 128
    records["ts_recv"] = OPEN_NS - 5 * 10**9 + np.arange(N_RECORDS) * 10**9
    records["ts_event"] = records["ts_recv"] - 50_000
    records["sequence"] = np.arange(N_RECORDS)
    records["order_id"] = random.integers(1, 15, N_RECORDS)
    records["side"] = random.choice(np.array([b"A", b"B"]), N_RECORDS)
    below = records["side"] == b"B"
    records["price"] = 4_800 * 10**9 + np.where(below, -1, 1) * 250_000_000 * random.integers(
        1, 6, N_RECORDS
    )
    records["size"] = random.integers(1, 20, N_RECORDS)
    records["action"] = random.choice(np.array([b"A", b"C", b"M", b"T", b"F"]), N_RECORDS)
    records["action"][0], records["action"][1:11] = b"R", b"A"
    records["flags"][1:11] |= 32
    return records


def some(random: Random) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    return random.integers(0, N_RECORDS, random.integers(1, 6))


def changed(field: str, *values: int | bytes) -> Mutation:
    """Return what puts one of some values into a field of a few records."""

    def change(records: Records, random: Random) -> None:
        for row in some(random):
            records[field][row] = values[random.integers(len(values))]

    return change


def shuffled(records: Records, random: Random) -> None:
    records[:] = records[random.permutation(N_RECORDS)]


def repeated(records: Records, random: Random) -> None:
    records[some(random)] = records[random.integers(N_RECORDS)]


RECORDS: dict[str, Mutation] = {
    "received": changed("ts_recv", *TIMES, NO_TIME),
    "happened": changed("ts_event", *TIMES, NO_TIME),
    "size": changed("size", 0, MOST),
    "price": changed("price", -4_800 * 10**9, 0, 4_800_100_000_000, NO_PRICE, -(2**63)),
    "instrument": changed("instrument_id", 0, 17078, MOST),
    "order": changed("order_id", 0, 1, 2**64 - 1),
    "publisher": changed("publisher_id", 2, 2**16 - 1),
    "action": changed("action", b"X", b"N", b"R", b"\xff", b"\x00", b" "),
    "side": changed("side", b"N", b"X", b"\xff", b"\x00"),
    "flags": changed("flags", 0, 4, 8, 32, 255),
    "length": changed("length", 0, 13, 255),
    "type": changed("rtype", 0, 1, 255),
    "order of records": shuffled,
    "records again": repeated,
}


def cut(content: bytearray, random: Random) -> bytearray:
    return content[: random.integers(len(content))]


def flip_header(content: bytearray, random: Random) -> bytearray:
    for at in random.integers(0, len(content) - N_RECORDS * RECORD_BYTES, random.integers(1, 4)):
        content[at] ^= 1 << random.integers(8)
    return content


def flip_records(content: bytearray, random: Random) -> bytearray:
    start = len(content) - N_RECORDS * RECORD_BYTES
    for at in random.integers(start, len(content), random.integers(1, 9)):
        content[at] ^= 1 << random.integers(8)
    return content


def version(content: bytearray, random: Random) -> bytearray:
    content[3] = random.integers(256)
    return content


def squeezed(content: bytearray, random: Random) -> bytearray:
    return cut(bytearray(zstandard.compress(bytes(content))), random)


BYTES = {one.__name__: one for one in (cut, flip_header, flip_records, version, squeezed)}


def mutate(path: Path, seed: int) -> str:
    """Write one input; return what is wrong with it."""
    random = np.random.default_rng(seed)
    names = [*RECORDS, *BYTES]
    name = names[seed % len(names)]
    records = book(random)
    if name in RECORDS:
        RECORDS[name](records, random)
    end = DAY_NS + 24 * HOUR_NS
    symbols = {"ESH4": 17077, "ESM4": 17078}
    write_dbn(path, "mbo", records, symbols=symbols, start_ns=DAY_NS, end_ns=end)
    if name in BYTES:
        path.write_bytes(BYTES[name](bytearray(path.read_bytes()), random))
    return name


def is_line(text: str) -> bool:
    return bool(text) and text.isprintable() and "Traceback" not in text


def take(settings: Settings, path: Path, seed: int) -> None:
    """Land and build one input, and see that whatever it is leaves the warehouse as it should."""
    name = mutate(path, seed)
    (landing,) = land([path], settings, replace=True)
    assert landing.outcome in ("landed", "refused"), (seed, name)
    assert is_line(landing.message), (seed, name, landing.message)
    assert list(Layout(settings.warehouse).tmp.iterdir()) == [], (seed, name)
    if landing.outcome == "landed":
        report = operations.run(settings, SELECTOR)
        assert all(map(is_line, report.failures)), (seed, name, report.failures)
        assert report.built or report.failures or not landing.records, (seed, name)
    with duck.read_only(settings.warehouse / "spymaster.duckdb") as catalog:
        assert catalog.execute("select count(*) from market.sessions").fetchone(), (seed, name)


@pytest.mark.parametrize(
    "first",
    [
        *(pytest.param(first, marks=pytest.mark.thorough) for first in (0, 10)),
        *(pytest.param(first, marks=pytest.mark.slow) for first in (20, 30)),
    ],
)
def test_whatever_comes_a_line_says_it_and_the_warehouse_goes_on(
    tmp_path: Path, used: Used, first: int
) -> None:
    """Twenty have each mutation once."""
    assert len(RECORDS) + len(BYTES) < 20
    settings = Settings(warehouse=used(tmp_path / "warehouse"))
    for seed in range(first, first + 10):
        take(settings, tmp_path / f"{seed}.dbn", seed)
    operations.gc(settings)
    assert unknown_files(Layout(settings.warehouse)) == set()


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1_000, 1_300, 50))
def test_so_do_hundreds(tmp_path: Path, used: Used, first: int) -> None:
    settings = Settings(warehouse=used(tmp_path / "warehouse"))
    for seed in range(first, first + 50):
        take(settings, tmp_path / f"{seed}.dbn", seed)
