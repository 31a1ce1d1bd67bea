"""Both derivations agree on every level of invented days, and each rule holds by an example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from levels.derive import Day, levels, regular, window
from levels.market import ESM4, Build, Level, Print, Settlement, build, evening, ns, walk
from spymaster.settings import Settings

MON, TUE, WED = date(2024, 3, 4), date(2024, 3, 5), date(2024, 3, 6)


def settings(start: str = "09:30", end: str = "12:30", **given: Any) -> Settings:
    return Settings(
        window_start=time.fromisoformat(start), window_end=time.fromisoformat(end), **given
    )


def agree(found: Build, day: Day) -> None:
    """Compare what the models made of a day with what the second derivation does."""
    expected = levels(day)
    ours = [replace(level, is_tracked=False, price=0.0) for level in found.levels]
    assert ours == [replace(level, price=0.0) for level in expected]
    prices = [level.price for level in found.levels]
    assert prices == pytest.approx([level.price for level in expected], rel=0, abs=1e-9)


def cut(files: Sequence[Sequence[Print]], end_ns: int) -> list[list[Print]]:
    kept = [[one for one in file if one.at_ns < end_ns] for file in files]
    return [file for file in kept if file]


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.thorough)])
@pytest.mark.parametrize(
    ("start", "end", "day"),
    [
        ("09:30", "12:30", TUE),
        ("08:00", "10:00", TUE),
        ("09:40:03", "09:52:03", TUE),
        pytest.param("02:00", "04:30", TUE, marks=pytest.mark.thorough),
        ("18:30", "20:30", TUE),
        ("09:30", "12:30", date(2024, 3, 11)),
        pytest.param("09:30", "12:30", date(2024, 11, 4), marks=pytest.mark.thorough),
    ],
    ids=lambda value: str(value),
)
def test_both_derivations_agree_in_any_window_and_season(
    seed: int, start: str, end: str, day: date
) -> None:
    span = window(day, start, end)
    prints = walk(seed, evening(day), span[1] + 10**9, every_s=(40, 200)[seed])
    found = build(day, [prints], settings(start, end))
    agree(found, Day(day, span, [prints], regular(day)))
    assert {level.known_ns < span[1] for level in found.levels} == {True}


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in (2, 3))]
)
def test_both_derivations_agree_where_files_leave_holes(seed: int) -> None:
    prints = walk(seed, evening(TUE), ns(TUE, "12:40"), every_s=40)
    edges = [ns(TUE, at) for at in ("03:30", "09:29", "09:31:30", "09:50", "10:30", "11:00")]
    kept = [prints[0].at_ns, *edges, prints[-1].at_ns + 1]
    files = [
        [one for one in prints if first <= one.at_ns < last]
        for first, last in zip(kept[seed % 2 :: 2], kept[seed % 2 + 1 :: 2], strict=False)
    ]
    agree(build(TUE, files), Day(TUE, window(TUE), files, regular(TUE)))


@pytest.mark.parametrize(
    ("start", "end"),
    [("09:30", "12:30"), pytest.param("00:00", "02:00", marks=pytest.mark.thorough)],
)
def test_both_derivations_agree_on_what_looks_back(start: str, end: str) -> None:
    monday = [
        *walk(7, evening(MON), ns(MON, "16:59"), every_s=50),
        Print(ns(MON, "16:59:59"), 27_150, 1),
    ]
    tuesday = walk(8, evening(TUE), ns(TUE, "12:30"), every_s=50, ticks=monday[-1].ticks)
    settled = [
        Settlement(ns(MON, "16:15"), 27_111, MON, is_final=False),
        Settlement(ns(MON, "23:00:00.5"), 27_113, MON),
    ]
    before = build(MON, [monday], settings(start, end))
    earlier = Day(MON, window(MON, start, end), [monday], regular(MON))
    found = build(TUE, [tuesday], settings(start, end), settlements=settled, earlier=before.earlier)
    span = window(TUE, start, end)
    agree(found, Day(TUE, span, [tuesday], regular(TUE), earlier, earlier, settled))
    assert {"PD_HIGH", "PD_SETTLE", "SMA_400"} <= {level.kind for level in found.levels}


@pytest.mark.parametrize("until", ["17:00", "12:30"])
def test_an_average_of_the_day_before_is_none_where_the_night_did_not_land(until: str) -> None:
    """Or the first two minutes would have a level of hours ago, which then is gone."""
    monday = walk(1, evening(MON), ns(MON, until))
    tuesday = walk(2, ns(TUE, "09:30"), ns(TUE, "12:30"))
    before = build(MON, [monday])
    found = build(TUE, [tuesday], earlier=before.earlier)
    earlier = Day(MON, window(MON), [monday], regular(MON))
    agree(found, Day(TUE, window(TUE), [tuesday], regular(TUE), earlier, earlier))
    assert min(level.known_ns for level in found.of("EMA_20")) == ns(TUE, "10:10")
    assert found.absences["SMA_90"] == ("fewer than 90 closed bars in a row", False)


def test_an_average_ends_when_a_hole_does() -> None:
    prints = walk(1, evening(TUE), ns(TUE, "12:30"))
    files = [
        [one for one in prints if one.at_ns < ns(TUE, "09:00")],
        [one for one in prints if one.at_ns >= ns(TUE, "10:15")],
    ]
    found = build(TUE, files)
    agree(found, Day(TUE, window(TUE), files, regular(TUE)))
    resumed = (files[1][0].at_ns // 10**9 + 1) * 10**9
    assert [level.valid_ns for level in found.of("SMA_90")] == [resumed]


@pytest.mark.parametrize(
    "at",
    [
        "09:52:35",
        *(
            pytest.param(at, marks=pytest.mark.thorough)
            for at in ("09:45:00", "10:48:00", "11:11:05")
        ),
    ],
)
def test_cutting_the_prints_at_a_bucket_end_leaves_all_known_by_then(at: str) -> None:
    only_past([walk(3, evening(TUE), ns(TUE, "12:30"), every_s=30)], ns(TUE, at))


@pytest.mark.parametrize("at", ["10:15:30", pytest.param("10:17:00", marks=pytest.mark.thorough)])
def test_a_cut_before_the_first_bar_after_a_hole_leaves_all_known_by_then(at: str) -> None:
    prints = walk(1, evening(TUE), ns(TUE, "12:30"))
    edges = [ns(TUE, at) for at in ("09:00", "10:15")]
    files = [
        [one for one in prints if one.at_ns < edges[0]],
        [one for one in prints if one.at_ns >= edges[1]],
    ]
    only_past(files, ns(TUE, at))


def only_past(files: Sequence[Sequence[Print]], end: int) -> None:
    """Compare the levels known by a time with those of the prints before it."""
    whole, part = build(TUE, files), build(TUE, cut(files, end))

    def known(found: Build) -> list[Level]:
        return [
            replace(level, valid_ns=None if (level.valid_ns or end) >= end else level.valid_ns)
            for level in found.levels
            if level.known_ns <= end
        ]

    assert known(whole) == known(part)


def test_a_range_holds_its_start_and_not_its_end() -> None:
    at = [("03:59:59.999999", 9), ("04:00", 5), ("09:29:59.999999", 1), ("09:30", -9)]
    at += [("09:44:59.999999", 7), ("09:45", 30)]
    found = build(TUE, [[Print(ns(TUE, time), 27_200 + up, 1) for time, up in at]])
    prices = {level.level_id: (level.tick - 27_200, level.known_ns) for level in found.levels}
    assert prices["PM_HIGH"] == (5, ns(TUE, "09:30"))
    assert prices["PM_LOW"] == (1, ns(TUE, "09:30"))
    assert prices["OR15_HIGH"] == (7, ns(TUE, "09:45"))
    assert prices["OR15_LOW"] == (-9, ns(TUE, "09:45"))
    assert prices["OPEN"] == (-9, ns(TUE, "09:30:01"))


def test_a_level_that_moves_hands_over_at_every_tick() -> None:
    prints = walk(5, evening(TUE), ns(TUE, "12:30"))
    found = build(TUE, [prints])
    for kind in ("VWAP", "SMA_90", "EMA_20"):
        rows = found.of(kind)
        assert len(rows) > 5
        for one, other in pairwise(rows):
            assert one.valid_ns == other.known_ns
            assert one.tick != other.tick
        assert rows[-1].valid_ns is None
        assert all(abs(row.price - row.tick / 4) <= 0.125 for row in rows)


def test_a_price_that_stands_still_makes_one_row_of_each_level() -> None:
    prints = [Print(ns(TUE, "03:00") + i * 10**10, 27_202, 1) for i in range(3_400)]
    rows = build(TUE, [prints]).levels
    assert len({row.level_id for row in rows}) == len(rows)
    assert {row.tick for row in rows if row.kind not in ("ROUND_25", "ROUND_50")} == {27_202}


def test_a_price_half_way_between_two_ticks_goes_to_the_higher_one(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(
        "session,level_id,price,known_at\n2024-03-05,A,6800.125,2024-03-05 09:00\n"
        "2024-03-05,B,6800.1249,2024-03-05 09:00\n2024-03-05,B,6800.2,2024-03-05 10:00\n"
        "2024-03-05,B,6805.2,2024-03-05 11:00\n2024-03-05,C,1,2024-03-05 12:30\n"
    )
    prints = walk(1, ns(TUE, "09:00"), ns(TUE, "12:30"))
    rows = build(TUE, [prints], settings(manual_levels=tmp_path / "mine.csv")).of("MANUAL")
    ten, eleven = ns(TUE, "10:00"), ns(TUE, "11:00")
    assert [(row.level_id, row.tick, row.known_ns, row.valid_ns) for row in rows] == [
        ("A", 27_201, ns(TUE, "09:00"), None),
        ("B", 27_200, ns(TUE, "09:00"), ten),
        ("B", 27_201, ten, eleven),
        ("B", 27_221, eleven, None),
    ]
    assert all(row.is_tracked for row in rows)


@pytest.mark.thorough
def test_the_day_before_counts_only_if_it_landed_whole() -> None:
    prints = walk(2, evening(MON), ns(MON, "17:00"))
    tuesday = walk(3, evening(TUE), ns(TUE, "12:30"))
    for part in (
        cut([prints], ns(MON, "15:58")),
        [[p for p in prints if p.at_ns > ns(MON, "10:00")]],
    ):
        found = build(TUE, [tuesday], earlier=build(MON, part).earlier)
        assert not found.of("PD_HIGH", "PD_LOW", "PD_CLOSE")
        assert found.absences["PD_HIGH"] == ("a part of 2024-03-04 did not land", False)
    wednesday = build(
        WED, [walk(3, evening(WED), ns(WED, "12:30"))], earlier=build(MON, [prints]).earlier
    )
    assert wednesday.absences["PD_LOW"][0] == "no regular trades of the contract on 2024-03-05"


@pytest.mark.thorough
def test_the_day_before_a_roll_is_that_of_the_new_contract() -> None:
    old = walk(2, evening(MON), ns(MON, "17:00"))
    new = [Print(at + 1, ticks + 200, 99, ESM4) for at, ticks, _, _ in old]
    found = build(
        TUE,
        [[p._replace(instrument_id=ESM4) for p in walk(3, evening(TUE), ns(TUE, "12:30"))]],
        earlier=build(MON, [sorted([*old, *new])]).earlier,
    )
    regular_ticks = [p.ticks for p in new if regular(MON)[0] <= p.at_ns < regular(MON)[1]]
    assert found.price("PD_HIGH") == max(regular_ticks) / 4
    assert found.price("PD_CLOSE") == regular_ticks[-1] / 4
    alone = build(
        TUE,
        [[p._replace(instrument_id=ESM4) for p in walk(3, evening(TUE), ns(TUE, "12:30"))]],
        earlier=build(MON, [old]).earlier,
    )
    assert not alone.of("PD_HIGH")


def test_a_final_settlement_is_preferred_and_a_withdrawn_one_is_none() -> None:
    def settle(at: str, ticks: int, *, is_final: bool = True, gone: bool = False) -> Settlement:
        return Settlement(ns(TUE, at), ticks, MON, is_final, gone)

    prints = walk(3, evening(TUE), ns(TUE, "12:30"))
    given = [
        settle("00:00", 27_000, is_final=False),
        settle("10:00:00.5", 27_050),
        settle("10:00:00.7", 27_010),
        settle("11:00", 27_020, is_final=False),
        settle("11:30", 27_030, gone=True),
        Settlement(ns(TUE, "11:45"), 27_040, TUE),
    ]
    rows = build(TUE, [prints], settlements=given).of("PD_SETTLE")
    assert [(row.tick, row.known_ns) for row in rows] == [
        (27_000, ns(TUE, "00:00:01")),
        (27_010, ns(TUE, "10:00:01")),
    ]


def test_of_a_choice_the_level_nearest_to_the_price_is_tracked() -> None:
    prints = walk(4, evening(TUE), ns(TUE, "12:30"))
    found = build(TUE, [prints], settings(levels=("SMA_400/SMA_90/EMA_20", "ROUND_25")))
    (last,) = [one.ticks / 4 for one in prints if one.at_ns < ns(TUE, "09:30")][-1:]
    at_start = {row.kind: row for row in reversed(found.of("SMA_400", "SMA_90", "EMA_20"))}
    nearest = min(at_start, key=lambda kind: abs(at_start[kind].price - last))
    tracked = {row.level_id for row in found.levels if row.is_tracked}
    assert tracked == {nearest, "ROUND_25_ABOVE", "ROUND_25_BELOW"}


def test_what_did_not_land_is_absent_and_says_why() -> None:
    found = build(TUE, [walk(1, ns(TUE, "09:33"), ns(TUE, "12:30"))])
    kinds = {level.kind for level in found.levels}
    assert kinds == {"ROUND_25", "ROUND_50", "EMA_20"}
    late = "nothing landed before 14:33:00 UTC"
    tracked = {kind: why for kind, (why, is_tracked) in found.absences.items() if is_tracked}
    assert tracked == {
        "PM_HIGH": late,
        "PM_LOW": late,
        "OR15_HIGH": late,
        "OR15_LOW": late,
        "SMA_90/EMA_20": "none known as the window starts",
    }
    assert found.absences["SMA_90"] == ("fewer than 90 closed bars in a row", False)
    assert found.absences["PD_SETTLE"] == ("no settlement of 2024-03-04", False)
    assert found.absences["OPEN"] == found.absences["VWAP"] == (late, False)


def test_a_hole_between_two_files_is_named() -> None:
    files = [
        walk(1, ns(TUE, "04:00"), ns(TUE, "06:00")),
        walk(1, ns(TUE, "08:00"), ns(TUE, "12:30")),
    ]
    said, _ = build(TUE, files).absences["PM_HIGH"]
    assert said.startswith("nothing landed from 10:59:")
    assert said.endswith(" to 13:00:00 UTC")


def test_a_range_that_closes_as_the_window_ends_is_not_known_in_it() -> None:
    prints = walk(1, evening(TUE), ns(TUE, "10:00"))
    found = build(TUE, [prints], settings("09:30", "09:45"))
    assert {level.kind for level in found.of("OR5_HIGH", "OR15_HIGH", "OR30_HIGH")} == {"OR5_HIGH"}
    assert found.absences["OR15_HIGH"] == ("not known while the window lasts", True)
