"""Which of the files that landed on a session's dates it reads."""

from datetime import date
from pathlib import Path

import pytest

from land.files import DAY_NS, HOUR_NS, orders, write
from spymaster.land import land
from spymaster.land.dbn import new_records, write_dbn
from spymaster.planning import coverage
from spymaster.planning.sessions import Landed
from spymaster.settings import Settings
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger

FIRST, SECOND = date(2024, 1, 9), date(2024, 1, 10)


def test_an_evening_is_of_the_next_session_and_a_day_of_its_own(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    """What ended before the overnight open says nothing of the book after it. The afternoon after
    the window belongs to the day's bars."""
    day = write(tmp_path / "day.dbn", orders(9, start_ns=DAY_NS + 15 * HOUR_NS))
    afternoon = write(tmp_path / "later.dbn", orders(9, start_ns=DAY_NS + 19 * HOUR_NS))
    over_night = orders(18, start_ns=DAY_NS + 23 * HOUR_NS, step_ns=HOUR_NS)
    evening = write(tmp_path / "evening.dbn", over_night)
    land([day, afternoon, evening], settings)
    landed = Landed(settings, tuple(Ledger(layout).partitions()))
    assert landed.sessions == (FIRST, SECOND)
    assert read(landed, "raw.mbo", FIRST) == [
        ("2024-01-09", str(day)),
        ("2024-01-09", str(afternoon)),
    ]
    assert read(landed, "raw.mbo", SECOND) == [
        ("2024-01-09", str(evening)),
        ("2024-01-10", str(evening)),
    ]


def test_a_settlement_of_the_day_before_is_read_though_it_ended(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    settled = new_records("statistics", 1)
    settled["ts_recv"] = settled["ts_event"] = DAY_NS + 21 * HOUR_NS
    after = write(tmp_path / "settled.dbn", settled, "statistics")
    shown = [
        write(tmp_path / f"{n}.dbn", orders(9, start_ns=DAY_NS + (15 + 24 * n) * HOUR_NS))
        for n in range(2)
    ]
    land([after, *shown], settings)
    landed = Landed(settings, tuple(Ledger(layout).partitions()))
    assert read(landed, "raw.statistics", FIRST) == []
    assert read(landed, "raw.statistics", SECOND) == [("2024-01-09", str(after))]


@pytest.mark.parametrize(
    ("hours", "known"),
    [
        ([(0, 15), (15, 18)], (0, 18)),
        ([(0, 15), (16, 18)], (0, 15)),
        ([(0, 16), (15, 18), (19, 20)], (0, 18)),
        ([(0, 18), (14, 15), (16, 19)], (0, 19)),
        ([(0, 3), (14, 16)], (14, 16)),
        ([(0, 3), (15, 16), (17, 18)], (15, 16)),
    ],
)
def test_a_hole_between_files_ends_the_window_and_none_before_it(
    settings: Settings,
    layout: Layout,
    tmp_path: Path,
    hours: list[tuple[int, int]],
    known: tuple[int, int],
) -> None:
    """The window is from 14:30 to 17:30 UTC; what two files both say they hold is no hole."""
    for n, (first, last) in enumerate(hours):
        path, start_ns = tmp_path / f"{n}.dbn", DAY_NS + first * HOUR_NS
        records = orders(8, start_ns=start_ns + HOUR_NS // 2, instruments=(n,))
        asked = {"start_ns": start_ns, "end_ns": DAY_NS + last * HOUR_NS}
        write_dbn(path, "mbo", records, symbols={"ESH4": n}, **asked)
        assert land([path], settings)[0].outcome == "landed"
    landed = Landed(settings, tuple(Ledger(layout).partitions()))
    found = coverage.of(landed, FIRST)
    assert (found.from_ns, found.until_ns) == tuple(DAY_NS + hour * HOUR_NS for hour in known)


def read(landed: Landed, relation: str, session: date) -> list[tuple[str, str]]:
    return [(str(part.date), part.source) for part in landed.files(relation, session)]
