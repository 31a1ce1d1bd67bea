"""250 small sessions in one warehouse: what a flip, a question and a run with nothing to do cost.

    uv run python tests/benchmarks/many_sessions.py [SESSIONS] [FOLDER]

Lands and builds SESSIONS (default 250) short simulated sessions in FOLDER, where they are kept for
the next time, and 5 of them in a warehouse beside it. Prints the CPU seconds of writing and
flipping a catalog, of a run with nothing to do, and of questions about one session with many and
with 5 sessions around it, the median of several runs each.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from datetime import time as clock
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

FIRST, FEW, RUNS = date(2024, 1, 2), 5, 9
WINDOW = {"window_start": clock(9, 31), "window_end": clock(9, 33)}
QUESTIONS = {
    "one partition": "select sum(depth_qty) from depth_5s where session = '{session}'",
    "a join": """
        select side, sum(add_qty), sum(pull_qty) from flow_5s
        inner join bbo_5s using (session, bucket_end)
        where session = '{session}' and tick between bid_tick - 3 and ask_tick + 3 group by side""",
    "a table": "select * from sessions where session = '{session}'",
}


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 250
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.gettempdir()) / "spymaster-many"
    warehouses = {count: _build(folder, count) for count in (FEW, many)}
    print(f"{'':<28}{FEW:>10}{many:>10}   CPU seconds, seconds")
    for name, measure in _measures().items():
        figures = [measure(warehouse) for warehouse in warehouses.values()]
        print(f"{name:<28}" + "".join(f"{cpu:>10.3f}{wall:>10.3f}" for cpu, wall in figures))


def _build(folder: Path, count: int) -> Path:
    """The warehouse of so many sessions; what is there already is not built again."""
    from shifted import Shifted, weekdays
    from spymaster import models
    from spymaster.land import land
    from spymaster.settings import Settings

    warehouse = folder / str(count)
    settings = Settings(warehouse, **WINDOW)
    there = {path.name for path in warehouse.glob("models/book.flow_5s/*")}
    wanted = list(islice(weekdays(FIRST), count))
    if any(f"session={session}" not in there for session in wanted):
        source = Shifted(folder / "files")
        landed = land([file for session in wanted for file in source.files(session)], settings)
        refused = [landing.message for landing in landed if landing.outcome == "refused"]
        if failures := refused or models.run(settings).failures:
            raise SystemExit("\n".join(failures[:3]))
    return warehouse


def _measures() -> dict[str, Callable[[Path], tuple[float, float]]]:
    asked = {
        f"question: {name}": lambda warehouse, sql=sql: _timed(lambda: _ask(warehouse, sql))
        for name, sql in QUESTIONS.items()
    }
    return {"nothing to do": _idle, "publish": _publish, **asked}


def _idle(warehouse: Path) -> tuple[float, float]:
    """``spymaster run`` from the shell."""
    program = Path(sys.executable).with_name("spymaster")
    window = {f"SPYMASTER_{key.upper()}": str(value) for key, value in WINDOW.items()}
    environment = {**os.environ, **window, "SPYMASTER_WAREHOUSE": str(warehouse)}

    def run() -> None:
        done = subprocess.run([program, "run"], env=environment, capture_output=True, check=True)
        assert b"nothing to do" in done.stderr, done.stderr

    return _timed(run, resource.RUSAGE_CHILDREN)


def _publish(warehouse: Path) -> tuple[float, float]:
    """Write a catalog and flip to it, with everything read."""
    from spymaster.models import publishing, state
    from spymaster.settings import Settings
    from spymaster.warehouse.columns import SQL

    known = state.load(Settings(warehouse, **WINDOW), SQL)
    publishing.digest(known)
    return _timed(lambda: publishing.write(known))


def _ask(warehouse: Path, sql: str) -> None:
    from spymaster.warehouse import duck

    with duck.read_only((warehouse / "spymaster.duckdb").resolve()) as connection:
        assert connection.execute(sql.format(session="2024-01-05")).fetchall()


def _timed(call: Callable[[], object], who: int = resource.RUSAGE_SELF) -> tuple[float, float]:
    """Median CPU and wall seconds."""
    cpu, wall = [], []
    for _ in range(RUNS):
        before, start = resource.getrusage(who), time.perf_counter()
        call()
        after = resource.getrusage(who)
        wall.append(time.perf_counter() - start)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(cpu), statistics.median(wall)


if __name__ == "__main__":
    main()
