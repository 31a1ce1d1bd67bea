"""A thin session still looks like the real market, within tolerances."""

from datetime import time
from pathlib import Path

import pytest

from simulate.sessions import short
from spymaster.simulate import report

SMALL_MOVES = {
    "mid moves, RMS at 5 s, ticks",
    "variance of 2 min over that of 5 s, a step",
    "arrivals at a level nobody knows, an hour",
    *(f"of these {end} within 2 min, share" for end in ("break", "reject", "chop")),
}
"""What a session whose price is led to levels misses, and says so: it moves a fifth as far."""


@pytest.mark.thorough
def test_a_thin_session_is_as_real_as_a_full_one(tmp_path: Path) -> None:
    written = short(tmp_path, world="W0", start=time(9, 15), end=time(12, 30))
    found = report(written)
    assert {figure.name for figure in found.missed} <= SMALL_MOVES, found.text()
    assert 0.5 < found["records a second"].value / (0.05 * 5_000_000 / 10_800) < 2.5


@pytest.mark.thorough
def test_a_realistic_session_moves_as_far_as_the_market(tmp_path: Path) -> None:
    written = short(
        tmp_path, world="W0", rate=0.02, realistic=True, start=time(9, 15), end=time(12, 30)
    )
    found = report(written)
    assert not SMALL_MOVES & {figure.name for figure in found.missed}, found.text()
    assert 2 < found["mid moves, RMS at 5 s, ticks"].value < 5


def test_a_file_without_regular_hours_has_nothing_to_report(tmp_path: Path) -> None:
    written = short(tmp_path, start=time(9, 0), end=time(9, 5))
    assert report(written).figures == ()


def test_a_table_shows_every_figure_beside_its_range(tmp_path: Path) -> None:
    found = report(short(tmp_path))
    lines = found.text().splitlines()
    assert len(lines) == len(found.figures)
    assert "0.93 .. 0.97" in next(line for line in lines if line.startswith("orders pulled"))
    assert next(line for line in lines if line.startswith("volume at")).split()[-3:-1] == [
        "-",
        "1.2",
    ]
