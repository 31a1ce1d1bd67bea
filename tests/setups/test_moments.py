"""Which touch a search is about, where one level was part of several."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from spymaster.settings import Settings
from spymaster.setups import Found, analogs, moments
from spymaster.warehouse import duck

AT = datetime(2024, 3, 5, 14, 40)


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(("approach", "first"), [("from_below", "LOW"), ("from_above", "HIGH")])
def test_a_level_within_two_touches_of_one_bucket_is_of_the_one_reached_first(
    tmp_path: Path, approach: str, first: str, order: str
) -> None:
    """Price jumps past levels six ticks apart, and past the one between them."""
    with closing(duck.in_memory(tmp_path, threads=1)) as connection:
        connection.execute(
            "create schema pressure;"
            "create table pressure.levels_5s as select 'BETWEEN' as level_id;"
            "create table pressure.touches as"
            f" select timestamp '{AT}' as bucket_end, '{approach}' as approach, *"
            " from (values ('LOW', 20000), ('HIGH', 20006)) as touches (cluster_id, tick)"
            f" order by tick {order};"
            "alter table pressure.touches add column level_ids varchar[];"
            "update pressure.touches set level_ids = [cluster_id, 'BETWEEN']"
        )
        found = moments.find(connection, Settings(), date(2024, 3, 5), "BETWEEN", time(9, 40))
    assert (found.cluster_id, found.touched_at) == (first, AT)


@pytest.fixture
def ended(tmp_path: Path) -> Iterator[duck.Connection]:
    """An average that price came to as records went on after a hole, and that ended with it.

    Half a minute later a side of the book is empty; a minute later all is known.
    """
    with closing(duck.in_memory(tmp_path, threads=1)) as connection:
        connection.execute(
            "create schema pressure; create schema market; create schema setups;"
            "create table pressure.touches as select 'SMA_90' as cluster_id,"
            f" ['SMA_90'] as level_ids, timestamp '{AT}' as bucket_end,"
            " 'from_above' as approach, 20000 as tick, 5000.0 as price;"
            "create table pressure.levels_5s as select *, 20000 as tick, 5000.0 as price"
            f" from (values ('SMA_90', timestamp '{AT}'), ('PM_LOW', timestamp '{AT}'),"
            f" ('PM_LOW', timestamp '{AT}' + interval 30 seconds),"
            f" ('PM_LOW', timestamp '{AT}' + interval 60 seconds)) as used (level_id, bucket_end);"
            "create table pressure.states_5s as select *, date '2024-03-05' as session,"
            " 1 as instrument_id, 'from_below' as approach, 2.5 as sigma_ticks"
            " from pressure.levels_5s;"
            "create table market.bbo_5s as select distinct bucket_end, 19990 as bid_tick,"
            " 19991 as ask_tick, if(second(bucket_end) = 30, null, 4997.625) as mid"
            " from pressure.levels_5s"
        )
        yield connection


def test_a_decision_about_a_touch_outlives_the_level_that_was_touched(
    ended: duck.Connection,
) -> None:
    """As setups.decisions has it, whose volatility is the market's."""
    settings, day = Settings(), date(2024, 3, 5)
    found = moments.find(ended, settings, day, "SMA_90", None)
    assert (found.at - AT, found.wait_s, found.is_touch) == (timedelta(seconds=60), 60, True)
    moments.decide(ended, settings, found)
    assert ended.execute(
        "select dir, tick, price, dist_ticks, sigma_ticks, n_buckets from setups.decisions"
    ).fetchall() == [(-1, 20000, 5000.0, 9.5, 2.5, 1)]


def test_the_last_decision_is_one_of_which_price_and_volatility_are_known(
    ended: duck.Connection,
) -> None:
    ended.execute(f"delete from market.bbo_5s where bucket_end > timestamp '{AT}' and mid > 0")
    found = moments.find(ended, Settings(), date(2024, 3, 5), "SMA_90", None)
    assert (found.at, found.wait_s, found.is_touch) == (AT, 0, True)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (time(9, 40), "09:40:00, as it is touched"),
        (time(9, 40, 10), "09:40:10, after its touch"),
        (time(9, 40, 30), "09:40:00, seen 30 s later"),
        (time(9, 42), "09:42:00, no touch"),
    ],
)
def test_a_page_says_how_a_moment_stands_to_the_touch_before_it(
    ended: duck.Connection, at: time, said: str
) -> None:
    """Also where nothing is decided before half a minute has passed."""
    settings = Settings(setup_waits=(30, 60))
    moment = moments.find(ended, settings, date(2024, 3, 5), "SMA_90", at)
    found = Found(moment, {"dir": -1, "price": 5000.0}, [], [], {}, [])
    assert analogs.where(found, settings) == f"at 5000.00, from above, 2024-03-05 {said}"
