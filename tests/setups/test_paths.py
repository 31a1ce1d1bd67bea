"""Where price went after a neighbour's decision, bucket by bucket."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from spymaster.setups.analogs import PATH_MARKS, picture
from spymaster.setups.search import PATHS
from spymaster.warehouse import duck

AT = datetime(2024, 3, 5, 14, 40)
DAY = "date '2024-03-05'"


def test_a_bucket_without_a_mid_keeps_its_place_in_a_path(tmp_path: Path) -> None:
    """Of four buckets a side of the book is empty at the end of the second."""
    with closing(duck.in_memory(tmp_path, threads=1)) as connection:
        connection.execute(
            "attach ':memory:' as spymaster; create schema spymaster.setups;"
            "create schema spymaster.market; create schema analogs;"
            f"create table analogs.cards as select {DAY} as neighbour_session,"
            f" 'PM_LOW' as neighbour_cluster_id, timestamp '{AT}' as neighbour_touched_at,"
            " 0 as wait_s;"
            f"create table spymaster.setups.decisions as select {DAY} as session,"
            f" 1 as instrument_id, 'PM_LOW' as cluster_id, timestamp '{AT}' as touched_at,"
            f" 0 as wait_s, timestamp '{AT}' as decided_at, -1 as dir, 20000 as tick,"
            " 0.5 as dist_ticks;"
            f"create table spymaster.market.bbo_5s as select {DAY} as session,"
            f" 1 as instrument_id, timestamp '{AT}' + to_seconds(5 * n) as bucket_end,"
            " 19999 - n as bid_tick, if(n = 2, null, 20000 - n) as ask_tick,"
            " (bid_tick + ask_tick) / 8 as mid from range(5) as buckets (n)"
        )
        query = PATHS.format(sessions=DAY, longest=20)
        ((*_, path),) = connection.execute(query).fetchall()
    assert path == [1.0, None, 3.0, 4.0]


def test_a_picture_leaves_a_gap_where_there_is_no_price() -> None:
    path = [move for move in (0.0, None, -1.0, 1.0) for _ in range(PATH_MARKS // 4)]
    assert picture(path, PATH_MARKS, 1.0) == "▅▅▅▅    ▁▁▁▁████"
