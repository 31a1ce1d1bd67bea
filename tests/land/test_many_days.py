"""Sources of a record a day over years: one file each, and a session that reads its own days."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pytest

from land.files import orders, write
from spymaster import operations
from spymaster.land import land
from spymaster.land.dbn import new_records, write_dbn
from spymaster.settings import Settings
from spymaster.units import to_ns
from spymaster.warehouse import duck
from spymaster.warehouse.layout import Layout

pytestmark = pytest.mark.thorough

YEARS = 15
FIRST = date(2009, 1, 5)
DEAR = 6.0
"""Times what one day takes; a file for each day would take hundreds."""
LANDED = """
import resource, sys
from pathlib import Path
from spymaster.land import land
from spymaster.settings import Settings
landings = land([Path(sys.argv[1])], Settings(warehouse=Path(sys.argv[2])))
used = resource.getrusage(resource.RUSAGE_SELF)
print([one.outcome for one in landings], used.ru_utime + used.ru_stime)
"""


def midnight(day: date) -> int:
    return to_ns(datetime.combine(day, time(), UTC))


def bars(path: Path, days: list[date], closes: int) -> Path:
    """Write a daily bar of two contracts for each day, the second 10 points above the first."""
    records = new_records("ohlcv-1d", 2 * len(days))
    records["ts_event"] = np.repeat([midnight(day) for day in days], 2)
    records["instrument_id"] = np.tile([17077, 17078], len(days))
    prices = closes * 10**9 + np.tile([0, 10 * 10**9], len(days))
    for name in ("open", "high", "low", "close"):
        records[name] = prices
    records["volume"] = 1
    path.parent.mkdir(parents=True, exist_ok=True)
    start, end = midnight(days[0]), midnight(days[-1]) + 86_400 * 10**9
    write_dbn(path, "ohlcv-1d", records, symbols={"ESH4": 17077}, start_ns=start, end_ns=end)
    return path


def conditions(folder: Path, days: list[date]) -> Path:
    said = [{"date": str(day), "condition": "available"} for day in days]
    (folder / "metadata.json").write_text(json.dumps({"query": {"dataset": "GLBX.MDP3"}}))
    (folder / "condition.json").write_text(json.dumps(said))
    return folder / "condition.json"


def run_of(days: int, first: date = FIRST) -> list[date]:
    return [first + timedelta(days=at) for at in range(days)]


def cost(job: Path, days: int, conditioned: int, warehouse: Path) -> float:
    """Return the CPU seconds of a process that lands so many days of bars and conditions."""
    bars(job / "bars.dbn.zst", run_of(days), 4_000)
    conditions(job, run_of(conditioned))
    called = [sys.executable, "-c", LANDED, str(job), str(warehouse)]
    printed = subprocess.run(called, capture_output=True, text=True, check=True).stdout
    outcomes, _, used = printed.rpartition(" ")
    assert outcomes == "['landed', 'landed']"
    return float(used)


def test_fifteen_years_are_a_file_each_and_cost_little(layout: Layout, tmp_path: Path) -> None:
    used = cost(tmp_path / "job", YEARS * 365, 4_800, layout.root)
    there = {path.parent.name for path in layout.root.glob("raw/*/*.parquet")}
    assert there == {"condition", "ohlcv-1d", "symbology"}
    assert len(list(layout.root.rglob("raw/**/*.parquet"))) == 3
    assert used < DEAR * cost(tmp_path / "day", 1, 1, tmp_path / "another")


@pytest.fixture(scope="module")
def sql(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two models: the bars and the words that a session reads."""
    folder = tmp_path_factory.mktemp("sql")
    raw = Path(__file__).parents[2] / "sql" / "raw.yml"
    (folder / "raw.yml").write_text(raw.read_text())
    (folder / "market").mkdir()
    for name, relation, column in (
        ("closes", "ohlcv_1d", "close"),
        ("words", "condition", "condition"),
    ):
        kind = "BIGINT" if name == "closes" else "VARCHAR"
        (folder / "market" / f"{name}.sql").write_text(
            "{#---\n"
            f"doc: What a session reads of raw.{relation}\n"
            "grain: [session, date, nth]\nas_of: session end\ncolumns:\n"
            "  session: DATE | date | trading date\n  date: DATE | UTC | of the record\n"
            "  nth: BIGINT | number | place among those of the date\n"
            f"  said: {kind} | as landed | what it says\n---#}}\n"
            "select date '{{ session }}' as session, date,\n"
            f"    row_number() over (partition by date order by {column}) as nth,\n"
            f"    {column} as said\nfrom raw.{relation}\n"
        )
    return folder


