"""A thin session still looks like the real market, within tolerances."""

from datetime import time
from pathlib import Path

from simulate.sessions import short
from spymaster.simulate import report


def test_a_thin_session_is_as_real_as_a_full_one(tmp_path: Path) -> None:
    written = short(tmp_path, world="W0", start=time(9, 15), end=time(12, 30))
    found = report(written)
    assert not found.missed, found.text()
    assert 0.5 < found["records a second"].value / (0.05 * 5_000_000 / 10_800) < 2.5


def test_a_file_without_regular_hours_has_nothing_to_report(tmp_path: Path) -> None:
    written = short(tmp_path, start=time(9, 0), end=time(9, 5))
    assert report(written).figures == ()


def test_a_table_shows_every_figure_beside_its_range(tmp_path: Path) -> None:
    found = report(short(tmp_path))
    lines = found.text().splitlines()
    assert len(lines) == len(found.figures)
    assert "0.93 .. 0.97" in next(line for line in lines if line.startswith("orders pulled"))
