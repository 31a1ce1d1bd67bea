"""Long chains are made some buckets at a time: the same rows, in memory that no chain outgrows."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from first_use import Used
from options.desk import FUTURE, MIDNIGHT, SECOND, START, Row, open_interest, option, quote, records
from options.simulated import build
from options.test_landed import write
from spymaster import operations
from spymaster.building import slices
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.warehouse import duck

BUILD = """
import sys
from datetime import time
from pathlib import Path
from spymaster import operations
from spymaster.settings import Settings
settings = Settings(Path(sys.argv[1]), window_start=time(9, 30), window_end=time(10))
report = operations.run(settings, "+options.gex_5s")
assert report.failures == [], report.failures
sliced = [one.rows for one in report.built if one.relation.startswith("options.") and one.rows > 10]
assert max(sliced) > 7_000_000, sliced
lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
(peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
print(int(peak) / 1024)
"""
SLICED = ("options.chain_5s", "options.vols_5s", "options.gex_5s")


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory, used: Used) -> Settings:
    """Return the settings of a warehouse in which two minutes of options landed."""
    folder = tmp_path_factory.mktemp("slices")
    used(folder / "warehouse")
    return build(folder, window=(time(9, 30), time(9, 32))).settings


def built(landed: Settings, folder: Path, *selectors: str) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of what is made in slices, in the order of their files."""
    shutil.copytree(landed.warehouse, folder, symlinks=True)
    settings = replace(landed, warehouse=folder)
    for selector in selectors:
        assert operations.run(settings, selector).failures == []
    with duck.read_only(folder / "spymaster.duckdb") as catalog:
        return {name: catalog.execute(f"from {name}").fetchall() for name in SLICED}


@pytest.fixture(scope="module")
def whole(
    landed: Settings, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows that were made in one piece."""
    return built(landed, tmp_path_factory.mktemp("whole") / "warehouse", "+options.gex_profile_5s")


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(1, id="a bucket", marks=pytest.mark.thorough),
        pytest.param(1_700, id="some", marks=pytest.mark.slow),
        pytest.param(9_000, id="many", marks=pytest.mark.thorough),
    ],
)
def test_slices_of_any_size_give_the_same_rows(
    landed: Settings,
    whole: dict[str, list[tuple[object, ...]]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: int,
) -> None:
    made: list[int] = []
    make = slices.make

    def counted(*arguments: object) -> object:
        made.append(len(slices.spans(arguments[0], arguments[3])))  # type: ignore[arg-type]
        return make(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(slices, "ROWS", rows)
    monkeypatch.setattr(slices, "make", counted)
    cut = built(landed, tmp_path / "cut", "+options.gex_profile_5s")
    assert len(made) == len(SLICED)
    assert min(made) > 1
    assert cut == whole
    assert not list((tmp_path / "cut").rglob("*.[0-9].parquet"))


@pytest.mark.thorough
def test_a_relation_built_by_itself_reads_slices_of_what_was_built_before(
    landed: Settings,
    whole: dict[str, list[tuple[object, ...]]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slices, "ROWS", 3_000)
    assert built(landed, tmp_path / "steps", *(f"+{name}" for name in SLICED)) == whole


@pytest.mark.slow
def test_a_chain_of_ten_thousand_strikes_is_worked_out_within_2_gb(tmp_path: Path) -> None:
    files = [write(tmp_path, schema, records(schema, rows)) for schema, rows in chain().items()]
    land(files, Settings(tmp_path / "warehouse"))
    done = subprocess.run(
        [sys.executable, "-c", BUILD, tmp_path / "warehouse"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(done.stdout) < 2_000


def chain() -> dict[str, list[Row]]:
    """Return records by schema: calls and puts of 10,000 strikes, each quoted once."""
    strikes = [4_000 + n / 4 for n in range(10_000)]
    calls = {1_000 + n: strike for n, strike in enumerate(strikes)}
    puts = {20_000 + n: strike for n, strike in enumerate(strikes)}
    worth = {n: max(5100 - strike, 0) + 5 for n, strike in calls.items()}
    worth |= {n: max(strike - 5100, 0) + 5 for n, strike in puts.items()}
    return {
        "definition": [
            *(option(n, "C", strike) for n, strike in calls.items()),
            *(option(n, "P", strike) for n, strike in puts.items()),
        ],
        "mbp-1": [
            quote(FUTURE, START + SECOND, 5100, 5100.25),
            *(quote(n, START + 2 * SECOND, at, at + 0.5) for n, at in worth.items()),
        ],
        "statistics": [open_interest(n, MIDNIGHT, 100) for n in worth],
    }
