"""The picture of a level as a file: its format, what it takes, and errors in one line."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from pathlib import Path

import pytest

from spymaster.charts import plot_level
from spymaster.charts.day import LevelDay
from spymaster.charts.level import said
from spymaster.errors import UsageError
from spymaster.settings import Settings
from spymaster.setups.touches import Touch

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize(
    ("suffix", "start"),
    [
        (".png", b"\x89PNG"),
        (".svg", b"<svg"),
        (".PNG", b"\x89PNG"),
        (".html", b"<!doctype html>"),
    ],
)
def test_a_picture_has_the_format_its_name_says(
    simulated: Settings, tmp_path: Path, suffix: str, start: bytes
) -> None:
    path = tmp_path / f"level{suffix}"
    assert plot_level(simulated, "PM_HIGH", path) == 120
    assert path.read_bytes().startswith(start)
    again = tmp_path / f"again{suffix}"
    plot_level(simulated, "PM_HIGH", again)
    assert again.read_bytes() == path.read_bytes()


def test_a_page_needs_no_network(simulated: Settings, tmp_path: Path) -> None:
    path = tmp_path / "level.html"
    plot_level(simulated, "PM_HIGH", path)
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"https?://([\w.]+)", text)) == {"www.w3.org"}  # names of namespaces
    assert "<script" not in text


def test_times_cut_the_picture(simulated: Settings, tmp_path: Path) -> None:
    path = tmp_path / "cut.svg"
    shown = plot_level(simulated, "PM_HIGH", path, start=time(9, 32), end=time(9, 33))
    assert shown == 12
    assert "09:32 to 09:33 New York time" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("wait_s", "horizon_s", "within"),
    [
        (0, 300, "5 minutes of arrival"),
        (0, 60, "1 minute of arrival"),
        (0, 90, "90 s of arrival"),
        (30, 300, "5 minutes from 30 s after arrival"),
    ],
)
def test_the_time_that_price_was_given_is_said_as_it_is(
    wait_s: int, horizon_s: int, within: str
) -> None:
    at, level = datetime(2024, 3, 5, 15), "PM_HIGH"
    touch = Touch(level, (level,), at, 6800.0, True, 1, "break", None, 5, 4, horizon_s, wait_s)
    day = LevelDay(date(2024, 3, 5), level, "ESH4", [], [], [], [touch], [], at, 5)
    assert said(day).startswith(f"Price came once. Within {within}: BREAK, it went 4 ticks on ")


def test_an_unknown_level_names_the_known_ones(simulated: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="NOWHERE: no such tracked level; there are: PM_HIGH"):
        plot_level(simulated, "NOWHERE", tmp_path / "a.png")


def test_an_unknown_format_names_the_known_ones(simulated: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ends in \.png, \.svg, \.html"):
        plot_level(simulated, "PM_HIGH", tmp_path / "a.pdf")


def test_times_without_a_bucket_are_refused_by_the_clock_of_the_window(
    simulated: Settings, tmp_path: Path
) -> None:
    said = "of 2024-03-05 from 2024-03-05 15:00:00 to 2024-03-05 16:00:00 New York time"
    with pytest.raises(UsageError, match=said):
        plot_level(simulated, "PM_HIGH", tmp_path / "a.png", start=time(15), end=time(16))
