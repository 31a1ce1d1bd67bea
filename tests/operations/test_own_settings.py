"""A warehouse keeps the settings that it was built with, until someone says that they change."""

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from desk import MON, WED, Desk
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

WAITING = """
import sys
from datetime import time
from pathlib import Path
from spymaster import operations
from spymaster.settings import Settings
def report(event):
    print(event.action, event.session, flush=True)
    if (event.action, str(event.session)) == ("start", sys.argv[3]):
        sys.stdin.read()
settings = Settings(warehouse=Path(sys.argv[1]), window_end=time(11), jobs=1)
operations.backfill(settings, sql=Path(sys.argv[2]), report=report, change_settings=True)
"""
"""A program that changes the settings and waits for ever once it has begun a session."""


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


def end_at(desk: Desk, session: str, number: int) -> None:
    """Change the settings in a process that is sent a signal once it has begun a session."""
    args = [sys.executable, "-c", WAITING, str(desk.settings.warehouse), str(desk.sql), session]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(args, stdin=pipe, stdout=pipe, stderr=nowhere, text=True) as running:
        assert running.stdout is not None
        while running.stdout.readline() != f"start {session}\n":
            assert running.poll() is None
        running.send_signal(number)
        running.wait(60)  # before the pipe is closed that it reads


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_change_that_ends_before_its_first_build_changes_nothing(
    built: Desk, number: signal.Signals
) -> None:
    end_at(built, str(WED), number)
    assert own(built) == deciding(built.settings)
    assert built.run().built == []


def test_a_change_that_ends_after_its_first_build_goes_on(built: Desk) -> None:
    built.land(MON, 10.0)
    end_at(built, str(WED), signal.SIGKILL)
    changed = replace(built.settings, window_end=time(11))
    assert own(built) == deciding(changed)
    assert {build.session for build in operations.run(changed, sql=built.sql).built} == {WED}


def test_a_change_under_which_everything_fails_changes_nothing_however_often_it_is_tried(
    built: Desk,
) -> None:
    built.edit("audits/positive.sql", "high <= 0", "high < 10.5")
    built.land(MON, *[10.0] * 5, 11.0)
    assert built.run().failures == []
    other = replace(built.settings, window_end=time(10, 0, 5))
    for _ in range(2):
        tried = operations.run(other, None, MON, sql=built.sql, change_settings=True)
        assert "audits.positive" in tried.failures[0]
        assert own(built) == deciding(built.settings)


def test_settings_that_leave_all_as_it_is_become_the_warehouses_own(built: Desk) -> None:
    other = replace(built.settings, analog_k=7)
    assert operations.run(other, sql=built.sql, change_settings=True).built == []
    assert own(built) == deciding(other)


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
