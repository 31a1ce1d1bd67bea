"""One step of the suite, in the process that runs this: STEP FILE WAREHOUSE."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from contenders.records import BUCKET_NS, KINDS
from days import END, SESSION, START, measured

Step = tuple[Callable[[], int], Callable[[], Any] | None]
"""The work, which returns how many records it saw, and what tells what it found."""
TOTALS = f"""
    with placed as (
        select
            *,
            (epoch_ns(bucket_end) // {BUCKET_NS} - 1 - {{first}}) * 7 + tick as weight,
            if(side = 'bid', 1, 3) as sides
        from book.flow_5s
        where session = '{SESSION}'
    )
    select {{sums}} from placed
"""


def decode_vendor(file: Path, _: Path) -> Step:
    import databento

    _to_arrow(np.zeros(1, "u1,u1"))  # what it imports is not decoding

    def work() -> int:
        batches = databento.DBNStore.from_file(file).to_ndarray(count=1 << 18)
        return sum(_to_arrow(batch) for batch in batches)

    return work, None


def decode_ours(file: Path, _: Path) -> Step:
    from spymaster.land.dbn import DbnReader

    _to_arrow(np.zeros(1, "u1,u1"))

    def work() -> int:
        with file.open("rb") as source:
            return sum(_to_arrow(batch) for batch in DbnReader(source, file.name).batches())

    return work, None


def _to_arrow(batch: Any) -> int:
    import pyarrow as pa

    def column(name: str) -> pa.Array:
        flat = np.ascontiguousarray(batch[name])
        return pa.array(flat.view("u1") if flat.dtype.kind == "S" else flat)

    names = batch.dtype.names
    rows: int = pa.RecordBatch.from_pydict({name: column(name) for name in names}).num_rows
    return rows


def first_use(earlier: Path, warehouse: Path) -> Step:
    """Land and build a small session before: models, calendar and catalog are read once."""
    from spymaster import operations
    from spymaster.land import land

    def work() -> int:
        land([earlier], _settings(warehouse))
        return len(operations.run(_settings(warehouse), "+pressure.states_5s").built)

    return work, None


def land(file: Path, warehouse: Path) -> Step:
    from spymaster.land import land

    def work() -> int:
        return sum(one.records for one in land([file], _settings(warehouse)))

    return work, None


def build(file: Path, warehouse: Path, relation: str) -> Step:
    """Build a relation and all it needs; say what flowed and the last best bid."""
    from spymaster import operations

    def work() -> int:
        report = operations.run(_settings(warehouse), f"+{relation}")
        if report.failures:
            raise SystemExit("\n".join(report.failures))
        return len(report.built)

    return work, partial(_flowed, file, warehouse)


def _flowed(file: Path, warehouse: Path) -> Any:
    from spymaster.land.dbn import DbnReader
    from spymaster.warehouse import duck

    with file.open("rb") as source:
        first = int(next(DbnReader(source, file.name).batches())["ts_recv"][0]) // BUCKET_NS
    sums = ", ".join(
        f"{lots}::bigint, {lots[:-1]} * weight * sides)::bigint"
        for lots in (f"sum({kind}_qty)" for kind in KINDS)
    )
    with duck.read_only(warehouse / "spymaster.duckdb") as catalog:
        row = catalog.execute(TOTALS.format(first=first, sums=sums)).fetchone() or ()
    pairs = zip(KINDS, row[::2], row[1::2], strict=True)
    return {kind: [lots, weighted] for kind, lots, weighted in pairs if lots}


def _settings(warehouse: Path) -> Any:
    from spymaster.settings import Settings

    levels = warehouse.parent / "levels.csv"
    return Settings(
        warehouse=warehouse,
        window_start=START,
        window_end=END,
        levels=("MANUAL",),
        manual_levels=levels,
    )


STEPS = {
    "decode_vendor": decode_vendor,
    "decode_ours": decode_ours,
    "first_use": first_use,
    "land": land,
    "flow": partial(build, relation="book.flow_5s"),
    "states": partial(build, relation="pressure.states_5s"),
}


if __name__ == "__main__":
    name, file, warehouse = sys.argv[1:]
    measured(*STEPS[name](Path(file), Path(warehouse)))
