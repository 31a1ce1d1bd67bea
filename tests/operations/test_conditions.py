"""What the vendor says of days, from its file to market.sessions: read, rebuilt, exactly there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from first_use import Used, copied
from land.test_conditions import said
from spymaster import operations
from spymaster.land import land
from spymaster.land.dbn import new_records, write_dbn
from spymaster.settings import Settings
from spymaster.units import to_ns
from spymaster.warehouse import duck

pytestmark = pytest.mark.thorough

TUE, WED, FRI = (date(2024, 3, day) for day in (5, 6, 8))
"""A session reads its date and the evening before: Wednesday's that of Tuesday."""
DAY_NS = 86_400 * 10**9
SELECTOR = "+market.sessions"


def trades(folder: Path, day: date) -> Path:
    """Write ten trades of a day's first minute from 09:30 New York on."""
    midnight = to_ns(datetime.combine(day, time(), UTC))
    records = new_records("trades", 10)
    records["instrument_id"], records["price"], records["size"] = 17077, 5_100 * 10**9, 1
    records["action"], records["side"], records["flags"] = b"T", b"B", 128
    records["ts_recv"] = midnight + 52_200 * 10**9 + np.arange(10) * 10**9
    records["ts_event"] = records["ts_recv"]
    path = folder / f"{day}.trades.dbn.zst"
    symbols = {"ESH4": 17077}
    end = midnight + DAY_NS
    write_dbn(path, "trades", records, symbols=symbols, start_ns=midnight, end_ns=end)
    return path


def days(**conditions: str) -> list[tuple[str, str, str]]:
    """Return all days of the week, made a day later."""
    return [
        (str(day), conditions.get(f"d{day.day}", "available"), str(day + timedelta(days=1)))
        for day in (date(2024, 3, n) for n in range(4, 9))
    ]


def sessions(settings: Settings) -> dict[date, tuple[str | None, str]]:
    query = "select session, vendor_condition, missing from market.sessions order by all"
    with duck.read_only(settings.warehouse / "spymaster.duckdb") as catalog:
        return {row[0]: row[1:] for row in catalog.execute(query).fetchall()}


def todo(settings: Settings) -> dict[tuple[str, date], str]:
    plan = operations.plan(settings, SELECTOR)
    return {(step.model, step.session): step.why for step in plan.steps if step.action == "run"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, used: Used) -> Settings:
    """Three sessions, Wednesday degraded, built, to read only."""
    folder = tmp_path_factory.mktemp("conditions")
    settings = Settings(warehouse=used(folder / "warehouse"), window_end=time(9, 31))
    land([trades(folder, day) for day in (TUE, WED, FRI)], settings)
    land([said(folder / "first", days(d6="degraded"))], settings)
    assert operations.run(settings, SELECTOR).failures == []
    return settings


@pytest.fixture
def desk(built: Settings, tmp_path: Path) -> Settings:
    """A copy of it, to change; to the warehouse it is as if it had been moved."""
    return replace(built, warehouse=copied(built.warehouse, tmp_path / "warehouse"))


def test_a_session_has_the_worst_condition_of_its_days_and_says_which(built: Settings) -> None:
    found = sessions(built)
    assert {day: row[0] for day, row in found.items()} == {
        TUE: "available",
        WED: "degraded",
        FRI: "available",
    }
    assert found[WED][1].startswith("the vendor calls GLBX.MDP3 of 2024-03-06 degraded; no orders")
    assert found[TUE][1].startswith("no orders")


def test_what_is_said_later_rebuilds_the_sessions_that_read_the_day_and_nothing_else(
    desk: Settings, tmp_path: Path
) -> None:
    assert todo(desk) == {}
    better = [(d, "available", "2024-04-01") if d == "2024-03-06" else (d, *r) for d, *r in days()]
    land([said(tmp_path / "second", better)], desk)
    why = "landed files of condition changed"
    assert todo(desk) == {("market.sessions", WED): why}
    report = operations.run(desk, SELECTOR)
    assert [(build.relation, build.session) for build in report.built] == [("market.sessions", WED)]
    assert sessions(desk)[WED][0] == "available"
    land([said(tmp_path / "third", days(d5="pending"))], desk)
    assert todo(desk) == {("market.sessions", TUE): why, ("market.sessions", WED): why}
    operations.run(desk, SELECTOR)
    found = sessions(desk)
    assert [found[day][0] for day in (TUE, WED, FRI)] == ["pending", "pending", "available"]
    assert found[WED][1].startswith("the vendor calls GLBX.MDP3 of 2024-03-05 pending; no orders")


def test_an_older_word_that_lands_late_changes_nothing(desk: Settings, tmp_path: Path) -> None:
    before = sessions(desk)
    old: list[Any] = [("2024-03-06", "available", "2024-03-06"), ("2024-03-08", "missing", None)]
    land([said(tmp_path / "old", old)], desk)
    operations.run(desk, SELECTOR)
    assert sessions(desk) == before


def test_without_a_word_nothing_is_called_available(tmp_path: Path, used: Used) -> None:
    settings = Settings(warehouse=used(tmp_path / "warehouse"), window_end=time(9, 31))
    land([trades(tmp_path, TUE)], settings)
    operations.run(settings, SELECTOR)
    ((condition, missing),) = sessions(settings).values()
    assert condition is None
    assert "vendor" not in missing


def test_the_catalog_shows_what_landed_and_the_last_word(desk: Settings, tmp_path: Path) -> None:
    land([said(tmp_path / "second", [("2024-03-06", "available", "2024-04-01")])], desk)
    operations.publish(desk)
    with duck.read_only(desk.warehouse / "spymaster.duckdb") as catalog:
        query = "select {} from {} where date = '2024-03-06' order by all"
        raw = catalog.execute(query.format("condition", "raw.condition")).fetchall()
        last = catalog.execute(query.format("condition, severity", "conditions")).fetchall()
        listed = catalog.execute(
            "select rows from meta.relations where relation = 'raw.condition'"
        ).fetchall()
    assert (raw, last, listed) == ([("available",), ("degraded",)], [("available", 0)], [(6,)])
