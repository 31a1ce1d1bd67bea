"""What a session costs, book, pressure and options, beside that of another checkout.

    uv run python tests/benchmarks/session_cost.py BEFORE [RECORDS] [--rounds N]

BEFORE is the folder of another checkout of the project, with its own environment. Runs levels.py
(default 5.6 M records) and exposure.py of both, in turns, and prints the CPU seconds, user and
system, of each part: the least of the rounds, and their ratio. On one core; for idle ones.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

from days import on_one_core

HERE = Path(__file__).parents[2]
PARTS = {
    "book and market": ("levels.py", r"^all of book and market +([\d.]+)"),
    "pressure": ("levels.py", r"^levels +([\d.]+)"),
    "options": ("exposure.py", r"^all +([\d.]+)"),
}


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("before", type=Path)
    asked.add_argument("records", nargs="?", default="5600000")
    asked.add_argument("--rounds", type=int, default=2)
    given = asked.parse_args()
    places = {"before": given.before.resolve(), "after": HERE}
    on_one_core()
    least: dict[tuple[str, str], float] = {}
    for _ in range(given.rounds):
        for when, place in places.items():
            for part, seconds in costs(place, given.records):
                least[part, when] = min(seconds, least.get((part, when), seconds))
    told(least)


def costs(place: Path, records: str) -> Iterator[tuple[str, float]]:
    """Yield the CPU seconds of each part in a checkout."""
    said = {
        "levels.py": run(place, "levels.py", records, gettempdir()),
        "exposure.py": run(place, "exposure.py"),
    }
    for part, (script, line) in PARTS.items():
        found = re.search(line, said[script], re.MULTILINE)
        if found is None:
            raise SystemExit(f"{place}: {script} says nothing of {part}")
        yield part, float(found.group(1))


def run(place: Path, script: str, *arguments: str) -> str:
    """Return what a benchmark of a checkout prints, run by that checkout's own Python."""
    python = place / ".venv/bin/python"
    command = [python, place / "tests/benchmarks" / script, *arguments]
    return subprocess.run(command, cwd=place, stdout=subprocess.PIPE, text=True, check=True).stdout


def told(least: dict[tuple[str, str], float]) -> None:
    """Print a line for each part; what levels alone need of the book is in two of them."""
    print(f"{'part':<16} {'before':>8} {'after':>8} {'ratio':>6}   CPU seconds")
    for part in PARTS:
        before, after = least[part, "before"], least[part, "after"]
        print(f"{part:<16} {before:>8.2f} {after:>8.2f} {after / before:>6.2f}")


if __name__ == "__main__":
    sys.exit(main())
