"""One instrument and date from two files: behind, refused, or replaced without a loss."""

from operator import itemgetter
from pathlib import Path

import pytest

from land.files import DAY_NS, F_SNAPSHOT, HOUR_NS, orders, write
from spymaster.land import Landing, land
from spymaster.settings import Settings
from spymaster.warehouse import duck
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


def rows(layout: Layout, day: str = "2024-01-09") -> list[tuple[int, int]]:
    """Return instruments and times of a date's records in the order of their numbers."""
    with duck.in_memory(layout.root) as connection:
        return connection.execute(
            f"select instrument_id, ts_recv from '{layout.root}/raw/mbo/date={day}/*.parquet'"
            " order by row_no"
        ).fetchall()


def test_what_goes_on_lands_behind(settings: Settings, layout: Layout, tmp_path: Path) -> None:
    """Three files of a date, in pieces; the last begins before midnight and ends after it."""
    records = orders(60, instruments=(7, 8), start_ns=LATE, step_ns=HOUR_NS // 45)
    pieces = [write(tmp_path / f"{n}.dbn", records[n * 20 :][:20]) for n in range(3)]
    assert [one.outcome for one in land(pieces, settings)] == ["landed"] * 3
    evening = [r for r in records if r["ts_recv"] < DAY_NS + 24 * HOUR_NS]
    assert rows(layout) == [(int(r["instrument_id"]), int(r["ts_recv"])) for r in evening]
    assert len(rows(layout, "2024-01-10")) == 60 - len(evening) == 15
    sizes = {part.file: part.bytes for part in Ledger(layout).partitions()}
    assert all((layout.root / file).stat().st_size == size for file, size in sizes.items())
    assert land(pieces[1:2], settings)[0].outcome == "already landed"


def test_an_instrument_decides_for_itself_what_goes_on(
    old: Path, settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    """9 is new and begins before the others end; 8 goes on."""
    (_, last_ns) = max(rows(layout), key=itemgetter(1))
    records = orders(4, instruments=(9, 8), start_ns=last_ns - 2, step_ns=2)
    assert land([write(tmp_path / "new.dbn", records[[0, 3]])], settings)[0].outcome == "landed"


def test_a_snapshot_of_the_book_is_no_event_that_overlaps(
    old: Path, settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    (_, last_ns) = max(rows(layout), key=itemgetter(1))  # of 8
    records = orders(3, instruments=(8,), start_ns=last_ns - 5, step_ns=3)
    records["flags"] = [F_SNAPSHOT, F_SNAPSHOT, 0]
    going_on = write(tmp_path / "b.dbn", records)
    records["ts_recv"] -= 1
    refused = land([write(tmp_path / "at_once.dbn", records)], settings)[0]
    assert "overlaps mbo of 2024-01-09" in refused.message
    assert land([going_on], settings)[0].outcome == "landed"


def test_what_comes_before_is_refused_and_may_take_the_place(
    old: Path, settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    late = write(tmp_path / "late.dbn", orders(4, instruments=(7, 8), start_ns=LATE))
    land([late], settings)
    with_gap = write(tmp_path / "gap.dbn", orders(4, instruments=(7, 8), start_ns=LATE - HOUR_NS))
    refused = land([with_gap], settings)[0]
    assert refused.message.endswith("allowed: --replace, then land that again")
    assert f"comes before mbo of 2024-01-09 from {late} in instrument 7, 8" in refused.message
    assert land([with_gap], settings, replace=True)[0].outcome == "landed"
    assert land([late], settings)[0].outcome == "landed"
    assert len(rows(layout)) == 48
    assert rows(layout) == sorted(rows(layout), key=itemgetter(1))
