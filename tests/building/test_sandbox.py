"""The sandbox: rows given, what lies between built, and what is wrong said with its place."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from desk import WED, Desk
from spymaster.building.sandbox import Sandbox
from spymaster.definitions import loading
from spymaster.errors import ModelError

TRADES = """
    select ns::ubigint as ts_recv, 10500000000 as price, 3::uinteger as size, 'a' as file_id,
        0::uinteger as row_no
    from (select epoch_ns(timestamp '2024-03-06 15:00:00') as ns)
"""


def sandbox(desk: Desk, *ends: str, given: tuple[str, ...] = ()) -> Sandbox:
    project = loading.load(desk.settings, desk.sql, {})
    templates = project.renderer.session(WED)
    return Sandbox(project, templates, ends, desk.layout.tmp, given=given)


@pytest.fixture
def box(desk: Desk) -> Iterator[Sandbox]:
    with closing(sandbox(desk, "levels.ranks")) as found:
        yield found


def test_what_lies_between_what_is_given_and_what_is_asked_is_built(box: Sandbox) -> None:
    box.give("raw.trades", TRADES)
    box.build()
    assert [name for name, _ in box.creations()] == [
        *("staging.trades", "market.prints", "market.days", "levels.ranks")
    ]
    assert box.ask("from market.days") == [{"session": WED, "high": 10.5, "lots": 3}]


def test_rows_are_those_given_last_and_none_before(box: Sandbox) -> None:
    assert box.build().ask("from market.days") == []
    box.give("raw.trades", TRADES)
    box.give("raw.trades", TRADES.replace("3::uinteger", "4::uinteger"))
    assert box.build().ask("select lots from market.days") == [{"lots": 4}]
    box.empty("raw.trades")
    assert box.build().ask("from market.days") == []


def test_earlier_sessions_are_seen_by_who_looks_back_and_by_nobody_else(box: Sandbox) -> None:
    box.give("raw.trades", TRADES)
    box.give_earlier("market.days", "select date '2024-03-05' as session, 9.0 as high")
    box.build()
    assert box.ask("select last_high from levels.ranks") == [{"last_high": 9.0}]
    assert box.ask("select count(*) as n from market.days") == [{"n": 1}]


def test_a_model_that_is_given_is_not_built_and_columns_left_out_are_null(desk: Desk) -> None:
    with closing(sandbox(desk, "market.days", given=("market.prints",))) as box:
        box.give("market.prints", f"select date '{WED}' as session, 4 as size")
        assert box.build().ask("from market.days") == [{"session": WED, "high": None, "lots": 4}]


def test_what_fails_is_named(desk: Desk, box: Sandbox) -> None:
    with pytest.raises(ModelError, match=r"^raw\.trades: .*'many'"):
        box.give("raw.trades", "select 'many' as size")
    desk.edit("market/days.sql", "max(price)", "max(price / 'x'::double)")
    with closing(sandbox(desk, "market.days")) as broken:
        broken.give("raw.trades", TRADES)
        with pytest.raises(ModelError, match=r"^sql/market/days\.sql.*Could not convert string"):
            broken.build()
