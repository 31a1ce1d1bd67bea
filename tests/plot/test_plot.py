"""Pictures: the right format, the same bytes for the same data, and errors in one line."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from spymaster.errors import UsageError
from spymaster.plot import plot_level
from spymaster.settings import Settings


@pytest.mark.parametrize(
    ("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".html", b"<!doctype html>")]
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


def test_times_cut_the_picture(simulated: Settings, tmp_path: Path) -> None:
    shown = plot_level(
        simulated, "PM_HIGH", tmp_path / "cut.png", start=time(9, 32), end=time(9, 33)
    )
    assert shown == 13


def test_an_unknown_level_names_the_known_ones(simulated: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="NOWHERE: no such tracked level; there are: PM_HIGH"):
        plot_level(simulated, "NOWHERE", tmp_path / "a.png")


def test_an_unknown_format_names_the_known_ones(simulated: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ends in \.png, \.svg, \.html"):
        plot_level(simulated, "PM_HIGH", tmp_path / "a.pdf")


def test_times_without_a_bucket_are_refused(simulated: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no bucket of 2024-03-05"):
        plot_level(simulated, "PM_HIGH", tmp_path / "a.png", start=time(15), end=time(16))
