"""A model or an audit that fails leaves what was in force, and other sessions go on."""

import os
import pickle
import pwd
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from desk import FRI, MON, WED, Desk
from spymaster import operations, read
from spymaster.building.assembly import Assembly
from spymaster.building.session import build
from spymaster.errors import DataError, UsageError
from spymaster.planning import snapshot as states


def test_a_failing_model_leaves_its_session_as_it_was(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    before = desk.layout.link.resolve()
    desk.edit("market/lows.sql", "min(price)", "min(price / nullif(price, 10)::varchar::int)")
    desk.edit("market/days.sql", "max(price)", "max(price) + 1")
    desk.edit("market/lows.sql", "/ nullif(price, 10)::varchar::int", "+ ('x' || price)::int")
    report = desk.run()
    assert (report.exit_code, report.built, report.published) == (1, [], None)
    assert len(report.failures) == 1
    assert report.failures[0].startswith("2024-03-04 market.lows: sql/market/lows.sql:9:")
    assert "Could not convert string 'x10.0' to INT32" in report.failures[0]
    assert desk.layout.link.resolve() == before
    assert desk.rows("from days") == [(MON, 10.0, 1)]


def test_other_sessions_go_on_without_the_failed_one(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.land(WED, -1.0)
    desk.land(FRI, 12.0)
    report = desk.run()
    assert report.exit_code == 1
    assert report.failures == [
        "2024-03-06 audits.positive: sql/audits/positive.sql: "
        "1 row: session=2024-03-06, high=-1.0, lots=1"
    ]
    assert desk.rows("from days order by all") == [(MON, 10.0, 1), (FRI, 12.0, 1)]
    assert desk.rows("from ranks order by all") == [(MON, 10.0, None), (FRI, 12.0, None)]


def test_a_repaired_session_is_built_with_what_looks_back_at_it(desk: Desk) -> None:
    desk.land(MON, -1.0)
    desk.land(WED, 12.0)
    desk.run()
    assert desk.run().built == []
    desk.land(MON, 10.0, name="repair")
    desk.run()
    assert desk.rows("from ranks order by all") == [(MON, 10.0, None), (WED, 12.0, 10.0)]


def test_the_first_rows_that_an_audit_finds_are_in_its_line(desk: Desk) -> None:
    desk.edit("audits/positive.sql", "select *", "select high, unnest(range(7)) as n")
    desk.land(MON, -1.0)
    (failure,) = desk.run().failures
    rows = "; ".join(f"high=-1.0, n={n}" for n in range(3))
    assert failure.endswith(f": 7 rows, first 3: {rows}")


def test_what_failed_is_not_built_again_before_something_changes(desk: Desk) -> None:
    desk.land(MON, -1.0)
    desk.land(WED, 12.0)
    (failed,) = desk.run().failures
    events: list[operations.Event] = []
    again = desk.run(report=events.append)
    assert again.exit_code == 1
    assert again.failures[0].startswith(f"{failed} (as on ")
    assert [event.action for event in events] == ["fail"]
    held = [step for step in desk.plan() if step.action == "hold"]
    assert {(step.session, step.why) for step in held} == {(MON, f"failed before: {failed}")}
    assert desk.run(retry=True).failures == [failed]
    desk.edit("audits/positive.sql", "high <= 0", "high < 0")
    assert desk.run().failures == [failed]
    desk.land(MON, 10.0, name="repair")
    assert desk.run().exit_code == 0
    assert {step.action for step in desk.plan()} == {"skip"}


def test_a_session_held_back_is_not_what_later_ones_look_back_at(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.land(WED, -1.0)
    desk.run()
    desk.land(FRI, 12.0)
    assert len(desk.run().built) == 3
    assert desk.rows("from ranks order by all") == [(MON, 10.0, None), (FRI, 12.0, None)]
    assert desk.run().built == []


def test_a_failure_of_the_machine_is_tried_again(desk: Desk) -> None:
    desk.land(MON, 10.0)
    (path,) = desk.layout.root.glob("raw/**/*.parquet")
    path.rename(path.with_suffix(".away"))
    assert desk.run().exit_code == 1
    path.with_suffix(".away").rename(path)
    assert desk.run().exit_code == 0


def test_an_audit_is_let_through_by_someone_for_a_reason(desk: Desk) -> None:
    desk.land(MON, -1.0)
    desk.run()
    found = "sql/audits/positive.sql: 1 row: session=2024-03-04, high=-1.0, lots=1"
    assert desk.check() == []
    events: list[operations.Event] = []
    given = {"accept": "positive", "reason": "crude oil did this too"}
    assert desk.run(None, MON, report=events.append, **given).exit_code == 0
    (event,) = [event for event in events if event.action == "accept"]
    user = pwd.getpwuid(os.getuid()).pw_name
    assert (event.session, event.model) == (MON, "audits.positive")
    assert f"accepted by {user}@" in event.text
    assert desk.rows("from days") == [(MON, -1.0, 1)]
    assert desk.check() == []
    ((session, audit, relations, what, why, who),) = desk.rows(
        "select session, audit, relations, found, reason, accepted_by from meta.acceptances"
    )
    assert (session, audit, relations) == (MON, "audits.positive", ["market.days"])
    assert (found.split(": ", 1)[1], why, who.split("@")[0]) == (what, given["reason"], user)
    (line,) = read.acceptances(desk.settings, "market.days")
    assert line == f"2024-03-04 audits.positive, accepted by {who}: {why}; {what}"
    assert read.acceptances(desk.settings, "market.lows") == []
    assert desk.run().exit_code == 0


def test_what_was_let_through_is_asked_for_again_when_the_data_changes(desk: Desk) -> None:
    desk.land(MON, -1.0)
    desk.land(WED, -2.0)
    desk.run()
    desk.run(None, MON, accept="audits.positive", reason="seen")
    assert desk.rows("select session from days") == [(MON,)]
    desk.edit("market/lows.sql", "min(price)", "min(price) - 1")
    assert [failure[:10] for failure in desk.run().failures] == ["2024-03-06"]
    desk.land(MON, -3.0, name="late")
    assert [failure[:10] for failure in desk.run().failures] == ["2024-03-04", "2024-03-06"]
    assert desk.rows("from days") == [(MON, -1.0, 1)]


def test_an_acceptance_without_object_session_or_reason_is_refused(desk: Desk) -> None:
    desk.land(MON, 10.0)
    with pytest.raises(UsageError, match="no audit is called 'negative'; there are: positive"):
        desk.run(None, MON, accept="negative", reason="because")
    for session, reason in ((None, "because"), (MON, None), (MON, " ")):
        with pytest.raises(UsageError, match="needs --session DATE and --reason TEXT"):
            desk.run(None, session, accept="positive", reason=reason)
    with pytest.raises(UsageError, match="--reason without --accept"):
        desk.run(reason="because")
    with pytest.raises(UsageError, match=r"audits\.positive finds no row in 2024-03-04"):
        desk.run(None, MON, accept="positive", reason="because")


def test_what_was_built_is_published_though_there_is_nothing_to_accept(desk: Desk) -> None:
    desk.land(MON, 10.0)
    with pytest.raises(UsageError, match=r"audits\.positive finds no row in 2024-03-04"):
        desk.run(None, MON, accept="positive", reason="because")
    assert desk.rows("from days") == [(MON, 10.0, 1)]


def test_an_audit_of_a_session_that_is_not_built_is_not_said_to_find_nothing(desk: Desk) -> None:
    desk.land(MON, -1.0)
    desk.edit("market/lows.sql", "min(price)", "error('low')::double")
    (failure,) = desk.run(None, MON, accept="positive", reason="because").failures
    assert "market.lows" in failure


def test_a_grain_that_is_no_key_fails(desk: Desk) -> None:
    desk.edit("market/lows.sql", "min(price) as low", "unnest([min(price), min(price)]) as low")
    desk.land(MON, 10.0, 11.0)
    (failure,) = desk.run().failures
    assert failure == (
        "2024-03-04 market.lows: sql/market/lows.sql: "
        "grain [session, low] is not unique: session=2024-03-04, low=10.0, rows=2"
    )


def test_a_null_in_the_grain_fails(desk: Desk) -> None:
    desk.edit("market/lows.sql", "select session,", "select nullif(session, session) as session,")
    desk.land(MON, 10.0)
    (failure,) = desk.run().failures
    assert "grain [session, low] is null: session=None" in failure


def test_a_landed_file_that_is_gone_is_named(desk: Desk) -> None:
    desk.land(MON, 10.0)
    for path in desk.layout.root.glob("raw/**/*.parquet"):
        path.unlink()
    (failure,) = desk.run().failures
    assert failure.startswith("2024-03-04 input: IO Error: No files found that match")


def test_a_landed_file_of_a_built_session_that_is_gone_is_named_on_publishing(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    for path in desk.layout.root.glob("raw/**/*.parquet"):
        path.unlink()
    desk.edit("market/days.sql", "doc: One row", "doc: A row")
    with pytest.raises(DataError, match="the catalog cannot be written: IO Error: No files found"):
        desk.run()


@pytest.mark.parametrize(
    ("files", "then"),
    [
        ("raw/**/*.parquet", "land its source again"),
        ("models/market.days/**/*.parquet", "run again"),
    ],
)
def test_a_folder_in_place_of_a_partition_is_named_on_publishing(
    desk: Desk, files: str, then: str
) -> None:
    desk.land(MON, 10.0)
    desk.run()
    (path,) = desk.layout.root.glob(files)
    path.unlink()
    path.mkdir()
    desk.edit("market/lows.sql", "doc: ", "doc: Now ")
    with pytest.raises(DataError, match=f": {path}: is a folder and .+; remove it, then {then}$"):
        desk.run()
    path.rmdir()
    if then == "run again":
        assert [build.relation for build in desk.run().built] == ["market.days"]


def test_check_finds_what_does_not_hold_of_what_was_built(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.land(WED, 5.0)
    desk.run()
    assert desk.check() == []
    desk.edit("audits/positive.sql", "high <= 0", "high <= 7")
    assert desk.run().built == []
    assert desk.check() == [
        "2024-03-06 audits.positive: sql/audits/positive.sql: "
        "1 row: session=2024-03-06, high=5.0, lots=1"
    ]
    desk.edit("market/lows.sql", "grain: [session, low]", "grain: [low]")
    assert desk.check(MON) == []


def test_a_session_s_task_travels_to_another_process(desk: Desk, tmp_path: Path) -> None:
    desk.land(MON, 10.0)
    state = states.load(desk.settings, desk.sql)
    task = Assembly(state, MON, {"market.days", "market.lows"}).task(tmp_path)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        outcome = pool.submit(build, pickle.loads(pickle.dumps(task))).result()
    assert [(written.relation, written.rows) for written in outcome.written] == [
        ("market.days", 1),
        ("market.lows", 1),
    ]
