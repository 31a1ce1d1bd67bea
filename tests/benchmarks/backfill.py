"""A few simulated sessions built by one process, by two, and on a local Ray cluster of two cores.

    uv run python tests/benchmarks/backfill.py [SESSIONS] [RATE] [FOLDER]

Simulates SESSIONS (default 4) sessions from 09:00 to 12:30 New York with RATE (default 0.1) of a
median day's records, kept in FOLDER for the next time, lands them three times, builds each
warehouse another way, and compares every partition row for row with what one process left. Prints
seconds, CPU seconds of all processes together, and sessions per core-hour; not for Ray, whose
processes are no children of this program.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import time
from datetime import date
from datetime import time as clock
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

WAYS = {"1 process": (1, "processes"), "2 processes": (2, "processes"), "Ray": (2, "ray")}
FIRST = date(2024, 1, 9)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    rate = float(sys.argv[2]) if len(sys.argv) > 2 else 0.1
    base = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(tempfile.gettempdir())
    files = _simulated(base / f"spymaster-backfill/{count}-{rate}", count, rate)
    expected: dict[tuple[str, date], str] = {}
    print(f"{'':<14}{'s':>8}{'CPU s':>8}{'sessions/core-hour':>20}  {'load':>5}")
    for name, (jobs, engine) in WAYS.items():
        warehouse = files.parent / f"warehouse-{jobs}-{engine}"
        wall, cpu = _build(files, warehouse, jobs, engine)
        found = _contents(warehouse)
        expected = expected or found
        if found != expected:
            raise SystemExit(f"{name}: not what one process left")
        used = f"{cpu:.1f}" if engine == "processes" else ""
        per_hour = f"{3_600 * count / cpu:.0f}" if engine == "processes" else ""
        print(f"{name:<14}{wall:>8.1f}{used:>8}{per_hour:>20}  {os.getloadavg()[0]:>5.1f}")
    print(f"{len(expected)} partitions, the same rows in all")


def _simulated(folder: Path, count: int, rate: float) -> Path:
    from shifted import weekdays
    from spymaster.simulate import simulate

    for seed, session in enumerate(islice(weekdays(FIRST), count)):
        if not list(folder.glob(f"*{session:%Y%m%d}*")):
            given = {"world": "W3", "rate": rate, "seed": seed}
            simulate(folder, session=session, start=clock(9), end=clock(12, 30), **given)
    return folder


def _build(files: Path, warehouse: Path, jobs: int, engine: str) -> tuple[float, float]:
    """Land anew and build; return seconds and CPU seconds of the building."""
    from spymaster import operations
    from spymaster.land import land
    from spymaster.settings import Settings

    shutil.rmtree(warehouse, ignore_errors=True)
    settings = Settings(warehouse, jobs=jobs)
    landings = land([files], settings)
    records = sum(landing.records for landing in landings if landing.schema == "mbo")
    print(f"{records:,} mbo records", file=sys.stderr)
    wall, cpu = time.perf_counter(), _cpu()
    report = operations.backfill(settings, engine=engine)
    if report.failures:
        raise SystemExit("\n".join(report.failures))
    return time.perf_counter() - wall, _cpu() - cpu


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _contents(warehouse: Path) -> dict[tuple[str, date], str]:
    """Return a digest of every partition's rows, whatever their order."""
    from spymaster.warehouse import duck
    from spymaster.warehouse.layout import Layout
    from spymaster.warehouse.ledger import Ledger

    layout, found = Layout(warehouse.resolve()), {}
    with duck.in_memory(layout.tmp / "spill") as connection:
        for build in Ledger(layout).builds():
            pair = build.relation, build.session
            path = layout.model_partition(*pair, build.fingerprint)
            query = f"select count(*), bit_xor(md5_number(t::varchar))::varchar from '{path}' as t"
            found[pair] = f"{build.fingerprint} {connection.execute(query).fetchone()}"
    return found


if __name__ == "__main__":
    main()
