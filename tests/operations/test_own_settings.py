"""A warehouse keeps the settings that it was built with, until someone says that they change."""

from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from desk import WED, Desk
from spymaster import operations
from spymaster.errors import RefusedError
from spymaster.settings import DECIDING, agree, deciding
from spymaster.warehouse.ledger import Ledger

VERBS = {
    "plan": operations.plan,
    "run": operations.run,
    "backfill": operations.backfill,
    "publish": operations.publish,
    "check": operations.check,
    "gc": operations.gc,
}
OTHER = {"window_end": time(11), "keep": ("market.prints",), "analog_k": 7}


@pytest.fixture
def built(desk: Desk) -> Desk:
    """A warehouse whose window ends at 12:00."""
    noon = Desk(desk.sql, replace(desk.settings, window_end=time(12)))
    noon.land(WED, 10.0, 11.0)
    assert noon.run().failures == []
    return noon


def own(desk: Desk) -> dict[str, str]:
    return Ledger(desk.layout).settings()


def test_the_first_build_writes_down_all_that_decides_rows(built: Desk) -> None:
    assert own(built) == deciding(built.settings)
    assert set(own(built)) == set(DECIDING)
    assert own(built)["window_end"] == '"12:00"'
    assert not own(built).keys() & {"warehouse", "jobs"}


def test_what_landed_and_was_not_built_has_no_settings_yet(desk: Desk) -> None:
    desk.land(WED, 10.0)
    operations.publish(desk.settings, sql=desk.sql)
    assert own(desk) == {}
    assert operations.plan(replace(desk.settings, window_end=time(11)), sql=desk.sql).todo, (
        "any settings may be the first"
    )


@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_takes_other_settings_than_the_warehouse_has(built: Desk, verb: str) -> None:
    other = replace(built.settings, sources={"window_end": "--window-end"}, **OTHER)
    before, catalog = own(built), built.layout.link.readlink()
    with pytest.raises(RefusedError) as raised:
        VERBS[verb](other, sql=built.sql)
    assert str(raised.value) == (
        f"{built.settings.warehouse}: was built with other settings:"
        ' window_end is "12:00", --window-end says "11:00";'
        " analog_k is 20, here says 7;"
        ' keep is [], here says ["market.prints"];'
        " leave them out, or --change-settings to build its sessions again"
    )
    assert (own(built), built.layout.link.readlink()) == (before, catalog)


def test_changed_settings_build_the_sessions_again_and_are_the_warehouses_own(built: Desk) -> None:
    other = replace(built.settings, window_end=time(10, 0, 5))
    planned = operations.plan(other, sql=built.sql, change_settings=True)
    assert planned.todo
    assert own(built) == deciding(built.settings), "a plan changes nothing"
    report = operations.run(other, sql=built.sql, change_settings=True)
    assert {build.relation for build in report.built} >= {"market.days"}
    assert own(built) == deciding(other)
    assert operations.run(other, sql=built.sql).built == []
    with pytest.raises(RefusedError):
        built.run()


def test_a_setting_that_a_warehouse_does_not_know_yet_was_built_by_its_default(built: Desk) -> None:
    """It is younger than the warehouse."""
    before = {key: text for key, text in own(built).items() if key != "analog_k"}
    agree(built.settings, before)
    with pytest.raises(RefusedError, match="analog_k is 20, here says 7"):
        agree(replace(built.settings, analog_k=7), before)


def test_jobs_may_differ_from_run_to_run(built: Desk) -> None:
    assert operations.plan(replace(built.settings, jobs=2), sql=built.sql).todo == {}


def test_a_file_of_levels_is_known_by_what_it_says(built: Desk, tmp_path: Path) -> None:
    header = "session,level_id,price,known_at\n"
    here, there = tmp_path / "levels.csv", tmp_path / "away" / "levels.csv"
    there.parent.mkdir()
    here.write_text(header)
    listed = replace(built.settings, manual_levels=here)
    assert deciding(listed)["manual_levels"] == '"../levels.csv"'
    with pytest.raises(RefusedError, match=r'manual_levels is none, here says "\.\./levels\.csv"'):
        operations.plan(listed, sql=built.sql)
    operations.run(listed, sql=built.sql, change_settings=True)
    moved = replace(built.settings, manual_levels=there)
    there.write_text(header)
    operations.plan(moved, sql=built.sql)
    there.write_text(header + "2024-03-06,MINE,10.5,2024-03-06 09:00\n")
    with pytest.raises(RefusedError, match=r'is "\.\./levels\.csv", here says "\.\./away/levels'):
        operations.plan(moved, sql=built.sql)
    here.write_text(header + "2024-03-06,MINE,11.5,2024-03-06 09:00\n")
    operations.plan(listed, sql=built.sql)
    here.unlink()
    operations.plan(moved, sql=built.sql)
