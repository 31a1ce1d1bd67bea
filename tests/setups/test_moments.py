"""Which touch a search is about, where one level was part of several."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path

import pytest

from spymaster.settings import Settings
from spymaster.setups import moments
from spymaster.warehouse import duck


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(("approach", "first"), [("from_below", "LOW"), ("from_above", "HIGH")])
def test_a_level_within_two_touches_of_one_bucket_is_of_the_one_reached_first(
    tmp_path: Path, approach: str, first: str, order: str
) -> None:
    """Price jumps past levels six ticks apart, and past the one between them."""
    at = datetime(2024, 3, 5, 14, 40)
    with closing(duck.in_memory(tmp_path, threads=1)) as connection:
        connection.execute(
            "create schema pressure;"
            "create table pressure.levels_5s as select 'BETWEEN' as level_id;"
            "create table pressure.touches as"
            f" select timestamp '{at}' as bucket_end, '{approach}' as approach, *"
            " from (values ('LOW', 20000), ('HIGH', 20006)) as touches (cluster_id, tick)"
            f" order by tick {order};"
            "alter table pressure.touches add column level_ids varchar[];"
            "update pressure.touches set level_ids = [cluster_id, 'BETWEEN']"
        )
        found = moments.find(connection, Settings(), date(2024, 3, 5), "BETWEEN", time(9, 40))
    assert (found.cluster_id, found.touched_at) == (first, at)
