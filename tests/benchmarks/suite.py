"""From a day's vendor file to the book and to the pressure around levels, beside other ways.

    uv run --group benchmark python tests/benchmarks/suite.py [FOLDER] [RECORDS ...]

RECORDS (default 1 M, 11 M and 31 M; the contenders run on the one nearest to 11 M) are days that
the simulator writes over 09:00-12:30, kept in FOLDER for the next run. The file lands in a
warehouse that has a small session before: what reading the models, the calendar and the first
catalog cost once is told as ``first_use`` and in no sum. Every step runs in a process of its own,
which says how long its work took and how much memory it held at most; starting Python and compiling
are not in it.
The book and five-second accounting of every contender is compared with ours, kind by kind, before
its time is told. What is slow runs on the first records of the same file and is told per record;
what does less says so.
"""

from __future__ import annotations

import csv
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from days import EARLIER, SESSION, Figures, apart, day, prefix, small_day

from levels import SPREAD

HERE = Path(__file__).parent
PREFIX = 1_000_000
DAY = 11_000_000
"""Records of a busy day; the contenders run on the file nearest to it."""
NAUTILUS = ("uv", "run", "--isolated", "--no-project", "--python", "3.11")
NAUTILUS += ("--with", "nautilus_trader<1.222", "python")
"""The last versions of nautilus_trader for this Python; not among this project's dependencies."""


def main() -> None:
    home = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.gettempdir())
    sizes = [int(one) for one in sys.argv[2:]] or [1_000_000, 11_000_000, 31_000_000]
    days = {records: day(home, records) for records in sizes}
    grown, others = [], {}
    beside = min(sizes, key=lambda records: abs(records - DAY))
    for records, file in days.items():
        grown.append(ours(file, home / "spymaster-suite"))
        decode = grown[-1]["decode_vendor"]
        told(f"{decode['records']:,} records", grown[-1], decode)
        if records == beside:
            others = contenders(file, prefix(home, file, PREFIX), grown[-1])
            told("other ways, same file", others, decode)
    compared(grown, others, sizes.index(beside))


def ours(file: Path, home: Path) -> dict[str, Figures]:
    """Return what each step took, and file to book and file to states as sums of steps."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    place(file, home / "levels.csv")
    earlier = small_day(home.parent)
    found: dict[str, Figures] = {}
    for name in ("decode_vendor", "decode_ours"):
        found[name] = min((apart(HERE / "steps.py", name, file, home) for _ in range(3)), key=_cpu)
    for end in ("flow", "states"):
        warehouse = home / end
        found["first_use"] = apart(HERE / "steps.py", "first_use", earlier, warehouse)
        found["land"] = apart(HERE / "steps.py", "land", file, warehouse)
        found[f"build_{end}"] = apart(HERE / "steps.py", end, file, warehouse)
        found[f"file to {end}_5s"] = _sum(found["land"], found[f"build_{end}"])
        shutil.rmtree(warehouse)
    return found


def place(file: Path, path: Path) -> None:
    """Write levels around the first trade of a file, known from the start."""
    from spymaster.land.dbn import DbnReader

    with file.open("rb") as source:
        for batch in DbnReader(source, file.name).batches():
            if len(prices := batch["price"][batch["action"] == b"T"]):
                tick = int(prices[0]) // 250_000_000
                break
    with path.open("w", newline="") as levels:
        lines = csv.writer(levels)
        lines.writerow(["session", "level_id", "price", "known_at"])
        for session in (EARLIER, SESSION):
            for at in SPREAD:
                lines.writerow([session, f"L{at}", (tick + at) * 0.25, f"{session}T09:00:00"])


def contenders(file: Path, head: Path, own: dict[str, Figures]) -> dict[str, Figures]:
    """Return what the others took, once they found what we found."""
    folder = HERE / "contenders"
    found = {
        "polars": apart(folder / "polars_book.py", file),
        "pandas": apart(folder / "pandas_book.py", file),
        "numba, one pass": apart(folder / "numba_pass.py", file, head),
    }
    expected = own["build_flow"]["found"]
    for name, figures in found.items():
        # the snapshot is before the first bucket: in ours it is the book as the window opens
        del figures["found"]["snapshot"]
        if figures["found"] != expected:
            raise SystemExit(f"{name} finds {figures['found']}, not {expected}")
    loop = apart(folder / "python_loop.py", head)
    same = apart(folder / "numba_pass.py", head, head)
    if loop["found"] != same["found"]:
        raise SystemExit(f"the Python loop finds {loop['found']}, numba {same['found']}")
    found[f"Python loop, first {PREFIX:,}"] = loop
    found[f"nautilus_trader, book only, first {PREFIX:,}"] = apart(
        folder / "nautilus_book.py", head, python=NAUTILUS
    )
    return found


def told(title: str, found: dict[str, Figures], decode: Figures) -> None:
    print(
        f"\n{title:<46} {'records':>11} {'wall s':>7} {'CPU s':>7} {'M rec/s':>8}"
        f" {'CPU us/rec':>11} {'peak MB':>8} {'wall x decode':>14} {'CPU x decode':>13}"
    )
    for name, one in found.items():
        records = (decode if name.startswith(("build", "first")) else one)["records"]
        wall = one["seconds"] / records / (decode["seconds"] / decode["records"])
        cpu = one["cpu"] / records / (decode["cpu"] / decode["records"])
        print(
            f"{name:<46} {records:>11,.0f} {one['seconds']:>7.2f} {one['cpu']:>7.2f}"
            f" {records / one['seconds'] / 1e6:>8.2f} {one['cpu'] / records * 1e6:>11.3f}"
            f" {one['peak_mb']:>8,.0f} {wall:>14.1f} {cpu:>13.1f}",
            flush=True,
        )


def compared(grown: list[dict[str, Figures]], others: dict[str, Figures], middle: int) -> None:
    print("\nper record, against file to book.flow_5s: wall, CPU")
    own = grown[middle]["file to flow_5s"]
    for name, one in others.items():
        ratios = [
            one[clock] / one["records"] / (own[clock] / own["records"])
            for clock in ("seconds", "cpu")
        ]
        print(f"  {name:<46} {ratios[0]:>6.2f} {ratios[1]:>6.2f}")
    for end in ("file to flow_5s", "file to states_5s"):
        first, last = grown[middle][end], grown[-1][end]
        print(
            f"{end}: {last['records'] / first['records']:.2f} times the records,"
            f" {last['seconds'] / first['seconds']:.2f} times the wall time,"
            f" {last['cpu'] / first['cpu']:.2f} times the CPU time"
        )


def _sum(land: Figures, build: Figures) -> Figures:
    both: dict[str, Any] = {name: land[name] + build[name] for name in ("seconds", "cpu")}
    peaks = {name: max(land[name], build[name]) for name in ("peak_mb", "above_mb")}
    return {**both, **peaks, "records": land["records"]}


def _cpu(figures: Figures) -> float:
    cpu: float = figures["cpu"]
    return cpu


if __name__ == "__main__":
    main()
