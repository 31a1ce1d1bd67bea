"""Vendor files for the landing tests, written record by record."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from spymaster.land.dbn import Records, new_records, write_dbn
from spymaster.units import to_ns

DAY = datetime(2024, 1, 9, tzinfo=UTC)
DAY_NS = to_ns(DAY)
HOUR_NS = 3_600 * 10**9
INSTRUMENT = 17077
F_LAST, F_SNAPSHOT = 128, 32


def orders(
    count: int,
    *,
    start_ns: int = DAY_NS,
    step_ns: int = 1_000,
    instruments: tuple[int, ...] = (INSTRUMENT,),
    seed: int = 1,
) -> Records:
    """Random mbo records at even times; every instrument of the list occurs if count allows."""
    random = np.random.default_rng(seed)
    records = new_records("mbo", count)
    records["instrument_id"] = np.resize(np.array(instruments, np.uint32), count)
    records["ts_recv"] = start_ns + step_ns * np.arange(count, dtype=np.int64)
    records["ts_event"] = records["ts_recv"] - 50_000
    records["order_id"] = 6_400_000_000_000 + random.integers(0, 10**6, count)
    records["price"] = 4_800_000_000_000 + 250_000_000 * random.integers(-40, 40, count)
    records["size"] = random.integers(1, 20, count)
    records["flags"] = np.where(random.random(count) < 0.7, F_LAST, 0)
    records["action"] = random.choice(np.array([b"A", b"C", b"M", b"T", b"F"]), count)
    records["side"] = random.choice(np.array([b"A", b"B", b"N"]), count)
    records["sequence"] = np.arange(count)
    return records


def write(
    path: Path, records: Records, schema: str = "mbo", symbols: dict[str, int] | None = None
) -> Path:
    """Write records as the file of the test day and return its path."""
    symbols = {"ESH4": INSTRUMENT} if symbols is None else symbols
    path.parent.mkdir(parents=True, exist_ok=True)
    write_dbn(path, schema, records, symbols=symbols, start_ns=DAY_NS, end_ns=DAY_NS + 24 * HOUR_NS)
    return path