def asked(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with duck.read_only(settings.warehouse / "spymaster.duckdb") as catalog:
        return catalog.execute(query).fetchall()


def test_a_session_reads_its_own_days_and_builds_again_only_for_them(
    settings: Settings, tmp_path: Path, sql: Path
) -> None:
    job = tmp_path / "job"
    days = run_of(400, date(2023, 6, 1))
    write(job / "orders.dbn", orders(2_000, step_ns=40 * 10**9))
    bars(job / "bars.dbn", days, 4_000)
    conditions(job, days)
    land([job], settings)
    operations.run(settings, sql=sql)
    read = [(date(2024, 1, 8), 4_000), (date(2024, 1, 8), 4_010)]
    read += [(date(2024, 1, 9), 4_000), (date(2024, 1, 9), 4_010)]
    found = asked(settings, "select date, said // 1000000000 from market.closes order by all")
    assert found == read
    assert asked(settings, "select count(*) from market.words") == [(2,)]
    assert asked(settings, "select count(*), count(distinct date) from raw.ohlcv_1d") == [
        (800, 400)
    ]
    named = "select date, close // 1000000000 from raw.ohlcv_1d('2024-01-08') order by all"
    assert asked(settings, named) == read[:2]
    assert asked(settings, "select date from raw.condition('2024-01-09')") == [(date(2024, 1, 9),)]

    later = bars(tmp_path / "later.dbn", run_of(3, date(2024, 2, 1)), 5_000)
    land([later], settings, replace=True)
    assert not operations.plan(settings, sql=sql).todo
    operations.run(settings, sql=sql)
    query = "select date, close // 1000000000 from raw.ohlcv_1d where date >= '2024-01-31'"
    assert asked(settings, f"{query} and date < '2024-02-05' order by all") == [
        (day, close + more)
        for day, close in [
            (date(2024, 1, 31), 4_000),
            *[(date(2024, 2, n), 5_000) for n in (1, 2, 3)],
            (date(2024, 2, 4), 4_000),
        ]
        for more in (0, 10)
    ]
    assert len(asked(settings, "from raw.ohlcv_1d('2024-02-02')")) == 2

    land([bars(tmp_path / "own.dbn", run_of(1, date(2024, 1, 9)), 6_000)], settings, replace=True)
    todo = operations.plan(settings, sql=sql).steps
    assert {step.model for step in todo if step.action == "run"} == {"market.closes"}
    operations.run(settings, sql=sql)
    read = [*read[:2], (date(2024, 1, 9), 6_000), (date(2024, 1, 9), 6_010)]
    found = asked(settings, "select date, said // 1000000000 from market.closes order by all")
    assert found == read
    assert operations.gc(settings, sql=sql) == []


def test_a_file_that_is_replaced_day_by_day_goes_with_its_last(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    days = run_of(3, date(2024, 1, 8))
    (old,) = land([bars(tmp_path / "old.dbn", days, 4_000)], settings)
    for day in days:
        land([bars(tmp_path / f"{day}.dbn", [day], 5_000)], settings, replace=True)
    assert old.partitions[0].file not in {
        path.relative_to(layout.root).as_posix()
        for path in layout.root.rglob("*.parquet")
        if path not in {orphan.path for orphan in operations.gc(settings, dry_run=True)}
    }


def test_a_file_of_many_dates_is_numbered_once_behind_what_it_follows(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    """On two of its dates another one came before; the ledger numbers all of them as the file."""
    days = run_of(4)
    before, later = tmp_path / "before.dbn", tmp_path / "later.dbn"
    for path, some, hour in ((before, days[:3], 0), (later, days[1:], 1)):
        records = new_records("ohlcv-1d", len(some))
        records["ts_event"] = [midnight(day) + hour * 3_600 * 10**9 for day in some]
        records["instrument_id"] = 7
        write(path, records, "ohlcv-1d", {"ESH4": 7})
    landings = land([before, later], settings)
    parts = [part for part in landings[1].partitions if part.schema == "ohlcv-1d"]
    assert [part.first_row for part in parts] == [3, 4, 5]
    with duck.in_memory(tmp_path / "spill", threads=1) as connection:
        query = f"select date, row_no from '{layout.root / parts[0].file}' order by all"
        rows = connection.execute(query).fetchall()
    assert rows == [(part.date, part.first_row) for part in parts]
