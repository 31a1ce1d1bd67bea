"""Jobs side by side, each as soon as what it needs is done, on a connection of its own.

Two queries with a thread each finish sooner than one after the other with two threads, and cost
less: a query has stretches that one thread works through alone, while the other, and the client
that waits, ask again and again whether there is something to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from time import perf_counter
from typing import Generic, Protocol, TypeVar

from spymaster.warehouse import duck

MOST = 2
"""Jobs at a time. More seldom find something to do: relations build on one another."""


@dataclass(frozen=True)
class Wire:
    """What a relation hangs on."""

    reads: frozenset[str]
    """All relations that it looks at, through views too."""
    needs: frozenset[str]
    """Those that are made before, of what is made with it."""
    constants: tuple[str, ...] = ()
    """Statements that set what it and the views that it reads ask ``getvariable`` for: a connection
    does not hear of what another one has set."""
    own_threads: int = 0
    """How many threads of its own are busy while it is made, beside the database's."""


NONE = Wire(frozenset(), frozenset())


class Job(Protocol):
    """Something that a connection does."""

    @property
    def relation(self) -> str:
        """What it makes, and its name among others."""

    @property
    def wire(self) -> Wire:
        """What it hangs on."""

    @property
    def shows(self) -> frozenset[str]:
        """Relations that it reads which show other rows while it does, to everybody."""


J = TypeVar("J", bound=Job)
R = TypeVar("R")


@dataclass(frozen=True)
class Rest(Generic[R]):
    """What is left to do of a job on its connection, once others may read what it made."""

    do: Callable[[], R]


def number(cores: int) -> int:
    """Return how many jobs go side by side where a database has so many cores."""
    return min(MOST, cores)


@dataclass(frozen=True)
class _Hand(Generic[J]):
    """A connection and what it is busy with."""

    connection: duck.Connection
    job: J


class Hands:
    """Some connections to one database that work side by side, while they are needed.

    Parameters
    ----------
    threads : int
        Of the database, which those that are busy have among them.
    """

    def __init__(self, connection: duck.Connection, count: int, threads: int = 1) -> None:
        self._connection, self._threads, self._each = connection, threads, threads
        self._whole = ExitStack()
        self._idle = [self._whole.enter_context(duck.beside(connection)) for _ in range(count)]
        self._pool = self._whole.enter_context(ThreadPoolExecutor(count))
        self._took: dict[str, float] = {}
        """Seconds, by relation, the last time."""

    def close(self) -> None:
        """Wait for what is under way, and let the connections go."""
        self._whole.close()

    def work(
        self, jobs: Sequence[J], do: Callable[[duck.Connection, J], R | Rest[R]]
    ) -> Iterator[tuple[J, R]]:
        """Do jobs, which stand each after what it needs; yield what each gave as it is done.

        A job that gives a rest is made: what needs it may begin while that is done. Of those that
        may begin, the one that others wait for longest goes first, going by how long each took the
        last time, if it was done before. After an error none begins; the error of the first job, in
        their order, that has one is raised when all that was begun has ended.
        """
        left, ranks = list(jobs), _ranks(jobs, self._took)
        done = {name for job in jobs for name in job.wire.needs} - {job.relation for job in jobs}
        busy: dict[Future[R | Rest[R]], _Hand[J]] = {}
        failed: dict[str, BaseException] = {}
        while busy or (left and not failed):
            begun = [] if failed else self._take_up(left, list(busy.values()), done, ranks)
            under_way = [*busy.values(), *begun]
            self._share_out(sum(1 + hand.job.wire.own_threads for hand in under_way))
            for hand in begun:
                busy[self._pool.submit(self._timed, do, hand.connection, hand.job)] = hand
            for future in wait(busy, return_when=FIRST_COMPLETED).done:
                hand = busy.pop(future)
                done.add(hand.job.relation)
                if error := future.exception():
                    failed[hand.job.relation] = error
                    self._idle.append(hand.connection)
                elif isinstance(found := future.result(), Rest):
                    busy[self._pool.submit(found.do)] = hand
                else:
                    # first of all, for whoever takes it may not come back
                    self._idle.append(hand.connection)
                    yield hand.job, found
        self._share_out(1)
        for job in jobs:
            if job.relation in failed:
                raise failed[job.relation]

    def _take_up(
        self, left: list[J], busy: list[_Hand[J]], done: set[str], ranks: Mapping[str, float]
    ) -> list[_Hand[J]]:
        """Give each idle connection one of the jobs that may begin, while there are any."""
        begun: list[_Hand[J]] = []
        while self._idle and (job := _next(left, [*busy, *begun], done, ranks)) is not None:
            left.remove(job)
            begun.append(_Hand(self._idle.pop(), job))
        return begun

    def _share_out(self, count: int) -> None:
        """Let each of the jobs under way have its part of the threads; to change it takes 10 ms."""
        each = max(self._threads // count, 1)
        if each != self._each:
            self._connection.execute(f"set threads = {each}")
            self._each = each

    def _timed(
        self, do: Callable[[duck.Connection, J], R], connection: duck.Connection, job: J
    ) -> R:
        began = perf_counter()
        try:
            return do(connection, job)
        finally:
            self._took[job.relation] = perf_counter() - began


def _next(
    left: Sequence[J],
    busy: Sequence[_Hand[J]],
    done: set[str],
    ranks: Mapping[str, float],
) -> J | None:
    may = [
        job
        for job in left
        if job.wire.needs <= done and not any(_disturb(job, hand.job) for hand in busy)
    ]
    return max(may, key=lambda job: ranks[job.relation], default=None)


def _disturb(one: Job, other: Job) -> bool:
    """Whether one of two would see rows of a relation that are meant for the other."""
    return bool(one.shows & other.wire.reads | other.shows & one.wire.reads)


def _ranks(jobs: Sequence[J], took: Mapping[str, float]) -> dict[str, float]:
    """Return how long each and what waits for it take in a row, all the same if it is unknown."""
    ranks: dict[str, float] = {}
    for job in reversed(jobs):
        ranks[job.relation] = ranks.get(job.relation, 0.0) + took.get(job.relation, 1.0)
        for need in job.wire.needs:
            ranks[need] = max(ranks.get(need, 0.0), ranks[job.relation])
    return ranks
