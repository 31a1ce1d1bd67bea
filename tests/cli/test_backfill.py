"""A backfill as a shell runs it."""

import pytest

from cli.conftest import Shell
from cli.test_terminal import on_terminal

pytestmark = pytest.mark.thorough


def test_nothing_to_do_is_said(built: Shell) -> None:
    result = built.inside("backfill", "--from", "2024-03-01", "--to", "2024-03-05", "--jobs", "2")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr.startswith("0 sessions built, ")
    assert result.stderr.endswith(" partitions were up to date\n")


def test_a_range_without_a_session_is_a_mistake(built: Shell) -> None:
    result = built.inside("backfill", "--from", "2024-03-06")
    assert result.returncode == 2
    said = "error: no session from 2024-03-06 to the last: there is 2024-03-05\n"
    assert result.stderr == said


def test_a_failure_is_a_line_and_the_exit_code(moved: Shell) -> None:
    for path in moved.warehouse.glob("raw/mbo/**/*.parquet"):
        path.unlink()
    result = moved.inside("backfill", "--band-ticks", "8", "--change-settings")
    assert (result.returncode, result.stdout) == (1, "")
    error, failed, summary = result.stderr.splitlines()
    assert failed == "2024-03-05 failed; 0 left"
    assert error.startswith("error: 2024-03-05 input: IO Error: No files found that match")
    assert summary.startswith("0 sessions built, ")


def test_a_plan_names_the_setting_and_not_the_sql_that_says_it(moved: Shell) -> None:
    planned = moved.inside("plan", "--band-ticks", "8", "--change-settings").stdout
    lines = (line for line in planned.splitlines() if len(line.split()) > 2)
    (cells,) = (line for line in lines if line.split()[2] == "pressure.cells_5s")
    assert "setting band_ticks changed" in cells
    assert "SQL" not in cells


def test_a_terminal_shows_how_far_it_is(moved: Shell) -> None:
    asked = ("+pressure.states_5s", "--band-ticks", "8", "--change-settings")
    code, shown = on_terminal(moved, "backfill", *asked)
    assert code == 0
    assert "sessions" in shown
    assert "1/1" in shown
    assert "2024-03-05 pressure." in shown
    assert "1 session built, " in shown.splitlines()[-1]
