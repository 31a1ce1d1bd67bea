"""250 small sessions in one warehouse: what a flip, a question and a run with nothing to do cost.

    uv run python tests/benchmarks/many_sessions.py [SESSIONS] [FOLDER]

Lands and builds SESSIONS (default 250) short simulated sessions in FOLDER, where they are kept for
the next time, and 5 of them in a warehouse beside it. Prints CPU and wall seconds of a run with
nothing to do, of writing and flipping a catalog, and of questions about one session with 5 and with
many sessions around it, by a filter on views or named in the macros beside them: from the shell, by
a program that opens the catalog for each, and by one that holds it open. The median of several runs
each, of both warehouses in turn.
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
from functools import partial
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

FIRST, FEW, RUNS = date(2024, 1, 2), 5, 21
Call = Callable[[], object]
Prepare = Callable[[Path], Call]
WINDOW = {"window_start": clock(9, 31), "window_end": clock(9, 33)}
QUESTIONS = {
    "one partition": "select sum(depth_qty) from depth_5s where session = '{session}'",
    "a join": """
        select side, sum(add_qty), sum(pull_qty) from flow_5s
        inner join bbo_5s using (session, bucket_end)
        where session = '{session}' and tick between bid_tick - 3 and ask_tick + 3 group by side""",
    "one partition, named": "select sum(depth_qty) from book.depth_5s('{session}')",
    "a join, both named": """
        select side, sum(add_qty), sum(pull_qty) from book.flow_5s('{session}')
        inner join market.bbo_5s('{session}') using (session, bucket_end)
        where tick between bid_tick - 3 and ask_tick + 3 group by side""",
    "a table": "select * from sessions where session = '{session}'",
}


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 250
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.gettempdir()) / "spymaster-many"
    warehouses = {count: _build(folder, count) for count in (FEW, many)}
    print(f"{'':<28}{FEW:>10}{many:>10}   CPU seconds, seconds")
    for name, (prepare, who) in _measures().items():
        calls = [prepare(warehouse) for warehouse in warehouses.values()]
        figures = _timed(calls, who)
        print(f"{name:<28}" + "".join(f"{cpu:>10.4f}{wall:>10.4f}" for cpu, wall in figures))


def _build(folder: Path, count: int) -> Path:
    """The warehouse of so many sessions; what is there already is not built again."""
    from shifted import Shifted, weekdays
    from spymaster import operations
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
        if failures := refused or operations.run(settings).failures:
            raise SystemExit("\n".join(failures[:3]))
    return warehouse


def _measures() -> dict[str, tuple[Prepare, int]]:
    """Return what prepares each call in a warehouse, and whose time it takes."""
    own, child = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    found: dict[str, tuple[Prepare, int]] = {"nothing to do": (_idle, child)}
    found["publish"] = (_publish, own)
    for name, sql in QUESTIONS.items():
        question = sql.format(session="2024-01-05")
        found[f"shell: {name}"] = (partial(_shell, question=question), child)
        found[f"opened: {name}"] = (partial(_opened, question=question), own)
    # last, since what is held open opens at once
    for name, sql in QUESTIONS.items():
        question = sql.format(session="2024-01-05")
        found[f"held: {name}"] = (partial(_held, question=question), own)
    return found


def _idle(warehouse: Path) -> Call:
    """``spymaster run`` from the shell."""

    def run() -> None:
        said = _command(warehouse, "run").stderr
        assert b"nothing to do" in said, said

    return run


def _publish(warehouse: Path) -> Call:
    """Write a catalog and flip to it, with everything read."""
    from spymaster.catalog import publish as publishing
    from spymaster.planning import snapshot as state
    from spymaster.settings import Settings
    from spymaster.warehouse.columns import SQL

    known = state.load(Settings(warehouse, **WINDOW), SQL)
    publishing.digest(known)
    return lambda: publishing.write(known)


def _shell(warehouse: Path, question: str) -> Call:
    """``spymaster query`` from the shell."""
    return lambda: _command(warehouse, "query", question, "--format", "csv")


def _opened(warehouse: Path, question: str) -> Call:
    from spymaster.warehouse import duck

    def ask() -> None:
        with duck.read_only((warehouse / "spymaster.duckdb").resolve()) as connection:
            assert connection.execute(question).fetchall()

    return ask


def _held(warehouse: Path, question: str) -> Call:
    from spymaster.warehouse import duck

    connection = duck.read_only((warehouse / "spymaster.duckdb").resolve())
    return lambda: connection.execute(question).fetchall()


def _command(warehouse: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    program = Path(sys.executable).with_name("spymaster")
    window = {f"SPYMASTER_{key.upper()}": str(value) for key, value in WINDOW.items()}
    environment = {**os.environ, **window, "SPYMASTER_WAREHOUSE": str(warehouse)}
    return subprocess.run([program, *words], env=environment, capture_output=True, check=True)


def _timed(calls: list[Call], who: int) -> list[tuple[float, float]]:
    """Return median CPU and wall seconds of each call, made in turn."""
    taken: list[list[tuple[float, float]]] = [[] for _ in calls]
    for _ in range(RUNS):
        for call, found in zip(calls, taken, strict=True):
            before, start = resource.getrusage(who), time.perf_counter()
            call()
            wall, after = time.perf_counter() - start, resource.getrusage(who)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            found.append((cpu, wall))
    return [
        (statistics.median(cpu for cpu, _ in found), statistics.median(wall for _, wall in found))
        for found in taken
    ]


if __name__ == "__main__":
    main()
