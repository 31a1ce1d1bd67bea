"""Write a small seeded session into a warehouse, for the tests of the page.

    uv run python tests/stream/seeded.py FOLDER [LEVELS]

Again with other levels it is the same session built anew.
"""

import sys
from datetime import date, time
from pathlib import Path

from spymaster import operations
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.simulate import simulate

START, END = time(9, 20), time(9, 40)


def main(folder, levels="PM_HIGH,PM_LOW"):
    settings = Settings(folder / "warehouse", window_end=END, levels=tuple(levels.split(",")))
    if not (folder / "files").exists():
        made = simulate(
            folder / "files",
            session=date(2024, 3, 5),
            world="W0",
            seed=7,
            rate=0.01,
            start=START,
            end=END,
        )
        land(made.files, settings)
    report = operations.run(settings, change_settings=True)
    if report.failures:
        raise SystemExit(f"{folder}: {report.failures}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
