"""What came of a session is for forecasts of later sessions, and nothing else may see it."""

from __future__ import annotations

import pytest

from desk import FRI, MON, WED, Desk
from spymaster.errors import ModelError

OUTCOMES = """
{#---
doc: Whether the last trade of a session was above its first, which nobody knows before it
grain: [session]
as_of: horizon
columns:
  session: DATE    | date | trading date
  rose:    BOOLEAN | flag | whether it was
---#}
select session, last(price order by seq) > first(price order by seq) as rose
from market.prints
group by session
"""
BASES = """
{#---
doc: How often earlier sessions rose
grain: [session]
as_of: session start
lookback: {setups.outcomes: all}
columns:
  session: DATE   | date   | trading date
  rose:    BIGINT | number | earlier sessions that rose
  seen:    BIGINT | number | sessions that were seen
---#}
select date '{{ session }}' as session, count(*) filter (where rose) as rose, count(*) as seen
from setups.outcomes
"""


@pytest.fixture
def forecasting(desk: Desk) -> Desk:
    """Three sessions, of which the second one fell."""
    desk.write("setups/outcomes.sql", OUTCOMES)
    desk.write("analogs/bases.sql", BASES)
    desk.land(MON, 10.0, 11.0)
    desk.land(WED, 12.0, 11.0)
    desk.land(FRI, 13.0, 14.0)
    return desk


def test_a_session_never_sees_its_own_outcome(forecasting: Desk) -> None:
    assert forecasting.run().failures == []
    assert forecasting.rows("from bases order by session") == [
        (MON, 0, 0),
        (WED, 1, 1),
        (FRI, 1, 2),
    ]


def test_the_order_of_landing_and_building_changes_nothing(forecasting: Desk) -> None:
    for day in (FRI, MON, WED):
        assert forecasting.run(None, day).failures == []
    assert forecasting.rows("from bases order by session") == [
        (MON, 0, 0),
        (WED, 1, 1),
        (FRI, 1, 2),
    ]


def test_a_day_that_lands_again_rebuilds_forecasts_of_later_sessions_only(
    forecasting: Desk,
) -> None:
    forecasting.run()
    forecasting.land(WED, 12.0, 13.0, name="again", replace=True)
    todo = forecasting.todo()
    late = {model for model, at in todo if at == str(FRI)}
    assert late == {"analogs.bases", "levels.ranks"}  # ranks looks back one session
    assert not [model for model, at in todo if at == str(MON)]
    assert todo["analogs.bases", str(FRI)] == "upstream setups.outcomes of all before changed"
    forecasting.run()
    assert forecasting.rows("from bases order by session") == [
        (MON, 0, 0),
        (WED, 1, 1),
        (FRI, 2, 2),
    ]


def test_only_forecasts_may_read_what_came_after(forecasting: Desk) -> None:
    forecasting.write("market/rising.sql", BASES)
    with pytest.raises(ModelError) as raised:
        forecasting.run()
    assert "market/rising.sql: setups.outcomes knows what came after" in str(raised.value)
    assert "only analogs.* may read it" in str(raised.value)


def test_forecasts_read_it_by_looking_back_only(forecasting: Desk) -> None:
    forecasting.edit("analogs/bases.sql", "lookback: {setups.outcomes: all}\n", "")
    with pytest.raises(ModelError, match="by a lookback to earlier sessions only"):
        forecasting.run()


def test_an_audit_does_not_read_it_either(forecasting: Desk) -> None:
    forecasting.write("audits/rising.sql", "{#---\ndoc: All rise\n---#}\nfrom setups.outcomes\n")
    with pytest.raises(ModelError, match=r"only analogs\.\* may read it"):
        forecasting.run()


def test_a_lookback_is_a_number_or_all(forecasting: Desk) -> None:
    forecasting.edit("analogs/bases.sql", "outcomes: all}", "outcomes: most}")
    with pytest.raises(ModelError, match="expected a number of sessions or all, found 'most'"):
        forecasting.run()
