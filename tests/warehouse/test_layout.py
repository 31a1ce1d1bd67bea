"""Which folders can be a warehouse."""

import os
from pathlib import Path

import pytest

from spymaster.errors import UsageError
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.warehouse.layout import Layout


@pytest.mark.parametrize("name", ["size=9", "date=2020-01-01/warehouse", "what?", b"\xff"])
def test_a_path_that_duckdb_reads_more_in_than_names_is_refused(
    tmp_path: Path, name: str | bytes
) -> None:
    """As hive does it takes size=9 for the size of every record below."""
    folder = tmp_path / os.fsdecode(name)
    with pytest.raises(UsageError, match=r"^warehouse = .*; allowed: one of text without = and \?"):
        land([Path(__file__)], Settings(warehouse=folder))
    assert not folder.exists()


def test_a_link_is_judged_by_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "size=9").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "size=9")
    with pytest.raises(UsageError, match=r"^warehouse = "):
        Layout(tmp_path / "link")


@pytest.mark.parametrize("name", ["it's 50% of [a] *b #c; d", "Börse", "=x"])
def test_any_other_name_will_do(tmp_path: Path, name: str) -> None:
    assert Layout(tmp_path / name).root == tmp_path / name
