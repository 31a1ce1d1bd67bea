"""Where a setting may stand, which place wins, and what is said about a wrong one."""

from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest

from spymaster.errors import RefusedError, UsageError
from spymaster.settings import ABOUT, Settings, agree, deciding, load


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own settings are not the test's."""
    for key in ABOUT:
        monkeypatch.delenv(f"SPYMASTER_{key.upper()}", raising=False)


SYMBOL = "expected the symbol of a product or contract, such as ES or ESH4"


def write(folder: Path, text: str) -> None:
    (folder / "spymaster.toml").write_text(text, encoding="utf-8")


def test_without_any_setting_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path) == Settings(warehouse=tmp_path / "warehouse")


def test_a_flag_beats_the_environment_beats_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 'root = "NQ"\ninstrument = "NQH4"\nband_ticks = 8\ntick_size = 0.5\n')
    monkeypatch.setenv("SPYMASTER_ROOT", "YM")
    monkeypatch.setenv("SPYMASTER_INSTRUMENT", "YMH4")
    monkeypatch.setenv("SPYMASTER_BAND_TICKS", "2")
    found = load(tmp_path, root="RTY", instrument=None)
    assert (found.root, found.instrument, found.band_ticks) == ("RTY", "YMH4", 2)
    assert found.tick_size == Decimal("0.5")


def test_what_a_warehouse_was_built_with_wins_only_for_who_reads_it(tmp_path: Path) -> None:
    """A builder is told where its own differ; a reader takes them, but for what is asked of it."""
    write(tmp_path, "analog_k = 9\nband_ticks = 8\n")
    built_with = {"analog_k": "7", "band_ticks": "6", "window_end": '"11:00"'}
    asked = {"own": lambda warehouse: built_with, "band_ticks": 2}
    reader, builder = (load(tmp_path, own_first=reads, **asked) for reads in (True, False))
    assert (reader.analog_k, reader.band_ticks, reader.window_end) == (7, 2, time(11))
    assert (builder.analog_k, builder.band_ticks, builder.window_end) == (9, 2, time(11))


@pytest.mark.parametrize("key", ["instrument", "option_days", "option_percent", "manual_levels"])
def test_a_value_that_a_warehouse_was_built_with_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    own = {"instrument": '"ESH4"', "option_days": "5"}
    own |= {"option_percent": "10.0", "manual_levels": '"levels.csv"', "root": '"NQ"'}
    assert getattr(load(tmp_path, own=lambda warehouse: own), key) is not None
    asked = load(tmp_path, own=lambda warehouse: own, **{key: "none"})
    assert getattr(asked, key) is None
    with pytest.raises(RefusedError, match=f"{key} is .*, --{key.replace('_', '-')} says none"):
        agree(asked, own)
    write(tmp_path, f'{key} = "none"\nroot = "none"\n')
    found = load(tmp_path, own=lambda warehouse: own)
    assert (getattr(found, key), found.root) == (None, "none")
    monkeypatch.setenv(f"SPYMASTER_{key.upper()}", "none")
    assert getattr(load(tmp_path, own=lambda warehouse: own), key) is None


@pytest.mark.parametrize("tick_size", ["0.250", "1", "1.0", "10", "1e-9", "0.015625", "1000000"])
def test_a_warehouse_is_what_it_was_built_with_however_that_was_spelt(
    tmp_path: Path, tick_size: str
) -> None:
    """Its ledger holds text, which is compared as text by the next command."""
    built = deciding(load(tmp_path, tick_size=tick_size))
    agree(load(tmp_path, own=lambda warehouse: built), built)
    agree(load(tmp_path, tick_size=float(tick_size)), built)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('warehouse = "data/wh"', {"warehouse": Path("data/wh")}),
        ('window_start = "08:00"\nwindow_end = 16:15:00', {"window_end": time(16, 15)}),
        ('timezone = "Europe/Berlin"', {"timezone": "Europe/Berlin"}),
        ("tick_size = 0.1", {"tick_size": Decimal("0.1")}),
        ('levels = ["OPEN", "VWAP"]', {"levels": ("OPEN", "VWAP")}),
        ('keep = "book.changes, book.steps"', {"keep": ("book.changes", "book.steps")}),
        ('manual_levels = "my.csv"', {"manual_levels": Path("my.csv")}),
        ("jobs = 4", {"jobs": 4}),
        ("setup_waits = [60, 0, 60]", {"setup_waits": (0, 60)}),
        ('setup_horizons = "300,5"', {"setup_horizons": (5, 300)}),
        ("barrier_scale = 1.5", {"barrier_scale": 1.5}),
        (
            "analog_blocks = {path = 1, states = 0, touch = 2.5, tape = 0}",
            {"analog_blocks": (("states", 0), ("touch", 2.5), ("tape", 0), ("path", 1))},
        ),
    ],
)
def test_every_setting_can_stand_in_the_file(
    tmp_path: Path, written: str, expected: dict[str, object]
) -> None:
    write(tmp_path, written)
    found = load(tmp_path)
    for key, value in expected.items():
        whole = tmp_path / value if isinstance(value, Path) else value
        assert getattr(found, key) == whole


