"""Holidays, early closes and daylight saving, and that the calendar is asked once."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from levels.derive import Day, levels, regular
from levels.market import Print, build, evening, ns, walk
from levels.test_levels import agree
from spymaster import operations
from spymaster.definitions import trading_hours as hours
from spymaster.land import land
from spymaster.land.dbn import new_records, write_dbn
from spymaster.settings import Settings


def clock(ns_or_null: str) -> str:
    return f"{datetime.fromtimestamp(int(ns_or_null) // 10**9, UTC):%H:%M}"


@pytest.mark.parametrize(
    ("day", "opens", "closes", "before"),
    [
        (date(2024, 3, 8), "14:30", "21:00", "2024-03-07"),
        (date(2024, 3, 11), "13:30", "20:00", "2024-03-08"),
        (date(2024, 11, 4), "14:30", "21:00", "2024-11-01"),
        (date(2024, 7, 3), "13:30", "17:00", "2024-07-02"),
        (date(2024, 7, 5), "13:30", "20:00", "2024-07-03"),
        (date(2024, 11, 29), "14:30", "18:00", "2024-11-27"),
        (date(2024, 1, 2), "14:30", "21:00", "2023-12-29"),
        (date(2025, 1, 10), "14:30", "21:00", "2025-01-08"),
    ],
)
def test_regular_hours_follow_the_season_and_close_early(
    day: date, opens: str, closes: str, before: str
) -> None:
    values = dict(zip(hours.NAMES, hours.of(day), strict=True))
    assert clock(values["rth_open_ns"]) == opens
    assert clock(values["rth_close_ns"]) == closes
    assert values["previous_rth_date"] == before
    assert values["overnight_close_ns"] == ns(day, "09:30")
    assert values["premarket_open_ns"] == ns(day, "04:00")
    assert values["day_close_ns"] == ns(day, "17:00")


@pytest.mark.parametrize("day", [date(2024, 7, 4), date(2024, 2, 19), date(2024, 3, 10)])
def test_a_holiday_has_no_regular_hours(day: date) -> None:
    values = dict(zip(hours.NAMES, hours.of(day), strict=True))
    assert (values["rth_open_ns"], values["rth_close_ns"]) == ("null", "null")
    assert values["premarket_open_ns"] == ns(day, "04:00")


def test_a_holiday_has_a_pre_market_and_no_opening_range() -> None:
    day = date(2024, 2, 19)
    prints = walk(1, evening(day), ns(day, "12:30"))
    found = build(day, [prints])
    agree(found, Day(day, (ns(day, "09:30"), ns(day, "12:30")), [prints], None))
    assert {"PM_HIGH", "ON_LOW", "SMA_90"} <= {level.kind for level in found.levels}
    assert {found.absences[kind][0] for kind in ("OPEN", "VWAP", "OR15_HIGH")} == {
        "no regular hours"
    }


@pytest.mark.parametrize(
    ("short", "after"),
    [
        (date(2024, 7, 3), date(2024, 7, 5)),
        pytest.param(date(2024, 11, 29), date(2024, 12, 2), marks=pytest.mark.thorough),
    ],
)
def test_a_day_that_closed_early_ends_at_one(short: date, after: date) -> None:
    prints = walk(1, evening(short), ns(short, "12:59:58"))
    prints += [Print(ns(short, "12:59:59"), 27_300, 1), Print(ns(short, "13:05"), 20_000, 1)]
    before = Day(short, (ns(short, "09:30"), ns(short, "12:30")), [prints], regular(short, "13:00"))
    later = walk(2, evening(after), ns(after, "12:30"))
    day = Day(
        after, (ns(after, "09:30"), ns(after, "12:30")), [later], regular(after), None, before
    )
    found = build(after, [later], earlier=build(short, [prints]).earlier)
    assert found.of("PD_CLOSE")[0].price == 6_825
    assert found.of("PD_CLOSE")[0].known_ns == ns(short, "13:00")
    assert [one.level_id for one in found.levels] == [one.level_id for one in levels(day)]
    agree(found, day)


@pytest.mark.thorough
def test_a_session_is_built_again_without_asking_the_calendar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, day = Settings(warehouse=tmp_path / "warehouse"), date(2024, 3, 5)
    trades = new_records("trades", 2)
    trades["ts_recv"] = trades["ts_event"] = ns(day, "09:30"), ns(day, "12:00")
    trades["price"], trades["size"], trades["instrument_id"] = 6_800 * 10**9, 1, 17077
    trades["action"], trades["side"] = b"T", b"B"
    path, span = tmp_path / "trades.dbn", {"start_ns": ns(day, "09:30"), "end_ns": ns(day, "12:30")}
    write_dbn(path, "trades", trades, symbols={"ESH4": 17077}, **span)
    land([path], settings)
    assert operations.run(settings, "levels").built
    monkeypatch.setattr(hours, "_ask", lambda years: pytest.fail(f"asked for {years}"))
    monkeypatch.setattr(hours, "_years", {})
    again = operations.run(settings, "levels")
    assert not again.built
    assert not again.failures
    assert set(hours._years) == {2024}
