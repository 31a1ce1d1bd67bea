"""Whose settings a command uses, from whichever folder it is run."""

import re
import tomllib
from pathlib import Path

import pytest

from cli.conftest import Shell, Shown, single_line
from spymaster.settings import ABOUT, FILE, Settings, load, template

PLANNED = ("plan", "--exit-code", "--warehouse")


def test_the_demos_warehouse_is_up_to_date_from_any_folder(
    demonstrated: Shown, shell: Shell, tmp_path: Path
) -> None:
    (tmp_path / FILE).unlink()
    for folder in (demonstrated.shell, shell):
        result = folder.inside(*PLANNED, demonstrated.warehouse)
        assert (result.returncode, result.stdout.count(" run ")) == (0, 0), result.stderr


def test_a_build_under_other_settings_is_refused_and_says_where_they_stand(
    built: Shell, tmp_path: Path
) -> None:
    (tmp_path / FILE).write_text('band_ticks = 8\nwindow_start = "09:31"\n')
    result = Shell(tmp_path).inside(
        "run", "--warehouse", built.warehouse, "--window-end", "09:33", SPYMASTER_ROOT="NQ"
    )
    assert result.returncode == 4
    assert single_line(result) == (
        f"{built.warehouse}: was built with other settings:"
        ' window_end is "09:34", --window-end says "09:33";'
        ' root is "ES", SPYMASTER_ROOT says "NQ";'
        f" band_ticks is 4, {FILE} says 8;"
        " leave them out, or --change-settings to build its sessions again"
    )


def test_a_plan_shows_what_changed_settings_would_build(built: Shell, tmp_path: Path) -> None:
    asked = (*PLANNED, built.warehouse, "--window-end", "09:33")
    assert Shell(tmp_path).inside(*asked).returncode == 4
    result = Shell(tmp_path).inside(*asked, "--change-settings")
    assert result.returncode == 5
    assert "setting window_end" in result.stdout


def test_who_only_reads_sees_the_warehouse_as_it_was_built(built: Shell, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('window_end = "10:00"\ntimezone = "Asia/Tokyo"\n')
    result = Shell(tmp_path).inside("doctor", "--warehouse", built.warehouse)
    assert result.returncode == 0, result.stderr
    assert "1, 0 to build" in result.stdout


def test_a_project_is_its_folder_and_all_below_it(built: Shell) -> None:
    below = built.folder / "notes" / "march"
    below.mkdir(parents=True, exist_ok=True)
    result = Shell(below).inside("tables", "--like", "sessions")
    assert (result.returncode, result.stderr) == (0, "")


def test_the_nearest_file_counts_then_the_one_beside_what_landed(tmp_path: Path) -> None:
    project, warehouse = tmp_path / "project", tmp_path / "data"
    (project / "below").mkdir(parents=True)
    warehouse.mkdir()
    (tmp_path / FILE).write_text("analog_k = 3\n")
    (project / FILE).write_text('warehouse = "../data"\nband_ticks = 8\nmanual_levels = "my.csv"\n')
    (warehouse / FILE).write_text('band_ticks = 2\nroot = "NQ"\nmanual_levels = "their.csv"\n')
    found = load(project / "below")
    assert found.warehouse.resolve() == warehouse
    assert (found.band_ticks, found.root, found.analog_k) == (8, "NQ", 20)
    assert found.manual_levels == project / "my.csv"
    assert load(tmp_path / "data").band_ticks == 2


def test_what_a_warehouse_was_built_with_stands_in_for_the_default(tmp_path: Path) -> None:
    own = {"window_end": '"11:00"', "manual_levels": '"../my.csv"', "instrument": "", "gone": "1"}
    (tmp_path / FILE).write_text("band_ticks = 8\n")
    found = load(tmp_path, own=lambda warehouse: own | {"band_ticks": "2"})
    assert (f"{found.window_end:%H:%M}", found.band_ticks, found.instrument) == ("11:00", 8, None)
    assert found.manual_levels is not None
    assert found.manual_levels.resolve() == tmp_path / "my.csv"
    read = load(tmp_path, own=lambda warehouse: own | {"band_ticks": "2"}, own_first=True)
    assert read.band_ticks == 2


@pytest.mark.parametrize(
    "command", [("tables",), ("query", "select 1"), ("plot", "gex", "-o", "a.png")]
)
def test_without_a_warehouse_the_demos_is_named(
    demonstrated: Shown, shell: Shell, command: tuple[str, ...]
) -> None:
    said = single_line(demonstrated.shell.inside(*command))
    assert said.endswith("no catalog yet; the demo's is there: --warehouse demo/warehouse")
    assert single_line(shell.inside(*command)).endswith("land files and run the models first")


def test_init_explains_every_setting_and_changes_none(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert shell.inside("init").returncode == 0
    text = (tmp_path / FILE).read_text()
    assert tomllib.loads(text) == {}
    assert load(tmp_path) == Settings(tmp_path / "warehouse")
    shown = re.sub(r"^# (?=\w+ = )", "", text, flags=re.MULTILINE)
    (tmp_path / FILE).write_text(shown)
    assert set(tomllib.loads(shown)) == set(ABOUT)
    examples = {"manual_levels", "instrument", "option_days", "option_percent"}
    defaults, found = Settings(tmp_path / "warehouse"), load(tmp_path)
    assert {key for key in ABOUT if getattr(found, key) != getattr(defaults, key)} == examples


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("band_ticks = 8\n")
    result = Shell(tmp_path).inside("init")
    assert result.returncode == 4
    assert single_line(result) == f"{FILE}: is there already; move it away first"
    assert (tmp_path / FILE).read_text() == "band_ticks = 8\n"
    assert all(len(line) <= 100 for line in template().splitlines())
