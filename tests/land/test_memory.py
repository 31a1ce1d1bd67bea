"""Memory does not grow with the file."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from land.files import DAY_NS, INSTRUMENT, orders
from spymaster.land.dbn import Records, write_dbn

PROGRAM = """
import json, sys
from pathlib import Path
def peak():  # of this program alone: getrusage counts what the parent had before it
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
bare = peak()
from spymaster.land import land
from spymaster.settings import Settings
landing, = land([Path(sys.argv[1])], Settings(warehouse=Path(sys.argv[2])))
print(json.dumps({"records": landing.records, "above_mb": peak() - bare}))
"""
LIMIT_MB = 400


def pieces(n_pieces: int) -> Iterator[Records]:
    for piece in range(n_pieces):
        yield orders(500_000, start_ns=DAY_NS + piece * 500_000_000, seed=piece)


@pytest.mark.slow
@pytest.mark.parametrize("millions", [1, 6])
def test_a_large_file_needs_no_more_memory_than_a_small_one(tmp_path: Path, millions: int) -> None:
    source = tmp_path / "day.dbn.zst"
    symbols = {"ESH4": INSTRUMENT}
    write_dbn(source, "mbo", pieces(2 * millions), symbols=symbols, start_ns=DAY_NS, end_ns=DAY_NS)
    command = [sys.executable, "-c", PROGRAM, str(source), str(tmp_path / "warehouse")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = json.loads(said)
    assert found["records"] == millions * 1_000_000
    assert 0 < found["above_mb"] < LIMIT_MB
