"""Sessions built side by side: the same as one after the other, whatever fails or dies."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk import FRI, MON, WED, WRITTEN, Desk, make
from spymaster import operations
from spymaster.building import making
from spymaster.building import scheduler as builder
from spymaster.building import session as building
from spymaster.building.engines.processes import Processes
from spymaster.building.report import Event
from spymaster.building.task import Outcome, Piece, Task
from spymaster.errors import UsageError
from spymaster.operations import bringing
from spymaster.warehouse import duck
from spymaster.warehouse.ledger import Ledger
from spymaster.warehouse.lock import writer

pytestmark = pytest.mark.thorough

WEEK = [MON + timedelta(days=days) for days in (0, 2, 4, 7, 9)]
SLOW = "(select max(a.range * b.range % 7) from range(6_000) a, range(6_000) b)"
"""Some tenths of a second of one core."""
BACKFILL = """
import sys
from pathlib import Path
from spymaster import operations
from spymaster.settings import Settings
if __name__ == "__main__":
    settings = Settings(warehouse=Path(sys.argv[1]), jobs=2)
    report = lambda event: print(event.action, flush=True)
    operations.backfill(settings, sql=Path(sys.argv[2]), report=report)
"""

FOREVER = """
import sys
from datetime import date
from pathlib import Path
from spymaster.building.engines.processes import Processes
from spymaster.building.task import Piece, Task
LONG = "select sum(a.range * b.range % 7) as a from range(1_000_000) a, range(10_000_000) b"
if __name__ == "__main__":
    engine = Processes(1, lambda event: print(event.model, flush=True))
    setup = ("create schema market; create schema built",)
    first = Piece("market.first", "select 1 as a", "step", ())
    pieces = (first, Piece("market.x", LONG, "step", ()))
    engine.start(Task(date(2024, 3, 4), Path(sys.argv[1]), setup, pieces, ()))
    engine.next()
