"""What ``spymaster similar`` takes with a year of setups behind it.

    uv run python tests/benchmarks/similar_year.py

Twelve simulated sessions of touches that break, reject or chop are landed and built. Their
partitions are linked under earlier dates too, four weeks apart, until a year of sessions is
published. Prints wall seconds of ``similar`` at a level of the last session and, in turn, of
``tables``, which does little but start, and of the same search asked of a program that runs, as a
notebook does: least, middle and most. Nothing is kept for the next time:
a search of a warehouse that other models built would render its SQL anew.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import time as clock
from datetime import timedelta
from functools import partial
from pathlib import Path
from subprocess import PIPE

sys.path.insert(0, str(Path(__file__).parents[1]))

import spymaster
from setups.history import World, build
from spymaster.catalog.publish import publish
from spymaster.settings import Settings
from spymaster.warehouse import duck
from spymaster.warehouse.entries import Partition
from spymaster.warehouse.layout import Layout, raw_file
from spymaster.warehouse.ledger import Ledger
from spymaster.warehouse.lock import writer

BUILT, COPIES, RUNS = 12, 20, 12
APART = timedelta(weeks=4)
ASKED = """
    select touches.session, max(touches.level_id), count(*) over (), max(n_vectors)
    from pressure.touches, (select count(*) as n_vectors from setups.vectors)
    where touches.level_id not like 'PLACEBO%'
    group by touches.session
    order by touches.session desc
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = build(Path(folder), [World("W3", BUILT, end=clock(11))])
        copy(settings)
        compare(settings.warehouse)


def compare(warehouse: Path) -> None:
    """Print how long a search takes, beside a command that only lists tables."""
    with duck.read_only((warehouse / "spymaster.duckdb").resolve()) as catalog:
        session, level, n_sessions, n_vectors = catalog.execute(ASKED).fetchone() or ()
    print(f"{level} on {session}, {n_vectors:,} vectors of {n_sessions} sessions")
    program = str(Path(sys.executable).with_name("spymaster"))
    environment = {**os.environ, "SPYMASTER_WAREHOUSE": str(warehouse)}
    commands = {"tables": ["tables"], "similar": ["similar", level, "--session", str(session)]}
    asked = {
        name: partial(subprocess.run, [program, *words], env=environment, check=True, stdout=PIPE)
        for name, words in commands.items()
    }
    database = spymaster.connect(warehouse)
    told(asked | {"running": partial(database.similar, level, session=session)})


def copy(settings: Settings) -> None:
    """Link all that landed and was built under earlier dates, and publish."""
    layout = Layout(settings.warehouse)
    ledger = Ledger(layout)
    backs = [APART * number for number in range(1, COPIES + 1)]
    landed = {earlier(part, back): part for part in ledger.partitions() for back in backs}
    built = {
        one._replace(session=one.session - back): one for one in ledger.builds() for back in backs
    }
    with writer(layout, "benchmark"):
        for other, one in (landed | built).items():
            link(layout.root / one.file, layout.root / other.file)
        ledger.land(landed)
        ledger.build(built)
    publish(settings)


def earlier(part: Partition, back: timedelta) -> Partition:
    """Return a partition as if its records had been received so much earlier."""
    day, back_ns = part.date - back, back // timedelta(microseconds=1) * 1000
    return part._replace(
        date=day,
        file=part.file if part.is_shared else raw_file(part.schema, day, Path(part.file).stem),
        first_ns=part.first_ns - back_ns,
        last_ns=part.last_ns - back_ns,
        start_ns=part.start_ns - back_ns,
        end_ns=part.end_ns and part.end_ns - back_ns,
    )


def link(file: Path, other: Path) -> None:
    """Let a file be found under another name, unless it is a file of many dates."""
    if file != other:
        other.parent.mkdir(parents=True, exist_ok=True)
        other.hardlink_to(file)


def told(asked: dict[str, Callable[[], object]]) -> None:
    """Print wall seconds of what is asked, in turn."""
    taken: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(RUNS):
        for name, ask in asked.items():
            started = time.perf_counter()
            ask()
            taken[name].append(time.perf_counter() - started)
    print(f"{'':<8}{'least':>8}{'middle':>8}{'most':>8}   s")
    for name, seconds in taken.items():
        middle = statistics.median(seconds)
        print(f"{name:<8}{min(seconds):>8.3f}{middle:>8.3f}{max(seconds):>8.3f}")


if __name__ == "__main__":
    main()
