"""Which of the files that landed on a session's dates it reads."""

from datetime import date
from pathlib import Path

from land.files import DAY_NS, HOUR_NS, orders, write
from spymaster.land import land
from spymaster.land.dbn import new_records
from spymaster.planning.sessions import Landed
from spymaster.settings import Settings
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger

FIRST, SECOND = date(2024, 1, 9), date(2024, 1, 10)


def test_an_evening_is_of_the_next_session_and_a_day_of_its_own(
    settings: Settings, layout: Layout, tmp_path: Path
) -> None:
    """What of the market ended before the overnight open says nothing of the book after it."""
    day = write(tmp_path / "day.dbn", orders(9, start_ns=DAY_NS + 15 * HOUR_NS))
    over_night = orders(18, start_ns=DAY_NS + 23 * HOUR_NS, step_ns=HOUR_NS)
    evening = write(tmp_path / "evening.dbn", over_night)
    land([day, evening], settings)
    landed = Landed(settings, tuple(Ledger(layout).partitions()))
    assert landed.sessions == (FIRST, SECOND)
    assert read(landed, "raw.mbo", FIRST) == [("2024-01-09", str(day))]
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


def read(landed: Landed, relation: str, session: date) -> list[tuple[str, str]]:
    return [(str(part.date), part.source) for part in landed.files(relation, session)]
