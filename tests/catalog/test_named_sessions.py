"""A session named in the relation's macro: its rows, and no look at any other's files."""

import shutil
from pathlib import Path

import pytest

from desk import FRI, MON, WED, Desk
from spymaster.warehouse import duck


@pytest.fixture
def built(desk: Desk) -> Desk:
    """Return a desk with three sessions."""
    for day, price in ((MON, 10.0), (WED, 12.0), (FRI, 14.0)):
        desk.land(day, price)
    desk.run()
    return desk


def test_a_session_is_a_date_or_its_text_and_another_has_no_rows(built: Desk) -> None:
    for said in ("'2024-03-06'", "date '2024-03-06'", "session := '2024-03-06'"):
        assert built.rows(f"from market.lows({said})") == [(WED, 12.0)]
        assert built.rows(f"from market.days({said})") == [(WED, 12.0, 1)]
    assert built.rows("from market.lows('2024-03-05')") == []
    assert built.rows("from market.lows(null)") == built.rows("from market.lows")


def test_what_is_no_date_is_refused(built: Desk) -> None:
    with pytest.raises(duck.DuckError, match="invalid date"):
        built.rows("from market.lows('PM_HIGH')")


def test_records_are_named_by_their_date(built: Desk) -> None:
    found = built.rows("select date, price from raw.trades('2024-03-08')")
    assert found == [(FRI, 14_000_000_000)]
    assert built.rows("from raw.trades('2024-03-05')") == []


def test_no_file_of_another_session_is_looked_at(built: Desk) -> None:
    (file,) = built.layout.root.glob(f"models/market.lows/session={WED}/*.parquet")
    file.unlink()
    with pytest.raises(duck.DuckError, match=str(WED)):
        built.rows(f"from market.lows where session = '{FRI}'")
    assert built.rows(f"from market.lows('{FRI}')") == [(FRI, 14.0)]


def test_sessions_of_other_sql_have_the_columns_of_all(built: Desk) -> None:
    built.edit(
        "market/lows.sql", "low:     DOUBLE", "width:   DOUBLE | points | none\n  low:     DOUBLE"
    )
    built.edit("market/lows.sql", "min(price)", "0::double as width, min(price)")
    built.run(session=FRI)
    for day in (MON, FRI):
        assert built.rows(f"from market.lows('{day}')") == built.rows(
            f"from market.lows where session = '{day}'"
        )


def test_a_relation_of_no_file_has_no_row_of_any_session(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    assert desk.rows(f"from raw.definition('{MON}')") == []


def test_a_client_that_attaches_the_catalog_may_name_a_session(built: Desk, tmp_path: Path) -> None:
    odd = built.using(warehouse=tmp_path / "it's a b, 50% | #'x' 2024-03-06")
    shutil.move(built.layout.root, odd.layout.root)
    odd.run()
    with duck.in_memory(tmp_path / "spill") as reader:
        link = str(odd.layout.link).replace("'", "''")
        reader.execute(f"attach '{link}' as elsewhere (read_only)")
        rows = reader.execute(f"select low from elsewhere.market.lows('{WED}')").fetchall()
        assert rows == [(12.0,)]