def test_every_setting_can_stand_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {
        "warehouse": "wh",
        "window_start": "17:00",
        "window_end": "02:00:30",
        "timezone": "UTC",
        "root": "NQ",
        "instrument": "NQH4",
        "tick_size": "0.01",
        "interest_rate": "-0.01",
        "option_days": "0",
        "option_percent": "7.5",
        "band_ticks": "1",
        "levels": "OPEN,VWAP",
        "manual_levels": "/abs/my.csv",
        "setup_waits": "0, 15",
        "setup_horizons": "60",
        "barrier_floor_ticks": "2",
        "barrier_scale": "1",
        "analog_k": "30",
        "analog_cap": "1",
        "analog_blocks": "states=1, touch=0.5, tape=0, path=0",
        "analog_min_sessions": "10",
        "analog_incomplete": "true",
        "keep": "book.changes",
        "jobs": "2",
    }
    assert set(given) == set(ABOUT)
    for key, value in given.items():
        monkeypatch.setenv(f"SPYMASTER_{key.upper()}", value)
    assert load(tmp_path) == Settings(
        warehouse=tmp_path / "wh",
        window_start=time(17),
        window_end=time(2, 0, 30),
        timezone="UTC",
        root="NQ",
        instrument="NQH4",
        tick_size=Decimal("0.01"),
        interest_rate=-0.01,
        option_days=0,
        option_percent=7.5,
        band_ticks=1,
        levels=("OPEN", "VWAP"),
        manual_levels=Path("/abs/my.csv"),
        setup_waits=(0, 15),
        setup_horizons=(60,),
        barrier_floor_ticks=2,
        barrier_scale=1.0,
        analog_k=30,
        analog_cap=1,
        analog_blocks=(("states", 1.0), ("touch", 0.5), ("tape", 0.0), ("path", 0.0)),
        analog_min_sessions=10,
        analog_incomplete=True,
        keep=("book.changes",),
        jobs=2,
    )


def test_a_relative_warehouse_lies_below_the_project_and_a_tilde_is_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(warehouse="wh").warehouse == tmp_path / "wh"
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert load(warehouse="~/wh").warehouse == tmp_path / "home/wh"


