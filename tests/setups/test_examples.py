"""Setups as a learner takes them: their buckets derived again, row by row, and nothing later."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest

import spymaster
from spymaster.errors import UsageError
from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.setups.examples import NAMES, STEPS
from spymaster.warehouse.relations import rows_of

CELLS = """
    select
        level_id, bucket_end, side, zone, band, add_qty, pull_qty, fill_qty, out_away_qty,
        out_toward_qty, depth_twa, n_ticks, n_reach_start, n_reach_end
    from pressure.cells_5s
    where session = $day and band <= 5
"""
OTHERS = """
    select
        states.level_id, states.bucket_end, states.ask_above_higher, states.bid_below_lower,
        states.dist_ticks, states.dist_ticks_d1, states.sigma_ticks, tape.buy_qty, tape.sell_qty,
        queues.bid_qty, queues.ask_qty
    from pressure.states_5s as states
    inner join pressure.tape_5s as tape using (session, level_id, bucket_end)
    inner join pressure.imbalance_5s as queues using (session, bucket_end)
    where session = $day
"""
TOUCHES = "select * from pressure.touch_5s where session = $day"


def ratio(a: float, b: float) -> float | None:
    return (a - b) / (a + b) if a + b else None


def flow(quantity: float, depth: float) -> float | None:
    return quantity / (quantity + depth) if quantity + depth else None


def place_of(cell: dict[str, Any], way: int) -> str | None:
    """Return where a cell lies as seen along the travel; None where its side can hardly rest."""
    is_front = (cell["side"] == "ask") == (way > 0)
    if {("above", "bid"), ("below", "ask")} & {(cell["zone"], cell["side"])}:
        return None
    distance = "at" if cell["band"] == 0 else "near" if cell["band"] < 3 else "far"
    return f"{'front' if is_front else 'back'}_{distance}"


def of_cells(cells: list[dict[str, Any]], way: int) -> dict[str, float | None]:
    groups = defaultdict(list)
    for cell in cells:
        if place := place_of(cell, way):
            groups[place].append(cell)
    found: dict[str, float | None] = {}
    for place, own in groups.items():
        sums = {key: sum(cell[key] for cell in own) for key in own[0] if key.endswith("_qty")}
        depth = sum(cell["depth_twa"] for cell in own)
        reached = sum(cell["n_reach_start"] + cell["n_reach_end"] for cell in own)
        if reached / (2 * sum(cell["n_ticks"] for cell in own)) < 0.2:
            continue
        found |= {
            f"pull_add__{place}": ratio(sums["pull_qty"], sums["add_qty"]),
            f"add_intensity__{place}": flow(sums["add_qty"], depth),
            f"pull_intensity__{place}": flow(sums["pull_qty"], depth),
            f"fill_intensity__{place}": flow(sums["fill_qty"], depth),
            f"out_direction__{place}": ratio(sums["out_away_qty"], sums["out_toward_qty"]),
        }
    return found


def of_touch(side: dict[str, Any], way: int) -> dict[str, float | None]:
    place = "touch_front" if (side["side"] == "ask") == (way > 0) else "touch_back"
    depth = side["depth_ns"] / 5e9
    centres = side["moment_end"] * side["depth_start"], side["moment_start"] * side["depth_end"]
    return {
        f"centre_move__{place}": ratio(*centres),
        f"pull_add__{place}": ratio(side["pull_qty"], side["add_qty"]),
        f"add_intensity__{place}": flow(side["add_qty"], depth),
        f"pull_intensity__{place}": flow(side["pull_qty"], depth),
    }


def of_level(row: dict[str, Any], way: int) -> dict[str, float | None]:
    ends = row["ask_above_higher"], row["bid_below_lower"]
    front, back = ends if way > 0 else ends[::-1]
    sigma, tape = row["sigma_ticks"], ratio(row["buy_qty"], row["sell_qty"])
    queue = ratio(row["bid_qty"], row["ask_qty"])

    def along(value: float | None, unit: float | None = 1.0) -> float | None:
        return None if value is None or unit is None else way * value / unit

    return {
        "centre_move__front": front,
        "centre_move__back": back,
        "buy_sell__tape": along(tape),
        "queue_imbalance__tape": along(queue),
        "dist_sigma__path": along(row["dist_ticks"], sigma),
        "move_sigma__path": along(row["dist_ticks_d1"], sigma),
    }


def test_every_bucket_is_what_its_cells_quotes_and_tape_say(history: Settings) -> None:
    """Of one session, at all decisions of a wait: both ways of travel, and all 42 numbers."""
    db = spymaster.connect(history.warehouse)
    day = db.sql(
        "select min(session) from (select session from setups.decisions where wait_s = 60"
        " group by session having count(distinct dir) = 2)"
    ).one()
    asked = db.sql("from setups.decisions where session = $day and wait_s = 60", day=day).df()
    rows = [row for row in db.buckets().arrow().to_pylist() if row["session"] == day]
    assert set(asked["dir"]) == {-1, 1}
    assert len(rows) == STEPS * len(asked)
    ways = {(row.cluster_id, row.touched_at): row for row in asked.itertuples()}
    with catalog(history) as connection:
        cells, touches = defaultdict(list), defaultdict(list)
        for cell in rows_of(connection, CELLS.replace("$day", f"'{day}'")):
            cells[cell["level_id"], cell["bucket_end"]].append(cell)
        for side in rows_of(connection, TOUCHES.replace("$day", f"'{day}'")):
            touches[side["bucket_end"]].append(side)
        others = {
            (row["level_id"], row["bucket_end"]): row
            for row in rows_of(connection, OTHERS.replace("$day", f"'{day}'"))
        }
    for row in rows:
        of, at = ways[row["cluster_id"], row["touched_at"]], row["bucket_end"]
        assert at == of.decided_at - timedelta(seconds=5 * (row["step"] - 1))
        key = row["cluster_id"], at
        wanted = of_cells(cells[key], of.dir)
        for side in touches[at]:
            wanted |= of_touch(side, of.dir)
        wanted |= of_level(others[key], of.dir) if key in others else {}
        found = {name: row[name] for name in NAMES}
        assert found == pytest.approx({name: wanted.get(name) for name in NAMES}, abs=1e-6)


def test_a_setup_has_its_outcome_and_the_odds_of_its_day(history: Settings) -> None:
    db = spymaster.connect(history.warehouse)
    found = db.examples(wait_s=30, horizon_s=300).arrow().to_pylist()
    known = "select count(outcome) from setups.outcomes where wait_s = 30 and horizon_s = 300"
    assert len(found) == db.sql(known).one() > 10
    levels = {
        (row["session"], row["cluster_id"], row["bucket_end"]): row["level_ids"]
        for row in db.sql("from pressure.touches").arrow().to_pylist()
    }
    for row in found:
        assert row["outcome"] in ("break", "reject", "chop")
        assert sum(row[f"reference_{name}"] for name in ("break", "reject", "chop")) == (
            pytest.approx(1)
        )
        assert len(row["v"]) == 56
        touched = levels[row["session"], row["cluster_id"], row["touched_at"]]
        assert row["is_placebo"] == all(level.startswith("PLACEBO") for level in touched)


def test_windows_of_all_day_follow_each_other_near_their_level(history: Settings) -> None:
    db = spymaster.connect(history.warehouse)
    found = db.buckets(wait_s=None).df()
    assert (found.groupby(["session", "cluster_id", "touched_at"]).size() == STEPS).all()
    assert not found.duplicated(["session", "cluster_id", "bucket_end"]).any()
    ends = found[found["step"] == 1]
    assert (ends["bucket_end"] == ends["touched_at"]).all()


def test_a_wait_or_horizon_that_is_not_there_is_named(history: Settings) -> None:
    db = spymaster.connect(history.warehouse)
    with pytest.raises(UsageError, match="wait_s 7: allowed are 0, 30, 60"):
        db.buckets(wait_s=7)
    with pytest.raises(UsageError, match="horizon_s 7: allowed are 120, 300, 600"):
        db.examples(horizon_s=7)
