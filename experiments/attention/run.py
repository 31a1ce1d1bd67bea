"""Learn from past sessions and measure what it is worth, in as many worlds as are given.

    uv run --group experiments python experiments/attention/run.py --warehouse W... -o report.html

A warehouse is one world and is called by the folder that holds it; what a simulation hid is read
where its files lie beside it, in ``files``. Two worlds at once on two cores.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from pathlib import Path

ONE_THREAD = {
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "OMP_NUM_THREADS": "1",
}
"""Sums over threads differ from run to run, and worlds side by side are quicker."""

os.environ.update(ONE_THREAD)
sys.path.insert(0, str(Path(__file__).parents[1]))

from attention.data import load  # noqa: E402  after the environment, which is read once
from attention.experiment import Outcome, run  # noqa: E402
from attention.page import lines, write  # noqa: E402


def main() -> None:
    """Run the experiment and print its tables."""
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument(
        "--warehouse", type=Path, nargs="+", required=True, help="one for each world"
    )
    words.add_argument("-o", "--output", type=Path, required=True, help="the page")
    words.add_argument("--jobs", type=int, default=2, help="worlds at once")
    given = words.parse_args()
    with multiprocessing.get_context("spawn").Pool(given.jobs) as pool:
        outcomes = pool.map(one, given.warehouse, chunksize=1)
    for found in write(given.output, outcomes):
        print("\n".join(lines(found)), end="\n\n")
    print(given.output)


def one(warehouse: Path) -> Outcome:
    """Return what came of the experiment in one world."""
    found = run(load(warehouse))
    found.world.forget()
    return found


if __name__ == "__main__":
    main()
