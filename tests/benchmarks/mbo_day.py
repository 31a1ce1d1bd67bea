"""Build a day of market-by-order records from its vendor file through book.flow_5s, and time it.

    uv run python tests/benchmarks/mbo_day.py [RECORDS] [FOLDER]

Makes a synthetic day of about RECORDS records (default 11 M; kept in FOLDER for the next run),
then in this one process run, each step in a process of its own: decodes the file to Arrow, with the
vendor's client and with ours, reads the models as a new warehouse does once, lands the file, and
builds every model up to book.flow_5s over a window that holds the whole day. Prints seconds,
records/s, memory above the start and ratios to decoding. A step's process says how long its work
took; the time to start Python and to import is not in it.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from datetime import time as clock
from pathlib import Path

SESSION = date(2024, 3, 5)
FULL_RATE_RECORDS = 7_230_000
"""Records that the simulator writes for the session below at a rate of 1."""
RUNS = 3


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 11_000_000
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.gettempdir()) / "spymaster-day"
    file = _day(folder / str(records), records)
    steps = ["decode_vendor", "decode_ours", "read_models", "land", "build"]
    best: dict[str, dict[str, float]] = {}
    for _ in range(RUNS):
        shutil.rmtree(folder / "warehouse", ignore_errors=True)
        for step in steps:
            figures = _apart(step, file, folder / "warehouse")
            if step not in best or figures["seconds"] < best[step]["seconds"]:
                best[step] = figures
    _print(best)


def _day(folder: Path, records: int) -> Path:
    """The day's file, made where it is not there yet."""
    file = folder / f"glbx-mdp3-{SESSION:%Y%m%d}.mbo.dbn.zst"
    if not file.exists():
        from spymaster.simulate import simulate

        print(f"simulating about {records:,} records", file=sys.stderr)
        rate = records / FULL_RATE_RECORDS
        simulate(folder, session=SESSION, world="W0", rate=rate, start=clock(9), end=clock(12, 30))
    return file


def _apart(step: str, file: Path, warehouse: Path) -> dict[str, float]:
    """Run a step in a fresh process, so that its peak memory is its own."""
    command = [sys.executable, __file__, "--step", step, str(file), str(warehouse)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{step} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def _decode_vendor(file: Path, warehouse: Path) -> Callable[[], int]:
    import databento
    import numpy as np
    import pyarrow as pa

    def column(values: np.ndarray) -> pa.Array:
        flat = np.ascontiguousarray(values)
        return pa.array(flat.view("u1") if flat.dtype.kind == "S" else flat)

    def work() -> int:
        n = 0
        for batch in databento.DBNStore.from_file(file).to_ndarray(count=1 << 18):
            n += pa.RecordBatch.from_pydict(
                {name: column(batch[name]) for name in batch.dtype.names}
            ).num_rows
        return n

    return work


def _decode_ours(file: Path, warehouse: Path) -> Callable[[], int]:
    import numpy as np
    import pyarrow as pa

    from spymaster.land.dbn import DbnReader

    def column(values: np.ndarray) -> pa.Array:
        flat = np.ascontiguousarray(values)
        return pa.array(flat.view("u1") if flat.dtype.kind == "S" else flat)

    def work() -> int:
        n = 0
        with file.open("rb") as source:
            for batch in DbnReader(source, file.name).batches():
                n += pa.RecordBatch.from_pydict(
                    {name: column(batch[name]) for name in batch.dtype.names}
                ).num_rows
        return n

    return work


def _read_models(file: Path, warehouse: Path) -> Callable[[], int]:
    from spymaster import models
    from spymaster.settings import Settings

    return lambda: models.run(Settings(warehouse=warehouse)).skipped


def _land(file: Path, warehouse: Path) -> Callable[[], int]:
    from spymaster.land import land
    from spymaster.settings import Settings

    return lambda: land([file.parent], Settings(warehouse=warehouse))[0].records


def _build(file: Path, warehouse: Path) -> Callable[[], int]:
    from spymaster import models
    from spymaster.settings import Settings

    settings = Settings(warehouse=warehouse, window_start=clock(9), window_end=clock(12, 30))
    return lambda: len(models.run(settings, "+book.flow_5s").built)


STEPS = {
    "decode_vendor": _decode_vendor,
    "decode_ours": _decode_ours,
    "read_models": _read_models,
    "land": _land,
    "build": _build,
}


def _step(name: str, file: Path, warehouse: Path) -> None:
    work = STEPS[name](file, warehouse)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, cpu = time.perf_counter(), time.process_time()
    n = work()
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - started,
                "cpu": time.process_time() - cpu,
                "records": n,
                "above_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
            }
        )
    )


def _print(best: dict[str, dict[str, float]]) -> None:
    records = best["decode_vendor"]["records"]
    total = best["land"]["seconds"] + best["build"]["seconds"]
    print(f"{records:,.0f} records, best of {RUNS} runs, {'seconds':>8} {'cpu':>6} {'MB':>6}")
    for name, figures in best.items():
        print(
            f"  {name:<14} {figures['seconds']:>8.2f} {figures['cpu']:>6.2f}"
            f" {figures['above_mb']:>6.0f}"
        )
    print(f"file to book.flow_5s: {total:.2f} s, {records / total:,.0f} records/s")
    for name in ("decode_vendor", "decode_ours"):
        print(f"  ratio to {name}: {total / best[name]['seconds']:.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--step"]:
        _step(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main()
