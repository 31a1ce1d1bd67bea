"""What the pressure of five levels over three hours costs, relation by relation.

    uv run python tests/benchmarks/levels.py [RECORDS] [FOLDER]

Simulates a session of about RECORDS records (default 5.6 M; kept in FOLDER for the next run), then
builds everything over 09:30-12:30, 2,160 buckets, with five levels three points apart around the
first trade, on one core, and prints CPU seconds, rows and bytes of each relation that exists for
the levels' sake, in the order in which they were built.
"""

from __future__ import annotations

import csv
import resource
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from days import SESSION, day, on_one_core

from spymaster import operations
from spymaster.building import session as build
from spymaster.building.hands import Rest
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.warehouse import duck

SPREAD = (-24, -12, 0, 12, 24)
"""Ticks from the first trade at which the levels stand."""
OWN = ("book.resting_5s", "book.pulls", "book.pull_sizes")
"""What is built only for the orders behind cells."""
AUDITS = "audits of everything"


@dataclass
class Cost:
    """Of one relation of the build."""

    cpu: float
    rows: int = 0
    bytes: int = 0


def main() -> None:
    on_one_core()
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 5_600_000
    home = Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.gettempdir())
    file = day(home, records)
    warehouse = home / "spymaster-levels"
    shutil.rmtree(warehouse, ignore_errors=True)
    settings = Settings(
        warehouse=warehouse, levels=("MANUAL",), manual_levels=warehouse / "levels.csv"
    )
    land([file.parent], settings)
    place(settings)
    told(costs(settings))
    shutil.rmtree(warehouse)


def place(settings: Settings) -> None:
    """Write the levels of the session around its first trade."""
    run(Settings(warehouse=settings.warehouse), "+market.trades_5s")
    with duck.read_only(settings.warehouse / "spymaster.duckdb") as catalog:
        query = "select arg_min(tick, bucket_end) from market.trades_5s"
        (tick,) = catalog.execute(query).fetchone() or (0,)
    assert settings.manual_levels is not None
    with settings.manual_levels.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["session", "level_id", "price", "known_at"])
        for at in SPREAD:
            lines.writerow([SESSION, f"L{at}", (tick + at) * 0.25, f"{SESSION}T09:30:00"])


def costs(settings: Settings) -> dict[str, Cost]:
    """Build everything and return what each relation cost, audits last."""
    found: dict[str, Cost] = {}
    build_piece, audit = build.make_piece, build._failed_audits

    def timed(name: str, work: Any, *arguments: Any) -> Any:
        cpu = time.process_time()
        done = work(*arguments)
        cost = found.setdefault(name, Cost(0))
        cost.cpu += time.process_time() - cpu
        return Rest(partial(timed, name, done.do)) if isinstance(done, Rest) else done

    build.make_piece = lambda *all: timed(all[2].relation, build_piece, *all)  # type: ignore[assignment]
    build._failed_audits = lambda *all: timed(AUDITS, audit, *all)  # type: ignore[assignment]
    for written in run(settings, "+pressure.*"):
        found[written.relation].rows, found[written.relation].bytes = written.rows, written.bytes
    return found


def run(settings: Settings, selector: str) -> Any:
    report = operations.run(settings, selector, change_settings=True)
    if report.failures:
        raise SystemExit("\n".join(report.failures))
    return report.built


def told(found: dict[str, Cost]) -> None:
    total = Cost(0)
    print(f"{'relation':<26} {'CPU s':>6} {'rows':>9} {'bytes':>11}")
    for name, cost in found.items():
        if name.startswith("pressure.") or name in (*OWN, AUDITS):
            _line(name, cost)
            for field in ("cpu", "rows", "bytes"):
                setattr(total, field, getattr(total, field) + getattr(cost, field))
    _line("levels", total)
    rest = [cost for name, cost in found.items() if name.startswith(("book.", "market."))]
    print(f"{'all of book and market':<26} {sum(cost.cpu for cost in rest):>6.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:,.0f} MB")


def _line(name: str, cost: Cost) -> None:
    print(f"{name:<26} {cost.cpu:>6.2f} {cost.rows:>9,} {cost.bytes:>11,}")


if __name__ == "__main__":
    main()