"""


def backfill(desk: Desk, jobs: int, *given: Any, **more: Any) -> operations.RunReport:
    settings = replace(desk.settings, jobs=jobs)
    return operations.backfill(settings, *given, sql=desk.sql, **more)


def outcome(desk: Desk) -> dict[Any, Any]:
    """Return every partition in force with its fingerprint and its rows."""
    found = {}
    with duck.in_memory(desk.layout.tmp / "spill", threads=1) as connection:
        for build in Ledger(desk.layout).builds():
            pair = build.relation, build.session
            path = desk.layout.model_partition(*pair, build.fingerprint)
            rows = connection.execute(f"from '{path}' order by all").fetchall()
            found[pair] = build.fingerprint, build.reasons, rows
    return found


def pair_of_desks(folder: Path, prices: list[float]) -> tuple[Desk, Desk]:
    """Return two desks with a session for each price; ranks looks back at two of them."""
    desks = make(folder / "one"), make(folder / "many")
    for desk in desks:
        desk.edit("levels/ranks.sql", "market.days: 1", "market.days: 2")
        desk.edit("levels/ranks.sql", "before.high as last_high", "max(before.high) as last_high")
        desk.edit("levels/ranks.sql", "where today", "where\n    today")
        with (desk.sql / "levels/ranks.sql").open("a", encoding="utf-8") as file:
            file.write("group by today.session, today.high\n")
        for day, price in zip(WEEK, prices, strict=True):
            desk.land(day, price)
    return desks


@pytest.mark.parametrize(
    "prices",
    [
        [10.0, -1.0, 12.0, 13.0, 14.0],
        [-1.0, -2.0, 12.0, 13.0, -3.0],
    ],
)
def test_side_by_side_is_what_one_after_the_other_is(tmp_path: Path, prices: list[float]) -> None:
    one, many = pair_of_desks(tmp_path, prices)
    first, second = one.run(), backfill(many, 3)
    assert second.failures == first.failures
    assert len(second.failures) == sum(price < 0 for price in prices)
    assert outcome(many) == outcome(one)
    assert len(outcome(many)) == len(WRITTEN) * sum(price > 0 for price in prices)
    assert many.rows("from ranks order by all") == one.rows("from ranks order by all")
    assert backfill(many, 3).built == []
    assert not list(many.layout.tmp.iterdir())


def test_a_session_made_of_one_that_fails_is_thrown_away_and_made_again(desk: Desk) -> None:
    desk.land(MON, -1.0)
    desk.land(WED, 12.0)
    events: list[Event] = []
    report = backfill(desk, 2, report=events.append)
    told = [
        (event.session, event.action) for event in events if event.action not in ("make", "build")
    ]
    assert told == [
        (MON, "start"),
        (WED, "start"),
        (MON, "fail"),
        (MON, "end"),
        (WED, "put back"),
        (WED, "start"),
        (WED, "end"),
        (None, "publish"),
    ]
    assert [line.split(":")[0] for line in report.failures] == [f"{MON} audits.positive"]
    assert desk.rows("from ranks") == [(WED, 12.0, None)]


class Backwards:
    """Builds two sessions, and tells of the later one first."""

    slots = 2

    def __init__(self) -> None:
        self._tasks: list[Task] = []
        self._outcomes: list[building.Outcome] = []

    def start(self, task: Task) -> None:
        self._tasks.append(task)

    def next(self) -> building.Outcome:
        self._outcomes += [building.build(task) for task in self._tasks]
        self._tasks = []
        return self._outcomes.pop()

    def stop(self, task: Task) -> None:
        self._outcomes = [one for one in self._outcomes if one.session != task.session]

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(("price", "highs"), [(10.0, [None, 10.0]), (-1.0, [None])])
def test_nothing_counts_before_what_it_was_made_of(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, price: float, highs: list[float | None]
) -> None:
    monkeypatch.setattr(bringing, "_engine", lambda *given: Backwards())
    desk.land(MON, price)
    desk.land(WED, 12.0)
    ends: list[date | None] = []

    def note(event: Event) -> None:
        if event.action == "end":
            ends.append(event.session)
            recorded = {build.session for build in Ledger(desk.layout).builds()}
            assert recorded == {at for at in ends if at == WED or price > 0}

    backfill(desk, 2, report=note)
    assert ends == [MON, WED]
    assert [row[0] for row in desk.rows("select last_high from ranks order by session")] == highs


def test_a_range_leaves_what_is_outside(desk: Desk) -> None:
    for day in WEEK:
        desk.land(day, 10.0)
    report = backfill(desk, 2, WED, FRI, "market.*")
    assert {(b.relation, b.session) for b in report.built} == {
        (name, day) for name in ("market.days", "market.lows") for day in (WED, FRI)
    }
    with pytest.raises(UsageError, match="no session from 2024-04-01 to the last: there is"):
        backfill(desk, 2, date(2024, 4, 1))


def test_what_a_session_of_the_range_looks_back_at_is_built_too(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.land(WED, 11.0)
    report = backfill(desk, 2, WED, None, "levels.ranks")
    assert sorted((b.relation, b.session) for b in report.built) == [
        ("levels.ranks", WED),
        ("market.days", MON),
        ("market.days", WED),
    ]
    assert desk.rows("from ranks") == [(WED, 11.0, 10.0)]


def test_a_run_takes_its_jobs_from_the_settings(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.land(WED, 11.0)
    seen = []
    desk.using(jobs=2).run(report=lambda event: seen.append(len(multiprocessing.active_children())))
    assert max(seen) == 2
    assert multiprocessing.active_children() == []


def test_a_killed_process_fails_its_session_and_no_other(desk: Desk) -> None:
    week = WEEK[:4]
    for day in week:
        desk.land(day, 10.0)
    desk.edit("market/lows.sql", "min(price)", f"min(price) + 0 * {SLOW}")
    killed: list[int] = []

    def kill_one(event: Event) -> None:
        if event.session == WED and event.action == "make" and not killed:
            # the processes were started in the order of the sessions
            children = sorted(child.pid or 0 for child in multiprocessing.active_children())
            killed.append(children[1])
            os.kill(children[1], signal.SIGKILL)

    report = backfill(desk, 2, report=kill_one)
    assert report.failures == [f"{WED} build: its process was killed by signal 9"]
    assert {b.session for b in report.built} == {*week} - {WED}
    again = backfill(desk, 2)
    assert again.failures == []
    assert desk.rows("select count(*) from ranks") == [(len(week),)]


def test_a_process_killed_between_two_sessions_is_replaced(tmp_path: Path) -> None:
    """Else the broken pipe looks like that of a reader who has seen enough, which is no error."""
    engine = Processes(1, lambda event: None)
    try:
        for day in WEEK[:2]:
            engine.start(Task(day, tmp_path, (), (), ()))
            assert engine.next() == Outcome(day)
            (worker,) = multiprocessing.active_children()
            worker.kill()
            worker.join()
    finally:
        engine.close()


def start(desk: Desk, tmp_path: Path) -> subprocess.Popen[str]:
    """Start a backfill in a process of its own and wait until a session is recorded."""
    script = tmp_path / "script.py"
    script.write_text(BACKFILL)
    args = [sys.executable, str(script), str(desk.settings.warehouse), str(desk.sql)]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    running = subprocess.Popen(args, stdout=pipe, stderr=nowhere, text=True)
    assert running.stdout is not None
    while running.stdout.readline() != "end\n":
        assert running.poll() is None
    return running


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_backfill_that_ends_early_loses_only_what_was_under_way(
    desk: Desk, tmp_path: Path, number: signal.Signals
) -> None:
    for day in WEEK:
        desk.land(day, 10.0)
    desk.edit("market/lows.sql", "min(price)", f"min(price) + 0 * {SLOW}")
    running = start(desk, tmp_path)
    workers = children(running.pid)
    assert len(workers) >= 2
    with running:
        running.send_signal(number)
    deadline = time.monotonic() + 10
    while any(map(is_alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_alive, workers))
    recorded = {build.session for build in Ledger(desk.layout).builds()}
    assert {MON} <= recorded < {*WEEK}
    with writer(desk.layout, "test"):
        assert not list(desk.layout.tmp.iterdir())
    report = backfill(desk, 2)
    assert {build.session for build in report.built} == {*WEEK} - recorded
    assert desk.rows("select count(*) from lows") == [(len(WEEK),)]


def test_a_process_dies_with_its_parent_in_the_middle_of_a_query(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(FOREVER)
    args = [sys.executable, str(script), str(tmp_path)]
    with subprocess.Popen(args, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "market.first\n"
        workers = children(running.pid)
        running.kill()
    deadline = time.monotonic() + 10
    while any(map(is_alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert workers
    assert not any(map(is_alive, workers))


def test_readers_see_a_long_backfill_grow(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "PUBLISH_SECONDS", 0.0)
    desk.land(MON, 10.0)
    desk.land(WED, 11.0)
    seen: list[int] = []

    def look(event: Event) -> None:
        if event.session == WED and event.action == "start":
            seen.append(int(desk.rows("select count(*) from days")[0][0]))

    backfill(desk, 1, report=look)
    assert seen == [1]


def test_a_file_that_never_comes_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "PATIENCE_SECONDS", 0.1)
    gone = tmp_path / "gone.parquet"
    piece = Piece("market.days", "select 1 as a", "file", ("a",), awaits=(gone,))
    task = Task(MON, tmp_path, ("create schema market; create schema built",), (piece,), ())
    (failure,) = building.build(task).failures
    assert failure.message == f"{gone}: no build has left it within 0 s"


def test_processes_share_the_machine(tmp_path: Path) -> None:
    def given(shares: int) -> tuple[int, float]:
        with duck.in_memory(tmp_path, shares=shares) as connection:
            query = "select current_setting('threads'), current_setting('memory_limit')"
            ((threads, memory),) = connection.execute(query).fetchall()
        return threads, duck_bytes(memory)

    alone, beside = given(1), given(2)
    assert beside[0] == max(alone[0] // 2, 1)
    assert beside[1] == pytest.approx(alone[1] / 2, rel=0.02)
    assert given(1_000)[0] == 1


def duck_bytes(text: str) -> float:
    amount, unit = text.split()
    return float(amount) * 1024.0 ** ["bytes", "KiB", "MiB", "GiB", "TiB"].index(unit)
