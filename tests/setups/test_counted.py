"""Which sessions, touches and records count for what is said of the past: a catalog of values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, nullcontext
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from setups.test_cells import scored
from spymaster.definitions.renderer import Renderer
from spymaster.settings import Settings
from spymaster.setups import evaluate, examples, outcomes, past, verdict
from spymaster.warehouse import duck
from spymaster.warehouse.columns import SQL

DAYS = [date(2024, 1, 2) + timedelta(days=at) for at in range(4)]
TORN = DAYS[1]
"""Records of it are missing."""
AT = time(14, 40)
KEY = ("session", "cluster_id", "touched_at", "wait_s")
LEVELS = [
    (["PM_LOW"], ["PM_LOW"]),
    (["PLACEBO_1"], ["MANUAL"]),
    (["R", "L"], ["ROUND_25", "PM_HIGH"]),
]
"""Ids and kinds of the three touches of a session; the last is of a control and of another."""


@pytest.fixture
def connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[duck.Connection]:
    """Four sessions of three touches, every one with a forecast and an outcome."""
    touches: list[dict[str, Any]] = []
    setups: list[dict[str, Any]] = []
    for at, row in enumerate(scored(1, count=3 * len(DAYS))):
        session, (ids, kinds) = DAYS[at // 3], LEVELS[at % 3]
        touched_at = datetime.combine(session, AT) + timedelta(minutes=at % 3)
        own = {"session": session, "cluster_id": ids[0], "touched_at": touched_at}
        told = {"level_ids": ids, "kinds": kinds, "approach": "from_below", "n_touch": 1}
        touches.append(own | told | {"bucket_end": touched_at})
        said = {name: value for name, value in row.items() if not name.startswith("often")}
        setups.append(said | own | {"price": 5000.0, "v": [0.5], "mean_distance": 1.0})
    with closing(duck.in_memory(tmp_path, threads=1)) as made:
        for macro in Renderer(SQL, Settings()).macros.values():
            made.execute(macro)
        made.register("setup", pa.Table.from_pylist(setups))
        made.register("touch", pa.Table.from_pylist(touches))
        horizon = ", ".join((*KEY, "horizon_s"))
        made.execute(
            "create schema setups; create schema analogs; create schema pressure;"
            "create schema market;"
            "create table market.sessions as select unnest(["
            + ", ".join(f"date '{day}'" for day in DAYS)
            + f"]) as session, if(session = date '{TORN}', 'a hole', null) as incomplete;"
            "create table pressure.touches as select * exclude (touched_at) from touch;"
            f"create table setups.outcomes as select {horizon}, outcome from setup;"
            f"create table setups.decisions as select {', '.join(KEY)}, price,"
            " touched_at as decided_at, 1 as dir, 2.0 as sigma_ticks from setup;"
            f"create table setups.vectors as select {', '.join(KEY)}, v from setup;"
            f"create table analogs.candidates as select {horizon}, mean_distance,"
            " null_break, null_reject, null_chop from setup;"
            "create table analogs.forecasts as select * exclude (outcome, price, v, mean_distance)"
            " from setup;"
            "create table analogs.neighbours as select session, session - 1 as neighbour_session"
            " from setup;"
            "create table analogs.reliability as select 60 as wait_s, 120 as horizon_s, session,"
            " lag(session) over (order by session) as last_session, 0.1 as last_gain,"
            f" null::double as cusum, session = date '{DAYS[2]}' as is_flagged"
            " from market.sessions qualify last_session is not null"
        )
        for module in (past, verdict):
            monkeypatch.setattr(module, "catalog", lambda _: nullcontext(made))
        yield made


@pytest.mark.parametrize("takes_torn", [False, True])
def test_a_session_of_which_records_are_missing_counts_where_settings_say_so(
    connection: duck.Connection, *, takes_torn: bool
) -> None:
    settings, days = Settings(analog_incomplete=takes_torn), 3 + takes_torn
    (cell,) = evaluate(settings).cells
    assert (cell.n, cell.sessions) == (2 * days, days)
    _, (shares,) = outcomes(settings, wait_s=60)
    assert (shares["n"], shares["sessions"]) == (3 * days, days)
    rows = connection.execute(examples.judged(settings, 60, 120)).fetchall()
    assert len(rows) == 3 * days


@pytest.mark.usefixtures("connection")
def test_a_touch_of_a_control_and_of_another_level_is_one_of_the_other() -> None:
    (cell,) = evaluate(Settings(), placebo=True).cells
    assert cell.n == 3
    for subject, n in {"PM_HIGH": 3, "L": 3, "MANUAL": 3, "PM_LOW": 3}.items():
        _, (shares,) = outcomes(Settings(), subject, wait_s=60)
        assert shares["n"] == n, subject
    _, rows = outcomes(Settings(), by=["kind"], wait_s=60)
    assert {row["kind"]: row["n"] for row in rows} == {"MANUAL": 3, "PM_LOW": 3, "ROUND_25": 3}


def test_a_neighbour_of_the_same_session_is_a_leak(connection: duck.Connection) -> None:
    assert evaluate(Settings()).leaks == 0
    connection.execute(
        f"update analogs.neighbours set neighbour_session = session where session = '{DAYS[0]}'"
    )
    assert evaluate(Settings()).leaks == 3


def test_a_record_has_each_scored_session_once_and_names_what_was_flagged(
    connection: duck.Connection,
) -> None:
    """Nothing is scored after the third session, so that the last two say the same."""
    connection.execute(
        "insert into analogs.reliability select * replace (session + 1 as session)"
        f" from analogs.reliability where session = date '{DAYS[3]}';"
        "insert into analogs.reliability select * replace (300 as horizon_s)"
        " from analogs.reliability"
    )
    found = evaluate(Settings())
    assert [row["last_session"] for row in found.record] == DAYS[:3]
    flagged = [(row["session"], row["horizon_s"]) for row in found.flagged]
    assert flagged == [(DAYS[2], 120), (DAYS[2], 300)]