@pytest.mark.parametrize(
    ("written", "allowed"),
    [
        ("warehouse = 5", "expected a path"),
        ('warehouse = ""', "expected a path"),
        ('window_start = "9:30"', "expected a time of day such as 09:30"),
        ('window_end = "25:00"', "expected a time of day such as 09:30"),
        ("window_end = 2024-03-05", "expected a time of day such as 09:30"),
        ("window_start = 09:30:00.5", "expected a time of day such as 09:30"),
        ('timezone = "Mars/Olympus"', "expected an IANA time zone such as America/New_York"),
        ('timezone = "../etc"', "expected an IANA time zone such as America/New_York"),
        ("root = 5", SYMBOL),
        ('instrument = " "', SYMBOL),
        ('tick_size = "abc"', "expected a multiple of 1E-9 points, at most 1000000"),
        ("tick_size = 0", "expected a multiple of 1E-9 points, at most 1000000"),
        ("tick_size = nan", "expected a multiple of 1E-9 points, at most 1000000"),
        ("tick_size = 1e-12", "expected a multiple of 1E-9 points, at most 1000000"),
        ("tick_size = 1.5e-9", "expected a multiple of 1E-9 points, at most 1000000"),
        ("tick_size = 1e30", "expected a multiple of 1E-9 points, at most 1000000"),
        ('warehouse = "a\\u0000b"', "expected a path without NUL"),
        ("interest_rate = 4", "expected a rate per year between -1 and 1, such as 0.04"),
        ('interest_rate = "nan"', "expected a rate per year between -1 and 1, such as 0.04"),
        ("option_days = -1", "expected a whole number from 0 to 100000"),
        ("option_days = 1.5", "expected a whole number from 0 to 100000"),
        ("option_percent = 0", "expected a share above 0 and up to 10000 %, such as 5"),
        ('option_percent = "nan"', "expected a share above 0 and up to 10000 %, such as 5"),
        ("option_percent = inf", "expected a share above 0 and up to 10000 %, such as 5"),
        ("band_ticks = 0", "expected a whole number from 1 to 4000"),
        ("band_ticks = 4001", "expected a whole number from 1 to 4000"),
        ("band_ticks = 1.0", "expected a whole number from 1 to 4000"),
        ("band_ticks = 1000000000000000000000", "expected a whole number from 1 to 4000"),
        ("jobs = 2000", "expected a whole number from 1 to 1024"),
        ('root = "E\'S"', SYMBOL),
        ('root = "E\\u0000"', SYMBOL),
        ('instrument = "ES\\n"', SYMBOL),
        ("jobs = true", "expected a whole number from 1 to 1024"),
        ("setup_waits = [0, 7]", "expected seconds from 0 to 86400, whole numbers of 5"),
        ("setup_waits = []", "expected seconds from 0 to 86400, whole numbers of 5"),
        ("setup_waits = [86405]", "expected seconds from 0 to 86400, whole numbers of 5"),
        ("setup_horizons = [0, 60]", "expected seconds from 5 to 86400, whole numbers of 5"),
        ("barrier_scale = 0", "expected a number above 0, at most 100"),
        ("analog_k = 0", "expected a whole number from 1 to 10000"),
        ('analog_incomplete = "perhaps"', "expected true or false"),
        ('analog_blocks = "states=1"', "expected a weight for each of states, touch, tape, path"),
        ("analog_blocks = [1]", "expected a weight for each of states, touch, tape, path"),
        (
            "analog_blocks = {states = 1, touch = true, tape = 1, path = 1}",
            "expected a weight for each of states, touch, tape, path",
        ),
        (
            "analog_blocks = {states = 0, touch = 0, tape = 0, path = 0}",
            "expected weights from 0 on, not all of them 0",
        ),
        ("levels = 5", "expected a list of names"),
        ("keep = [5]", "expected a list of names"),
    ],
)
def test_a_wrong_value_is_named_with_its_place_and_what_is_allowed(
    tmp_path: Path, written: str, allowed: str
) -> None:
    write(tmp_path, written)
    key = written.split(" =", 1)[0]
    with pytest.raises(UsageError, match=rf"^spymaster\.toml: {key} = .*: {allowed}$"):
        load(tmp_path)


def test_a_wrong_value_names_the_variable_or_the_option_it_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match=r"^--window-start = 'noon': expected a time"):
        load(tmp_path, window_start="noon")
    monkeypatch.setenv("SPYMASTER_JOBS", "many")
    with pytest.raises(UsageError, match=r"^SPYMASTER_JOBS = 'many': expected a whole number"):
        load(tmp_path)


def test_an_unknown_setting_is_refused_and_the_known_ones_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = "unknown setting; allowed: warehouse, window_start, .*, jobs$"
    write(tmp_path, "windw_start = 5")
    with pytest.raises(UsageError, match=rf"^spymaster\.toml: windw_start: {known}"):
        load(tmp_path)
    write(tmp_path, "")
    monkeypatch.setenv("SPYMASTER_WAREHOUS", "wh")
    with pytest.raises(UsageError, match=f"^SPYMASTER_WAREHOUS: {known}"):
        load(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "root = ",
        "root = 'ES'\nroot = 'NQ'",
        "\ufeffroot = 'ES'",
        pytest.param(f"jobs = {'1' * 5_000}", id="a number of 5,000 digits"),
        pytest.param(f"levels = {'[' * 5_000}", id="5,000 lists in lists"),
    ],
)
def test_a_file_that_is_not_toml_is_named_in_one_line(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    with pytest.raises(UsageError, match=r"spymaster\.toml: not valid TOML: .*$") as raised:
        load(tmp_path)
    assert "\n" not in str(raised.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "spymaster.toml").mkdir()
    with pytest.raises(UsageError, match=r"spymaster\.toml: cannot be read: Is a directory"):
        load(tmp_path)
    (tmp_path / "spymaster.toml").rmdir()
    (tmp_path / "spymaster.toml").write_bytes(b"root = '\xff'")
    with pytest.raises(UsageError, match=r"spymaster\.toml: not valid TOML"):
        load(tmp_path)
