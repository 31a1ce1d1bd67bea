"""The last five minutes of a real evening, from the vendor's file to the published catalog."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from first_use import Used
from pressure import expected
from pressure.harness import KEYS, SHARED, Found
from pressure.test_derivations import agree
from reference.book import changes
from reference.buckets import Row, trades_5s
from reference.cells import Level, Moment
from reference.markets import observe
from reference.orders import Behind, behind
from spymaster import operations
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.warehouse import duck
from streams import read

pytestmark = pytest.mark.thorough

END_NS = 1_703_548_800_000_000_000
"""19:00 New York of 2023-12-25, ns since 1970 UTC."""
START_NS = END_NS - 300_000_000_000
LEVELS = {
    "NEAR": [Level("NEAR", 19_230)],
    "MOVING": [
        Level("MOVING", 19_250, START_NS, START_NS + 120_000_000_000),
        Level("MOVING", 19_247, START_NS + 120_000_000_000),
    ],
}
CSV = """session,level_id,price,known_at
2023-12-25,NEAR,4807.5,2023-12-25T17:00
2023-12-25,MOVING,4812.5,2023-12-25T18:55
2023-12-25,MOVING,4811.75,2023-12-25T18:57
"""
Minutes = tuple[list[Moment], list[Row], dict[int, Behind]]


@pytest.fixture(scope="module")
def esh4(shared_data: Path) -> Path:
    return shared_data / "glbx" / "esh4-20231225.mbo.dbn.zst"


@pytest.fixture(scope="module")
def catalog(
    esh4: Path, tmp_path_factory: pytest.TempPathFactory, used: Used
) -> Iterator[duck.Connection]:
    folder = tmp_path_factory.mktemp("esh4")
    (folder / "levels.csv").write_text(CSV)
    settings = Settings(
        warehouse=used(folder / "warehouse"),
        window_start=time(18, 55),
        window_end=time(19),
        manual_levels=folder / "levels.csv",
        levels=tuple(LEVELS),
    )
    land([esh4], settings)
    assert operations.run(settings).failures == []
    with duck.read_only(folder / "warehouse" / "spymaster.duckdb") as connection:
        yield connection


@pytest.fixture(scope="module")
def minutes(esh4: Path) -> Minutes:
    records = read(esh4)
    window = START_NS, END_NS
    moments = observe(records, *window)
    orders = behind(records, list(changes(records)), [moment.end_ns for moment in moments])
    return moments, trades_5s(records, *window), orders


@pytest.mark.parametrize("level_id", ["MOVING", "NEAR"])
def test_real_records_have_the_same_pressure_in_both_derivations(
    catalog: duck.Connection, minutes: Minutes, level_id: str
) -> None:
    rows = LEVELS[level_id]
    moments, trades, orders = minutes
    for name, wanted in (
        ("cells_5s", expected.cells(moments, rows)),
        ("ratios_5s", expected.ratios(moments, rows)),
        ("orders_5s", expected.orders(moments, rows, orders, None)),
        ("profiles_5s", expected.profiles(moments, rows)),
        ("contrasts_5s", expected.contrasted(moments, rows)),
        ("tape_5s", expected.taped(moments, rows, trades)),
        ("states_5s", expected.states(moments, rows)),
        ("ladder_5s", expected.ladder(moments, rows)),
        ("touches", expected.touched(moments, LEVELS, trades, level_id)),
    ):
        where = f"where level_id = '{level_id}'"
        agree(name, found(catalog, f"pressure.{name}", where), wanted)


def test_real_records_have_the_same_touch_in_both_derivations(
    catalog: duck.Connection, minutes: Minutes
) -> None:
    agree("touch_5s", found(catalog, "pressure.touch_5s"), expected.touch(minutes[0]))
    agree("imbalance_5s", found(catalog, "pressure.imbalance_5s"), expected.quoted(minutes[0]))


def test_the_catalog_says_what_every_feature_is(catalog: duck.Connection) -> None:
    said = catalog.execute(
        "select comment from duckdb_columns() where table_name = 'ratios_5s'"
        " and schema_name = 'pressure' and column_name = 'pull_add'"
    ).fetchone()
    assert said == ("withdrawn against added; beta(pull_qty, add_qty) [-1..1]",)
    assert catalog.execute("select beta(3, 1), intensity(1, 3), share(1, 0)").fetchone() == (
        0.5,
        0.25,
        None,
    )


def found(catalog: duck.Connection, relation: str, where: str = "") -> Found:
    result = catalog.execute(f"select * from {relation} {where}")
    names = [column[0] for column in result.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    keys, shared = KEYS[relation], {*SHARED, *KEYS[relation]}
    return {
        (_ns(row["bucket_end"]), *(row[key] for key in keys)): {
            name: value for name, value in row.items() if name not in shared
        }
        for row in rows
    }


def _ns(at: Any) -> int:
    return int((at.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 10**9
