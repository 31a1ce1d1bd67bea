"""Which session is captured where none is named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from datetime import time as hour

import pytest

from spymaster.live.session import under_way
from spymaster.settings import Settings
from spymaster.units import NEW_YORK

FRIDAY, MONDAY, TUESDAY = date(2024, 3, 8), date(2024, 3, 11), date(2024, 3, 12)
OVERNIGHT = Settings(window_start=hour(20), window_end=hour(2))


@pytest.mark.parametrize(
    ("now", "session"),
    [
        (datetime(2024, 3, 11, 8, 0), MONDAY),
        (datetime(2024, 3, 11, 12, 45), MONDAY),
        (datetime(2024, 3, 11, 16, 59, 59), MONDAY),
        (datetime(2024, 3, 11, 17, 0), TUESDAY),
        (datetime(2024, 3, 11, 17, 55), TUESDAY),
        (datetime(2024, 3, 12, 1, 0), TUESDAY),
        (datetime(2024, 3, 8, 16, 59), FRIDAY),
        (datetime(2024, 3, 8, 17, 55), MONDAY),
        (datetime(2024, 3, 9, 12, 0), MONDAY),
        (datetime(2024, 3, 10, 17, 55), MONDAY),
    ],
)
def test_it_is_that_of_the_trading_day_in_new_york(now: datetime, session: date) -> None:
    """The clock is changed on that Sunday; what zone this machine is in does not matter."""
    local = now.replace(tzinfo=NEW_YORK)
    assert under_way(Settings(), local) == session
    assert under_way(Settings(timezone="Asia/Tokyo"), local.astimezone(UTC)) == session


def test_a_window_that_goes_on_keeps_its_session() -> None:
    found = [
        under_way(OVERNIGHT, datetime(2024, 3, day, at, 30, tzinfo=NEW_YORK))
        for day, at in ((11, 16), (11, 21), (12, 1), (12, 3))
    ]
    assert found == [MONDAY, MONDAY, MONDAY, TUESDAY]
