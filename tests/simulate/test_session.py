"""A simulated session is a set of vendor files."""

from datetime import date, time
from pathlib import Path

import pytest

from simulate.sessions import read, short
from spymaster.errors import UsageError
from spymaster.simulate import SimulatedSession
from spymaster.simulate.contract import front


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> SimulatedSession:
    return short(tmp_path_factory.mktemp("first"))


def test_the_same_arguments_write_the_same_bytes(first: SimulatedSession, tmp_path: Path) -> None:
    second = short(tmp_path)
    for one, other in zip(first.files, second.files, strict=True):
        assert one.read_bytes() == other.read_bytes()
    assert first.truth.read_bytes() == second.truth.read_bytes()


@pytest.mark.parametrize("seed", [35, 79, 98])
def test_a_quiet_night_may_draw_no_order_at_its_best_quote(tmp_path: Path, seed: int) -> None:
    """One rests there all the same."""
    night = {"session": date(2024, 3, 5), "start": time(4), "end": time(4, 0, 1)}
    assert short(tmp_path, seed=seed, options=False, **night).records > 0


def test_another_seed_is_another_session(first: SimulatedSession, tmp_path: Path) -> None:
    second = short(tmp_path, seed=1)
    assert first.mbo.read_bytes() != second.mbo.read_bytes()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"world": "W9"}, "W9"),
        ({"rate": 0.0}, "rate"),
        ({"strength": -1.0}, "strength"),
        ({"end": time(9, 0)}, "end"),
        ({"end": time(17, 30)}, "end"),
    ],
)
def test_an_argument_that_makes_no_sense_is_named(
    tmp_path: Path, given: dict[str, object], named: str
) -> None:
    with pytest.raises(UsageError, match=named):
        short(tmp_path, **given)
    assert not list(tmp_path.iterdir())


def test_every_file_names_the_same_contract(first: SimulatedSession) -> None:
    for path in first.future_files:
        assert set(read(path)["instrument_id"].tolist()) == {first.instrument_id}
    definition = read(first.definition)[0]
    assert definition["raw_symbol"] == first.symbol.encode()
    assert definition["instrument_class"] == b"F"


@pytest.mark.parametrize(
    ("session", "symbol"),
    [
        (date(2025, 3, 3), "ESH5"),
        (date(2025, 3, 16), "ESH5"),
        (date(2025, 3, 17), "ESM5"),
        (date(2025, 12, 16), "ESH6"),
        (date(2026, 1, 2), "ESH6"),
    ],
)
def test_the_front_contract_rolls_in_the_week_of_its_expiry(session: date, symbol: str) -> None:
    assert front(session).symbol == symbol


def test_progress_ends_at_the_number_of_records_written(tmp_path: Path) -> None:
    seen: list[tuple[int, float]] = []
    written = short(tmp_path, progress=lambda records, share: seen.append((records, share)))
    assert seen[-1] == (written.records, 1.0)
    assert written.records == len(read(written.mbo))
