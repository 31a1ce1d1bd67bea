"""The ladder shows options beside the book, and nothing of them where none landed."""

from __future__ import annotations

from pressure.harness import START, pressure
from pressure.markets import LEVELS, market
from reference.buckets import BUCKET_NS

RUNGS = "options.ladder_options_5s"
END = START + 2 * BUCKET_NS
OF_OPTIONS = ("long_share", "short_share", "long_short_pressure_60s", "gex_gross")


def test_each_step_has_the_options_of_its_own_place() -> None:
    built = pressure()
    columns = [row["column_name"] for row in built.rows(f"describe {RUNGS}")]
    at = f"make_timestamp({END // 1000}) as bucket_end, 'FIXED' as level_id"
    others = ", ".join(f"n * 0.0625 as {name}" for name in columns[3:])
    query = f'select {at}, n::tinyint as "offset", {others} from range(-5, 6) as steps (n)'
    built.rows(f"create or replace table main.rungs as {query}")
    shown = built.rows("select sql from duckdb_views() where view_name = 'ladder_options_5s'")
    try:
        built.rows(f"create or replace view {RUNGS} as from main.rungs")
        built.around(market(7), {"FIXED": LEVELS["FIXED"]})
        found = built.found("pressure.ladder_5s")
    finally:
        built.rows(f"create or replace {shown[0]['sql'].removeprefix('CREATE ')}")
    assert len(found) % 11 == 0
    for (end, offset), row in found.items():
        for name in OF_OPTIONS:
            assert row[name] == (int(str(offset)) * 0.0625 if end == END else None)
    assert any(row["ask_depth_share"] for row in found.values())
    assert built.rows(f"from {RUNGS}") == []


def test_without_options_the_ladder_is_that_of_the_book() -> None:
    pressure().around(market(7), {"FIXED": LEVELS["FIXED"]})
    rows = pressure().found("pressure.ladder_5s").values()
    assert {row[name] for row in rows for name in OF_OPTIONS} == {None}
