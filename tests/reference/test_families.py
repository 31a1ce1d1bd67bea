"""Families of features on examples small enough to check by hand."""

from __future__ import annotations

import math
from dataclasses import replace

from reference.book import changes
from reference.buckets import BUCKET_NS, Row
from reference.cells import Level, cells_5s
from reference.contrasts import contrasts, tape
from reference.families import cell_ratios
from reference.markets import observe
from reference.orders import behind, order_ratios
from reference.paths import path, runs, volatility
from reference.profiles import level_profile, touch_profile
from reference.records import Record
from reference.scribe import BASE_TICK
from reference.test_cells import LEVEL, START, cell, first_bucket, said

SECOND = 1_000_000_000


def ratios(*records: Record) -> dict[str, tuple[float | None, float | None]]:
    """The ratios of asks in band 1 above the level."""
    return cell_ratios(cell(first_bucket(*records), "ask", "above", 1), [0])


def test_flicker_is_neither_a_pull_nor_an_add() -> None:
    found = ratios(
        said("A", 1, "A", 1, 5),
        said("A", 2, "A", 2, 3, 0),
        said("A", 3, "A", 2, 4, 0),
        said("C", 3, "A", 2, 4, SECOND // 4),
        said("C", 1, "A", 1, 5, SECOND),
    )
    assert found["pull_add"] == ((9 - 7) / (9 + 7), 16.0)
    assert found["pull_add_500ms"] == ((5 - 3) / (5 + 3), 8.0)
    assert found["pull_5s_share"] == (0.0, 9.0)
    assert found["size_pull_add"] == ((9 / 2 - 7 / 2) / (9 / 2 + 7 / 2), 4.0)


def test_an_iceberg_trades_what_it_did_not_show() -> None:
    found = ratios(said("A", 1, "A", 1, 5), said("F", 1, "A", 1, 3, 0), said("F", 1, "A", 1, 4, 0))
    assert found["iceberg_share"] == (1.0, 7.0)
    assert ratios(said("A", 1, "A", 1, 5))["iceberg_share"] == (None, 0.0)


def test_a_burst_is_measured_against_the_minute_before() -> None:
    row = cell(first_bucket(), "ask", "above", 1)
    assert cell_ratios(row, [*[2] * 12, 6])["burst"] == (6 / (6 + 2), 30.0)
    assert cell_ratios(row, [*[2] * 11, 6])["burst"] == (None, None)
    assert cell_ratios(row, [0] * 13)["burst"] == (None, 0.0)
    assert cell_ratios(row, [*[3] * 12, 3])["branching"] == (0.0, 36.0)
    spread, _ = cell_ratios(row, [*[0] * 12, 12])["branching"]
    assert spread == 1 - 1 / math.sqrt(11)


def test_a_profile_is_measured_from_the_level_and_from_the_quote() -> None:
    moment = first_bucket(
        said("A", 1, "A", 2, 1), said("A", 2, "A", 3, 12), said("M", 2, "A", 7, 12, 0)
    )
    found = level_profile(moment, LEVEL, "ask", "above")
    before, after = (2 + 36) / 13, (2 + 84) / 13
    assert found["centre_move"] == ((after - before) / (after + before), 26.0)
    assert found["gap_move"] == ((7 - 3) / (7 + 3), 26.0)
    assert found["slope"] == (1.0, 13.0)
    assert found["at_near"] == (-1.0, 13.0)
    assert found["convexity"] == (1.0, 1.0)
    touch = touch_profile(moment, "ask")
    assert touch["gap_move"] == ((6 - 2) / (6 + 2), 26.0)
    assert touch["at_near"] == ((1 - 12) / 13, 13.0)


def test_contrasts_put_asks_bids_and_what_is_nearer_first() -> None:
    moment = first_bucket(
        said("A", 1, "A", 1, 6), said("A", 2, "B", -2, 2), said("A", 3, "A", 5, 2)
    )
    rows = {
        key: row
        for key, row in contrasts(moment, LEVEL, cells_5s([moment], LEVEL))
        if row["depth_contrast"][0] is not None
    }
    assert rows["mirror", "ask", "above", 1]["depth_contrast"] == (0.5, 8.0)
    assert rows["gradient", "ask", "above", 1]["depth_contrast"] == (0.5, 8.0)
    assert rows["gradient", "ask", "above", 0]["depth_contrast"] == (-1.0, 6.0)
    assert rows["side", "bid", "below", 1]["depth_contrast"] == (1.0, 2.0)


def test_trades_beyond_the_level_in_their_direction_go_through_it() -> None:
    trades: list[Row] = [
        {"tick": BASE_TICK + 1, "buy_qty": 5, "sell_qty": 2},
        {"tick": BASE_TICK, "buy_qty": 1, "sell_qty": 0},
        {"tick": BASE_TICK + 5, "buy_qty": 9, "sell_qty": 0},
    ]
    found = tape(trades, LEVEL)
    assert found["through_into"] == ((5 - 3) / (5 + 3), 8.0)
    assert found["buy_sell_near"] == ((6 - 2) / (6 + 2), 8.0)
    assert found["buy_sell"] == ((15 - 2) / (15 + 2), 17.0)


def test_orders_that_come_again_are_of_the_size_that_traded_away() -> None:
    records = [
        said("A", 1, "A", 1, 10),
        said("A", 9, "A", 2, 30),
        said("F", 1, "A", 1, 10, 0),
        said("C", 1, "A", 1, 10, 0),
        said("A", 2, "A", 1, 9, SECOND // 5),
        said("A", 3, "A", 1, 8, SECOND // 5),
        said("A", 4, "A", 1, 10, SECOND // 2),
    ]
    # a fill and its cancel are one event
    records[2] = replace(records[2], flags=0)
    records = [replace(record, row_no=n) for n, record in enumerate(records)]
    end = START + BUCKET_NS
    moment = observe(records, START, end)[0]
    known = behind(records, list(changes(records)), [end])[end]
    found = dict(order_ratios(moment, LEVEL, known, 10))["ask", "above", 1]
    assert found["readd_share"] == (9 / 19, 19.0)
    assert found["top_share"] == (30 / 57, 57.0)
    assert found["large_pull_share"] == (None, 0.0)


def test_speed_is_toward_the_level_from_the_side_it_was_on() -> None:
    step = BUCKET_NS
    quotes = [said("A", 1, "B", -20, 1), said("A", 2, "A", -18, 1)]
    moves = [
        said("M", order, side, k + n + 1, 1, n * step + n % 7)
        for n in range(20)
        for order, side, k in ((2, "A", -18), (1, "B", -20))
    ]
    moments = observe([*quotes, *moves], START, START + 20 * step)
    run = next(runs(moments, [Level("L", BASE_TICK)]))
    rows = path(run, volatility(moments))
    assert [row["sigma_ticks"] for row in rows[10:13]] == [None, None, 1.0]
    assert rows[12]["approach"] == "from_below"
    assert rows[12]["speed_sigma"] == 12 / math.sqrt(12)
    assert rows[19]["dist_ticks"] == 1.0
    assert rows[19]["approach"] == "from_above"
    assert rows[19]["speed_sigma"] == 12 / math.sqrt(12)
