"""A simulated session is a set of vendor files whose book adds up."""

from datetime import date, time
from pathlib import Path

import pytest

from spymaster.errors import UsageError
from spymaster.simulate import SimulatedSession, simulate

DAY = date(2025, 3, 3)


def short(folder: Path, **given: object) -> SimulatedSession:
    options = {"session": DAY, "rate": 0.05, "start": time(9, 28), "end": time(9, 38)} | given
    return simulate(folder, **options)  # type: ignore[arg-type]


def test_the_same_arguments_write_the_same_bytes(tmp_path: Path) -> None:
    first, second = short(tmp_path / "a"), short(tmp_path / "b")
    for one, other in zip(first.files, second.files, strict=True):
        assert one.read_bytes() == other.read_bytes()
    assert first.truth.read_bytes() == second.truth.read_bytes()


def test_another_seed_is_another_session(tmp_path: Path) -> None:
    first, second = short(tmp_path / "a"), short(tmp_path / "b", seed=1)
    assert first.mbo.read_bytes() != second.mbo.read_bytes()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"world": "W9"}, "W9"),
        ({"rate": 0.0}, "rate"),
        ({"strength": -1.0}, "strength"),
        ({"end": time(9, 0)}, "end"),
    ],
)
def test_an_argument_that_makes_no_sense_is_named(
    tmp_path: Path, given: dict[str, object], named: str
) -> None:
    with pytest.raises(UsageError, match=named):
        short(tmp_path, **given)
    assert not list(tmp_path.iterdir())
