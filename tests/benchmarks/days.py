"""Simulated days of market-by-order records, and measuring work in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from datetime import time as clock
from pathlib import Path
from typing import Any

SESSION, EARLIER = date(2024, 3, 5), date(2024, 3, 4)
START, END = clock(9), clock(12, 30)
"""New York time of the first and the last record."""
FIXED_RECORDS, FULL_RATE_RECORDS = 250_000, 5_110_000
"""Records that the simulator writes for the session above, at any rate and more at a rate of 1."""

Figures = dict[str, Any]
"""Of one step: wall and CPU seconds, records, peak memory and what of it the work added, MB, and
what it found."""


def day(home: Path, records: int) -> Path:
    """Return a file of about that many records, made where it is not there yet."""
    folder = home / "spymaster-day" / str(records)
    file = folder / f"glbx-mdp3-{SESSION:%Y%m%d}.mbo.dbn.zst"
    if not (folder / "whole").exists():
        from spymaster.simulate import simulate

        print(f"simulating about {records:,} records", file=sys.stderr)
        rate = (records - FIXED_RECORDS) / FULL_RATE_RECORDS
        simulate(folder, session=SESSION, world="W0", rate=rate, start=START, end=END)
        (folder / "whole").touch()
    return file


def small_day(home: Path) -> Path:
    """Return the folder of a small session before the day, what a warehouse in use has seen."""
    folder = home / "spymaster-day" / "earlier"
    if not (folder / "whole").exists():
        from spymaster.simulate import simulate

        simulate(folder, session=EARLIER, world="W0", rate=0.004, start=START, end=END)
        (folder / "whole").touch()
    return folder


def on_one_core() -> None:
    """Let this process and those that it starts have one core.

    The clock of a process does not tell apart relations that are made side by side, nor a thread
    that works from one that waits for it: on one core, CPU seconds are what work takes.
    """
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def apart(script: str | Path, *arguments: str | Path, python: tuple[str, ...] = ()) -> Figures:
    """Run a script that ends in ``measured`` in a process of its own and return what it says."""
    command = [*(python or (sys.executable,)), str(script), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else every step compiles what it imports
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stderr}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def measured(work: Callable[[], int], told: Callable[[], Any] | None = None) -> None:
    """Run work that returns how many records it saw, and print its figures as JSON.

    ``told`` is asked afterwards for what the work found.
    """
    before = _peak_mb()
    started, cpu = time.perf_counter(), time.process_time()
    records = work()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    peak = _peak_mb()
    print(
        json.dumps(
            {
                "seconds": seconds,
                "cpu": cpu,
                "records": records,
                "peak_mb": peak,
                "above_mb": peak - before,
                "found": told() if told else None,
            }
        )
    )


def _peak_mb() -> float:
    """What this program held at most; ru_maxrss would begin with what its parent held."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(peak) / 1024


def prefix(home: Path, file: Path, records: int) -> Path:
    """Return a file of the first records of another."""
    from spymaster.land.dbn import DbnReader, write_dbn

    head = home / "spymaster-day" / f"head-{records}-{file.parent.name}.mbo.dbn.zst"
    if not head.exists():
        with file.open("rb") as source:
            taken, missing = [], records
            for batch in DbnReader(source, file.name).batches():
                taken.append(batch[:missing])
                if not (missing := missing - len(taken[-1])):
                    break
        first, last = int(taken[0]["ts_recv"][0]), int(taken[-1]["ts_recv"][-1])
        instrument = int(taken[0]["instrument_id"][0])
        symbols = {"ESH4": instrument}
        write_dbn(head, "mbo", taken, symbols=symbols, start_ns=first, end_ns=last + 1)
    return head
