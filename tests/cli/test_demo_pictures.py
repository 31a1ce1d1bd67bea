"""The pictures of the demo's levels say what its relations hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cli.conftest import Shown
from spymaster.charts import DARK, LIGHT, Look, level_chart, svg
from spymaster.charts.day import LevelDay, level_day
from spymaster.charts.hedge import minutes
from spymaster.charts.level import level
from spymaster.read.catalog import catalog
from spymaster.settings import Settings

SESSION = date(2024, 3, 5)
ALL_DAY = datetime(2024, 3, 5), datetime(2024, 3, 6)


@pytest.fixture(scope="module")
def shown(demonstrated: Shown) -> Settings:
    return Settings(warehouse=demonstrated.warehouse)


@pytest.fixture(scope="module")
def day(shown: Settings) -> LevelDay:
    with catalog(shown) as connection:
        return level_day(connection, "PM_LOW", SESSION, *ALL_DAY, shown.zone)


def test_it_says_where_when_and_what_came_of_each_touch(shown: Settings, day: LevelDay) -> None:
    drawn = svg(level_chart(shown, "PM_LOW"))
    assert "PM_LOW 6756.50, ESH4, Tuesday 2024-03-05, 09:30 to 10:40 New York time" in drawn
    outcomes = [touch.outcome for touch in day.touches]
    assert "reject" in outcomes
    for word in ("break", "reject", "chop"):
        assert drawn.count(f">{word.upper()}</text>") == outcomes.count(word)
    for said in ("PM_HIGH 6760.50", "call wall 6800.00", "put wall 6725.00"):
        assert f">{said}</text>" in drawn
    for reason in {span.why for span in day.undefined}:
        assert reason.replace("_", " ") in re.sub(r"</tspan><tspan[^>]*>", " ", drawn)


def test_the_grammar_finds_nothing_to_object_to(shown: Settings) -> None:
    for look in (LIGHT, DARK):
        level_chart(shown, "EMA_20", look=look).to_dict(validate=True)


def test_touches_are_those_of_the_level_with_what_outcomes_say(
    shown: Settings, day: LevelDay
) -> None:
    with catalog(shown) as connection:
        expected = connection.execute(
            "select touches.bucket_end, outcome, why, barrier_ticks from pressure.touches"
            " left join setups.outcomes on touches.session = outcomes.session"
            " and touches.cluster_id = outcomes.cluster_id and bucket_end = touched_at"
            " and wait_s = 0 and horizon_s = 300"
            " where list_contains(level_ids, 'PM_LOW') order by touches.bucket_end"
        ).fetchall()
    assert len(expected) == 3
    found = [(one.at, one.outcome, one.why, one.barrier_ticks) for one in day.touches]
    assert found == expected
    assert {one.horizon_s for one in day.touches} == {300}


def test_a_cell_stands_at_its_price_and_shows_the_last_bucket_of_its_column(
    shown: Settings, day: LevelDay
) -> None:
    """Derived anew from ticks: step n of four ticks, half a tick to both sides."""
    with catalog(shown) as connection:
        rows = connection.execute(
            'select bucket_end, "offset", lean_60s, bid_depth_share, ask_depth_share'
            " from ladder_5s where level_id = 'PM_LOW'"
        ).fetchall()
    width = timedelta(seconds=day.column_s)
    last: dict[tuple[datetime, int], tuple[Any, ...]] = {}
    for at, offset, *values in sorted(rows, key=lambda row: row[0]):
        since = at - timedelta(seconds=5) - datetime(2024, 3, 5)
        last[datetime(2024, 3, 5) + since // width * width, offset] = (at, *values)
    assert {(row["column_start"], row["offset"]) for row in day.heat} == set(last)
    for row in day.heat:
        n = row["offset"]
        ticks = (-0.5, 0.5) if n == 0 else (4 * n - 3.5, 4 * n + 0.5)
        if n < 0:
            ticks = (4 * n - 0.5, 4 * n + 3.5)
        assert (row["low"], row["high"]) == tuple(6756.5 + 0.25 * each for each in ticks)
        at, lean, bid, ask = last[row["column_start"], n]
        assert (row["column_end"], row["lean"]) == (at, lean)
        share = None if bid is None and ask is None else (bid or 0) + (ask or 0)
        assert row["share"] == (None if share is None else pytest.approx(share, abs=1e-15))


def test_a_minute_of_hedging_is_its_twelve_buckets_and_the_sums_at_its_end(shown: Settings) -> None:
    with catalog(shown) as connection:
        found = minutes(connection, SESSION, "0dte")
        rows = connection.execute(
            "select bucket_end, hedge_futures, hedge_call_sum, hedge_put_sum, hedge_sum"
            " from options.hedge_5s where expiry_set = '0dte' order by bucket_end"
        ).fetchall()
    assert len(rows) == 12 * len(found) > 700
    for at, minute in enumerate(found):
        own = rows[12 * at : 12 * (at + 1)]
        assert minute["start"] == own[0][0] - timedelta(seconds=5)
        assert minute["traded"] == pytest.approx(sum(row[1] for row in own))
        assert (minute["calls"], minute["puts"], minute["both"]) == own[-1][2:]


def test_undefined_spans_hold_exactly_the_buckets_without_net(day: LevelDay) -> None:
    inside = {
        row["bucket_end"]
        for row in day.states
        for span in day.undefined
        if span.start < row["bucket_end"] <= span.end
    }
    assert inside == {row["bucket_end"] for row in day.states if row["net_60s"] is None}
    assert inside != {row["bucket_end"] for row in day.states}


def parts(spec: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a chart, itself first."""
    if isinstance(spec, dict):
        yield spec
        for value in spec.values():
            yield from parts(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from parts(value)


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_blue_is_up_and_orange_down_everywhere(shown: Settings, day: LevelDay, look: Look) -> None:
    spec = level_chart(shown, "PM_LOW", look=look).to_dict()
    tables = spec.pop("datasets")
    colors = {one["field"]: one for one in parts(spec) if "field" in one and "scale" in one}
    assert colors["lean"]["scale"]["domain"] == [-0.25, 0, 0.25]
    assert colors["lean"]["scale"]["range"] == [look.down, look.ground, look.up]
    assert colors["share"]["scale"]["range"] == [look.ground, look.ink]
    (words,) = (
        rows for rows in tables.values() if rows and "stands" in rows[0] and "word" in rows[0]
    )
    went = {
        (touch.outcome or "").upper(): (touch.outcome == "break") == touch.from_below
        for touch in day.touches
        if touch.outcome != "chop"
    }
    assert len(words) == len(day.touches)
    for row in words:
        expected = (
            look.dim if row["word"] == "CHOP" else look.up if went[row["word"]] else look.down
        )
        assert row["color"] == expected
    areas = {
        one["encoding"]["y"]["field"]: one["mark"]["color"]
        for one in list(parts(spec))[::-1]  # net stands above vacuum
        if one.get("mark") and one["mark"]["type"] == "area"
    }
    assert areas == {"up": look.up, "down": look.down}


def test_a_book_that_was_not_built_is_not_drawn(shown: Settings, day: LevelDay) -> None:
    drawn = {
        heat: svg(level(replace(day, heat=rows), None, shown.zone, LIGHT))
        for heat, rows in (("built", day.heat), ("none", []))
    }
    for title in ("favours up", "Where size rests"):
        assert title in drawn["built"]
        assert title not in drawn["none"]
    assert "pressure.ladder_5s says nothing of the book around them" in drawn["none"]
