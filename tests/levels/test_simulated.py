"""Simulated days, landed and built as a user would, give the levels that their trades make."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from first_use import Used
from levels.derive import Day, levels, regular, window
from levels.market import TICK_E9, Print, Settlement, read_levels
from spymaster import operations
from spymaster.land import land
from spymaster.land.dbn import DbnReader
from spymaster.settings import Settings
from spymaster.simulate import SimulatedSession, simulate
from spymaster.units import to_ns
from spymaster.warehouse import duck

MON, TUE = date(2024, 3, 4), date(2024, 3, 5)


def day(made: SimulatedSession, before: Day | None, settled: int) -> Day:
    """Return a simulated session as the second derivation takes it."""
    prints, times = [], []
    with made.mbo.open("rb") as handle:
        for batch in DbnReader(handle, made.mbo.name).batches():
            times += batch["ts_recv"].tolist()
            fields = ("ts_recv", "price", "size")
            trades = batch[batch["action"] == b"T"]
            rows = zip(*(trades[name].tolist() for name in fields), strict=True)
            prints += [Print(at, price // TICK_E9, size) for at, price, size in rows]
    return Day(
        made.session,
        window(made.session, "09:30", "10:10"),
        [prints],
        regular(made.session),
        before,
        before,
        [Settlement(to_ns(datetime.combine(made.session, time(), UTC)), settled, MON)],
        [(times[0], times[-1])],
    )


@pytest.mark.thorough
def test_two_days_land_and_the_second_knows_the_first(tmp_path: Path, used: Used) -> None:
    spans = {MON: (time(9, 25), time(16, 5)), TUE: (time(3, 55), time(10, 15))}
    made = [
        simulate(tmp_path / str(one), session=one, world="W0", rate=0.001, start=first, end=last)
        for one, (first, last) in spans.items()
    ]
    settings = Settings(warehouse=used(tmp_path / "warehouse"), window_end=time(10, 10))
    land([path for one in made for path in one.future_files], settings)
    assert not operations.run(settings, "levels").failures
    with duck.read_only(settings.warehouse / "spymaster.duckdb") as catalog:
        found = read_levels(catalog, TUE)
        query = f"select price from staging.statistics where stat_type = 3 and date = '{TUE}'"
        ((settled,),) = catalog.execute(query).fetchall()
    monday, tuesday = made
    expected = levels(day(tuesday, day(monday, None, 0), round(settled * 4)))
    assert [replace(one, price=0.0) for one in expected] == [
        replace(one, price=0.0, is_tracked=False) for one in found
    ]
    assert [one.price for one in found] == pytest.approx([one.price for one in expected], abs=1e-9)
    tracked = {one.level_id for one in found if one.is_tracked}
    assert {"PM_HIGH", "PM_LOW", "OR15_HIGH", "OR15_LOW"} < tracked
    assert {"PD_HIGH", "PD_SETTLE", "SMA_90"} <= {one.level_id for one in found}
