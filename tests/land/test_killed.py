"""A landing killed at any moment leaves a warehouse that the next landing completes."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from land.files import DAY_NS, HOUR_NS, orders, write
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger

PROGRAM = """
import sys
from pathlib import Path
from spymaster.land import land
from spymaster.settings import Settings
print("ready", flush=True)
land([Path(sys.argv[1])], Settings(warehouse=Path(sys.argv[2])))
"""
N_FILES = 3


def sources(folder: Path) -> Path:
    for instrument in range(N_FILES):
        records = orders(
            200_000,
            start_ns=DAY_NS + 24 * HOUR_NS - 100_000_000,
            instruments=(instrument,),
            seed=instrument,
        )
        write(folder / f"{instrument}.dbn.zst", records)
    return folder


def kill_while_landing(source: Path, warehouse: Path, after_seconds: float) -> int:
    command = [sys.executable, "-c", PROGRAM, str(source), str(warehouse)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(after_seconds)
        process.send_signal(signal.SIGKILL)
    return process.returncode


def assert_whole(layout: Layout) -> None:
    """Every file the ledger knows is there with all its partitions and all their records."""
    landed = Ledger(layout).partitions()
    for part in landed:
        path = layout.root / part.file
        sharing = [other.records for other in landed if other.file == part.file]
        assert pq.read_metadata(path).num_rows == sum(sharing)
        assert part.file_partitions == sum(part.file_id == other.file_id for other in landed)


def land_through_kills(tmp_path: Path, settings: Settings, kills: int, seed: int) -> None:
    chance, layout = random.Random(seed), Layout(settings.warehouse)
    source = sources(tmp_path / "in")
    started = time.monotonic()
    land([source], Settings(warehouse=tmp_path / "measured"))
    took = time.monotonic() - started
    for _ in range(kills):
        kill_while_landing(source, settings.warehouse, chance.uniform(0, took))
        assert_whole(layout)
    landings = land([source], settings)
    assert [landing.records for landing in landings] == [200_000] * N_FILES
    assert_whole(layout)
    # records and symbols, each of two dates
    assert len(Ledger(layout).partitions()) == 4 * N_FILES
    assert not list(layout.tmp.iterdir())


@pytest.mark.thorough
def test_landings_survive_being_killed(tmp_path: Path, settings: Settings) -> None:
    land_through_kills(tmp_path, settings, kills=3, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_landings_survive_being_killed_often(tmp_path: Path, settings: Settings, seed: int) -> None:
    land_through_kills(tmp_path, settings, kills=5, seed=seed)
