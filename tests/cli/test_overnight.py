"""A window that crosses midnight: what its clock shows is of the day that the window has then."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import pytest

import spymaster
from cli.conftest import SESSION, Shell, single_line
from first_use import Used
from spymaster import operations
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.simulate import simulate

LEVEL = "ROUND_25_BELOW"
NIGHT = (time(23, 55), time(0, 5))
"""Tokyo; 09:55 to 10:05 New York."""


@pytest.mark.parametrize(
    ("window", "at", "end", "start"),
    [
        ((time(17), time(8)), time(20), "03-05 20:00", "03-05 20:00"),
        ((time(17), time(8)), time(0), "03-06 00:00", "03-06 00:00"),
        ((time(17), time(8)), time(5), "03-06 05:00", "03-06 05:00"),
        ((time(18), time(18)), time(18), "03-06 18:00", "03-05 18:00"),
        ((time(9, 30), time(12, 30)), time(8), "03-05 08:00", "03-05 08:00"),
        ((time(17), time(0)), time(23), "03-05 23:00", "03-05 23:00"),
    ],
)
def test_a_clock_is_of_the_day_that_the_window_has_then(
    window: tuple[time, time], at: time, end: str, start: str
) -> None:
    settings = Settings(window_start=window[0], window_end=window[1], timezone="UTC")
    assert f"{settings.placed(SESSION, at):%m-%d %H:%M}" == end
    assert f"{settings.placed(SESSION, at, is_start=True):%m-%d %H:%M}" == start


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, used: Used) -> Shell:
    """Ten minutes around midnight of the window's zone, with options."""
    folder = tmp_path_factory.mktemp("night")
    settings = Settings(
        used(folder / "warehouse"),
        window_start=NIGHT[0],
        window_end=NIGHT[1],
        timezone="Asia/Tokyo",
        levels=("ROUND_25",),
    )
    made = simulate(
        folder / "files", session=SESSION, world="W0", rate=0.01, start=time(9, 50), end=time(10, 6)
    )
    land(made.files, settings)
    assert operations.run(settings).failures == []
    return Shell(folder)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("args", "shown"),
    [
        ((), 120),
        (("--from", "23:57", "--to", "00:03"), 72),
        (("--from", "00:01"), 48),
        (("--to", "23:56"), 12),
    ],
)
def test_a_level_is_drawn_on_both_days(
    night: Shell, tmp_path: Path, args: tuple[str, ...], shown: int
) -> None:
    drawn = night.inside("plot", LEVEL, "-o", tmp_path / "night.svg", *args)
    assert drawn.stderr == f"{tmp_path / 'night.svg'}: {shown} buckets\n"


@pytest.mark.thorough
def test_where_there_is_nothing_both_days_are_named(night: Shell, tmp_path: Path) -> None:
    asked = ("plot", LEVEL, "-o", tmp_path / "night.svg", "--from", "00:20", "--to", "00:30")
    assert single_line(night.inside(*asked)) == (
        f"{LEVEL}: no bucket of 2024-03-05 from 2024-03-06 00:20:00 to 2024-03-06 00:30:00"
        " Tokyo time"
    )


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("args", "at"),
    [((), "2024-03-06 00:05:00"), (("--at", "00:02"), "2024-03-06 00:02:00")],
)
def test_gamma_is_that_of_the_next_day(
    night: Shell, tmp_path: Path, args: tuple[str, ...], at: str
) -> None:
    drawn = night.inside("plot", "gex", "-o", tmp_path / "gex.svg", *args)
    assert drawn.returncode == 0, drawn.stderr
    assert f"{at} Tokyo time" in (tmp_path / "gex.svg").read_text(encoding="utf-8")


@pytest.mark.thorough
def test_the_page_of_a_session_shows_all_of_it(night: Shell, tmp_path: Path) -> None:
    written = night.inside("report", "latest", "-o", tmp_path / "night.html")
    assert written.returncode == 0, written.stderr
    assert "23:55 to 00:05 Tokyo time" in (tmp_path / "night.html").read_text(encoding="utf-8")


@pytest.mark.thorough
def test_the_past_is_asked_about_the_next_day(night: Shell) -> None:
    with spymaster.connect(night.warehouse) as db:
        assert db.similar(LEVEL, at="00:02").moment.at == datetime(2024, 3, 5, 15, 2)
        assert db.similar(LEVEL, at="23:58").moment.session == date(2024, 3, 5)
