"""One instrument and date from two files: refused, or replaced without losing anything."""

from pathlib import Path

import pytest

from land.files import DAY_NS, HOUR_NS, orders, write
from spymaster.land import Landing, land
from spymaster.settings import Settings
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger

LATE = DAY_NS + 23 * HOUR_NS


def in_force(layout: Layout) -> set[tuple[str, str, str]]:
    return {(part.schema, str(part.date), part.source) for part in Ledger(layout).partitions()}


def of_day(path: Path, *instruments: int, seed: int = 1, over_midnight: bool = False) -> Path:
    start, step = (LATE, HOUR_NS // 10) if over_midnight else (DAY_NS, 1_000)
    return write(path, orders(40, seed=seed, instruments=instruments, start_ns=start, step_ns=step))


@pytest.fixture
def old(tmp_path: Path, settings: Settings) -> Path:
    path = of_day(tmp_path / "old.dbn", 7, 8)
    assert land([path], settings)[0].outcome == "landed"
    return path


def test_an_overlap_is_refused(
    old: Path, settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    before = in_force(layout)
    refused = land([of_day(tmp_path / "new.dbn", 8, 9)], settings)[0]
    assert (refused.outcome, refused.exit_code) == ("refused", 4)
    assert f"overlaps mbo of 2024-01-09 from {old} in instrument 8" in refused.message
    assert in_force(layout) == before


def test_other_instruments_of_the_date_land_beside(
    old: Path, settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    assert land([of_day(tmp_path / "new.dbn", 9)], settings)[0].outcome == "landed"
    assert len(in_force(layout)) == 4


def test_a_replacement_takes_the_place_of_the_older_file(
    old: Path, settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    new = of_day(tmp_path / "new.dbn", 7, 8, 9)
    landing = land([new], settings, replace=True)[0]
    assert landing.outcome == "landed"
    assert f"; replaces {old};" in landing.message
    assert in_force(layout) == {
        ("mbo", "2024-01-09", str(new)),
        ("symbology", "2024-01-09", str(new)),
    }


def test_a_replaced_file_is_not_already_landed(
    old: Path, settings: Settings, tmp_path: Path
) -> None:
    new = of_day(tmp_path / "new.dbn", 7, 8, seed=2)
    land([new], settings, replace=True)
    assert land([old], settings)[0].exit_code == 4
    assert land([old], settings, replace=True)[0].outcome == "landed"


def test_a_replacement_that_loses_instruments_is_refused(
    old: Path, settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    before = in_force(layout)
    refused = land([of_day(tmp_path / "new.dbn", 8)], settings, replace=True)[0]
    assert (refused.outcome, refused.exit_code) == ("refused", 4)
    assert f"cannot replace mbo of 2024-01-09 from {old}: lacks its instrument 7" in refused.message
    assert in_force(layout) == before


def test_only_the_dates_that_overlap_are_replaced(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    long, short = (
        of_day(tmp_path / "long.dbn", 7, over_midnight=True),
        of_day(tmp_path / "s.dbn", 7),
    )
    land([long], settings)
    land([short], settings, replace=True)
    assert in_force(layout) == {
        ("mbo", "2024-01-09", str(short)),
        ("mbo", "2024-01-10", str(long)),
        ("symbology", "2024-01-10", str(long)),
        ("symbology", "2024-01-09", str(short)),
    }
    again: list[Landing] = land([long], settings, replace=True)
    assert again[0].outcome == "landed"
    assert ("mbo", "2024-01-09", str(long)) in in_force(layout)


def test_replacing_nothing_is_a_plain_landing(
    old: Path, settings: Settings, layout: Layout
) -> None:
    before = Ledger(layout).partitions()
    assert land([old], settings, replace=True)[0].outcome == "already landed"
    assert Ledger(layout).partitions() == before
