"""Jobs side by side: after what they need, beside nothing they disturb, the longest way first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Barrier, Event, Lock
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk import WED
from spymaster.building import hands
from spymaster.building.hands import Hands, Rest, Wire
from spymaster.building.session import build
from spymaster.building.task import Outcome, Piece, Task
from spymaster.warehouse import duck

SIGN_SECONDS = 30.0
"""After which something that has to happen counts as never."""


@dataclass(frozen=True)
class Job:
    relation: str
    reads: str = ""
    shows: frozenset[str] = frozenset()
    own_threads: int = 0
    wire: Wire = field(init=False)

    def __post_init__(self) -> None:
        reads = frozenset(self.reads.split())
        object.__setattr__(self, "wire", Wire(reads, reads, own_threads=self.own_threads))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duck.Connection]:
    with duck.in_memory(tmp_path_factory.mktemp("spill"), threads=1) as connection:
        yield connection


def done(jobs: Sequence[Job], work: Iterator[tuple[Job, None]]) -> list[str]:
    order = [job.relation for job, _ in work]
    assert sorted(order) == sorted(job.relation for job in jobs)
    return order


def test_two_that_do_not_need_each_other_are_done_side_by_side(database: duck.Connection) -> None:
    both = Barrier(2)
    jobs = [Job("a"), Job("b")]

    def meet(_: duck.Connection, job: Job) -> None:
        both.wait(SIGN_SECONDS)

    with closing(Hands(database, 2)) as two:
        done(jobs, two.work(jobs, meet))


@pytest.mark.parametrize(("own_threads", "share"), [(0, 6), (1, 3), (2, 2)])
def test_threads_of_its_own_count_when_those_of_the_database_are_shared_out(
    own_threads: int, share: int, tmp_path: Path
) -> None:
    seen: list[int] = []

    def ask(connection: duck.Connection, _: Job) -> None:
        seen.extend(*connection.execute("select current_setting('threads')").fetchall())

    jobs = [Job("a", own_threads=own_threads)]
    with (
        duck.in_memory(tmp_path, threads=6) as connection,
        closing(Hands(connection, 2, 6)) as two,
    ):
        done(jobs, two.work(jobs, ask))
    assert seen == [share]


@pytest.mark.parametrize(
    "jobs",
    [
        pytest.param([Job("a"), Job("b", "a")], id="one needs the other"),
        pytest.param([Job("a", "x", frozenset("x")), Job("b", "x")], id="one shows other rows"),
        pytest.param([Job("a", "x"), Job("b", "x", frozenset("x"))], id="the later one does"),
        pytest.param([Job(n, "x", frozenset("x")) for n in "ab"], id="both do"),
    ],
)
def test_two_of_which_one_would_disturb_the_other_are_not(
    database: duck.Connection, jobs: list[Job]
) -> None:
    busy = Lock()

    def alone(_: duck.Connection, job: Job) -> None:
        assert busy.acquire(blocking=False), f"{job.relation} beside another"
        database.cursor().execute("select sum(range) from range(50_000_000)").fetchall()
        busy.release()

    with closing(Hands(database, 2)) as two:
        done(jobs, two.work(jobs, alone))


LETTERS = "abcdefgh"
SHOWN = st.sets(st.sampled_from(LETTERS[:3]), max_size=1).map(frozenset)
GRAPHS = st.tuples(
    *(st.tuples(st.sets(st.sampled_from(LETTERS[:at]), max_size=2) if at else st.just(set()), SHOWN)
      for at in range(len(LETTERS)))
)  # fmt: skip


@given(graph=GRAPHS, number=st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_whatever_needs_what_is_done_after_it_and_undisturbed(
    database: duck.Connection, graph: tuple[tuple[set[str], frozenset[str]], ...], number: int
) -> None:
    jobs = [
        Job(name, " ".join(sorted(needs)), shows & needs)
        for name, (needs, shows) in zip(LETTERS, graph, strict=True)
    ]
    turn, ended, under_way = Lock(), set[str](), set[Job]()

    def noted(_: duck.Connection, job: Job) -> None:
        with turn:
            assert job.wire.needs <= ended
            for other in under_way:
                assert job.shows.isdisjoint(other.wire.reads)
                assert other.shows.isdisjoint(job.wire.reads)
            under_way.add(job)
        with turn:
            under_way.remove(job)
            ended.add(job.relation)

    with closing(Hands(database, number)) as some:
        done(jobs, some.work(jobs, noted))


def test_what_others_wait_for_longest_goes_first_by_what_it_took_before(
    database: duck.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [Job("short"), Job("long"), Job("next", "long")]
    clock, seconds = [0.0], {"short": 9.0, "long": 1.0, "next": 1.0}

    def pass_time(_: duck.Connection, job: Job) -> None:
        clock[0] += seconds[job.relation]

    monkeypatch.setattr(hands, "perf_counter", lambda: clock[0])
    with closing(Hands(database, 1)) as one:
        assert done(jobs, one.work(jobs, pass_time)) == ["long", "short", "next"]
        assert done(jobs, one.work(jobs, pass_time)) == ["short", "long", "next"]


def test_after_an_error_nothing_begins_and_the_first_in_order_is_raised(
    database: duck.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [Job("a"), Job("b"), Job("c"), Job("d", "a")]
    late, begun, waits = Event(), list[str](), count()
    wait = hands.wait

    def waited(*given: Any, **how: Any) -> Any:
        if next(waits):  # by now it has seen what became of the first
            late.set()
        return wait(*given, **how)

    def fail(_: duck.Connection, job: Job) -> None:
        begun.append(job.relation)
        if job.relation == "a":
            assert late.wait(SIGN_SECONDS)
        raise ValueError(job.relation)

    monkeypatch.setattr(hands, "wait", waited)

    with closing(Hands(database, 2)) as two, pytest.raises(ValueError, match="a"):
        list(two.work(jobs, fail))
    assert sorted(begun) == ["a", "b"]


def test_what_needs_a_job_begins_while_the_rest_of_it_is_done(database: duck.Connection) -> None:
    jobs, begun = [Job("a"), Job("b", "a")], Event()

    def begin(_: duck.Connection, job: Job) -> str | Rest[str]:
        if job.relation == "b":
            begun.set()
            return "whole"
        return Rest(lambda: "rest" if begun.wait(SIGN_SECONDS) else "alone")

    with closing(Hands(database, 2)) as two:
        assert {job.relation: gave for job, gave in two.work(jobs, begin)} == {
            "a": "rest",
            "b": "whole",
        }


def test_hands_work_again_after_somebody_stopped_taking_what_they_did(
    database: duck.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = hands.wait

    def waited(busy: Any, **how: Any) -> Any:
        assert busy, "no connection is left to work with"
        return wait(busy, **how)

    monkeypatch.setattr(hands, "wait", waited)
    with closing(Hands(database, 1)) as one:
        work = one.work([Job("a"), Job("b", "a")], lambda *_: None)
        assert next(work)[0].relation == "a"
        work.close()
        assert done([Job("c")], one.work([Job("c")], lambda *_: None)) == ["c"]


def test_an_error_in_the_rest_of_a_job_is_raised_too(database: duck.Connection) -> None:
    jobs = [Job("a"), Job("b", "a")]

    def fail(_: duck.Connection, job: Job) -> Rest[None]:
        return Rest(lambda: database.cursor().execute(f"select error('{job.relation}')"))

    with closing(Hands(database, 1)) as one, pytest.raises(duck.DuckError, match="a"):
        list(one.work(jobs, fail))


def test_a_connection_beside_another_keeps_time_in_utc(database: duck.Connection) -> None:
    zone = "select current_setting('TimeZone')"
    jobs, found = [Job("a")], list[str]()
    with closing(Hands(database, 1)) as one:
        done(jobs, one.work(jobs, lambda c, _: found.extend(c.execute(zone).fetchone() or ())))
    assert found == ["UTC"]


def built(folder: Path, *pieces: Piece) -> Outcome:
    setup = ("create schema market; create schema built",)
    return build(Task(WED, folder, setup, pieces, ()))


def step(name: str, query: str, reads: str = "", drops: tuple[str, ...] = ()) -> Piece:
    needs = frozenset(f"market.{one}" for one in reads.split())
    wire = Wire(needs, needs)
    return Piece(f"market.{name}", query, "step", (), wire=wire, drops=drops)


LONG = "select sum(range) as a from range(200_000_000)"


def test_a_step_is_dropped_once_all_its_readers_are_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duck, "cores", lambda: 2)
    outcome = built(
        tmp_path,
        step("a", "select 1 as a"),
        step("long", LONG),
        step("slow", "select a.a from market.a, market.long", "a long"),
        step("quick", "select a from market.a", "a", drops=('drop table built."market.a"',)),
    )
    assert outcome.failures == ()


def test_of_two_pieces_that_fail_the_first_in_order_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duck, "cores", lambda: 2)
    wrong = [step(name, f"select error('{name}') as a") for name in ("first", "second")]
    (failure,) = built(tmp_path, *wrong).failures
    assert failure.relation == "market.first"
