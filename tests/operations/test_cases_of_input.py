"""The tiny inputs beside the real data, each with what is right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from first_use import Used
from spymaster import operations
from spymaster.building.report import RunReport
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.warehouse import duck

pytestmark = pytest.mark.thorough

DAY = date(2024, 3, 5)
Rows = list[tuple[Any, ...]]


class Built:
    """Cases landed and built in a warehouse of their own."""

    def __init__(self, settings: Settings, files: list[Path], selector: str) -> None:
        assert [one.outcome for one in land(files, settings)] == ["landed"] * len(files)
        self.settings = settings
        self.report: RunReport = operations.run(settings, selector)
        assert self.report.failures == []

    def ask(self, query: str) -> Rows:
        with duck.read_only(self.settings.warehouse / "spymaster.duckdb") as catalog:
            return catalog.execute(query).fetchall()

    def session(self, columns: str) -> tuple[Any, ...]:
        ((*row,),) = self.ask(f"select {columns} from market.sessions")
        return tuple(row)


class Cases:
    """The folder of cases."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder, self._settings = folder, settings

    def __call__(self, *names: str, selector: str = "+market.sessions", **changed: Any) -> Built:
        files = [self._folder / f"{name}.mbo.dbn" for name in names]
        return Built(replace(self._settings, **changed), files, selector)


@pytest.fixture
def cases(shared_data: Path, tmp_path: Path, used: Used) -> Cases:
    folder = shared_data / "cases"
    if not folder.is_dir():
        pytest.skip(f"no cases at {folder}")
    return Cases(folder, Settings(warehouse=used(tmp_path / "warehouse")))


def test_a_book_without_a_start_says_so(cases: Cases) -> None:
    built = cases("nosnap")
    complete, known_from, missing = built.session("book_complete, book_known_from, missing")
    assert (complete, known_from) == (False, datetime(2024, 3, 5, 14, 29, 50))
    lacks = "the book has no start: orders from before 14:29:50 UTC are not in it"
    assert lacks in missing
    assert lacks in built.report.incomplete[DAY]
    checks = {check.name: check for check in operations.doctor(built.settings)}
    assert checks["incomplete"].found.startswith(f"1: {DAY}: ")
    assert lacks in checks["incomplete"].found


def test_nothing_is_told_after_the_last_record_landed(cases: Cases) -> None:
    built = cases("short", selector=None)  # type: ignore[arg-type]
    until = datetime(2024, 3, 5, 14, 41)
    complete, landed_until, missing, window_end = built.session(
        "book_complete, landed_until, missing, window_end"
    )
    assert (complete, landed_until) == (True, until)
    assert window_end == datetime(2024, 3, 5, 17, 30)
    assert "nothing landed after 14:41:00 UTC" in missing
    bucketed = built.ask(
        "select distinct table_schema || '.' || table_name, column_name"
        " from information_schema.columns"
        " where column_name in ('bucket_end', 'bar_end') and table_schema not in ('main', 'meta')"
    )
    ends = {}
    for relation, column in bucketed:
        if relation != "book.changes":
            ((ends[relation],),) = built.ask(f"select max({column}) from {relation}")
    assert len(ends) > 15
    assert {relation: end for relation, end in ends.items() if end and end > until} == {}
    assert ends["book.depth_5s"] == ends["market.quality_5s"] == until


def test_one_execution_with_every_record_flagged_last_is_a_fill(cases: Cases) -> None:
    built = cases("itch", selector="+book.flow_5s")
    query = "select sum(fill_qty), sum(pull_qty), sum(hidden_fill_qty) from flow_5s"
    assert built.ask(query) == [(2, 0, 0)]


def test_a_trade_between_two_ticks_is_counted_at_the_nearest(cases: Cases) -> None:
    built = cases("offgrid")
    assert built.session("n_off_grid_trades") == (1,)
    # no aggressor, so downward from halfway
    assert built.ask("select price, unsided_qty > 0 from trades_5s") == [(5000.0, True)]


@pytest.mark.parametrize("second", ["d2", "d2r"])
def test_a_snapshot_with_or_without_a_clear_takes_the_book_over(cases: Cases, second: str) -> None:
    window = {"window_start": time(18, 58), "window_end": time(19, 1)}
    built = cases("d1", second, selector="+book.flow_5s", **window)
    ((pulled, cleared, set_anew),) = built.ask(
        "select sum(pull_qty), sum(clear_qty), sum(snapshot_qty) from flow_5s"
    )
    assert (pulled, cleared, set_anew) == (0, 108, 108)


def test_the_same_rows_come_of_a_snapshot_with_and_without_a_clear(
    cases: Cases, shared_data: Path, tmp_path: Path, used: Used
) -> None:
    window = {"window_start": time(18, 58), "window_end": time(19, 1)}
    other = Cases(shared_data / "cases", Settings(warehouse=used(tmp_path / "other")))
    found = [
        made("d1", second, selector="+book.flow_5s", **window).ask("from flow_5s order by all")
        for made, second in ((cases, "d2"), (other, "d2r"))
    ]
    assert found[0] == found[1]


def test_prices_are_the_vendor_s(cases: Cases) -> None:
    built = cases("px", selector="+book.depth_5s", root="CL", tick_size=Decimal("0.01"))
    assert built.ask("select count(*) from depth_5s where price = 40.05") == [(2160,)]
    joined = "from depth_5s semi join staging.mbo using (price)"
    assert built.ask(f"select count(*) {joined}") == built.ask("select count(*) from depth_5s")
    assert built.ask("select distinct price from depth_5s order by all") == built.ask(
        "select distinct price from staging.mbo where price is not null order by all"
    )
