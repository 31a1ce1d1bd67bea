"""Every client reads on while builds run and the catalog flips, and always sees one whole set."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from clients.programs import CLIENTS, Client
from desk import FRI, MON, WED, Desk, make

pytestmark = pytest.mark.thorough
HIGHS = "select sum(high) as high from {}"
SEPARATE = [HIGHS.format("days"), HIGHS.format("levels.ranks")]
TOGETHER = [f"select ({SEPARATE[0]}) as one, ({SEPARATE[1]}) as other"]
"""For a client that opens the catalog anew for each query."""
FLIPS = 2


@dataclass(frozen=True)
class Seen:
    """What one client saw of all flips."""

    values: list[float]
    """Whenever they changed."""
    reads: int
    torn: int
    """How often two relations disagreed."""
    complaint: str


@dataclass(frozen=True)
class Soak:
    """What came of reading and building at the same time."""

    expected: list[float]
    """What each catalog says, one after the other."""
    failures: list[str]
    """What the builds complained about."""
    seen: dict[str, Seen]


@pytest.fixture(scope="module")
def soak(clients: dict[str, Client], tmp_path_factory: pytest.TempPathFactory) -> Soak:
    """Flip the catalog under all clients, each time when all have seen the one before."""
    folder = tmp_path_factory.mktemp("flips")
    desk, stop = make(folder), folder / "stop"
    for day in (MON, WED, FRI):
        desk.land(day, 10.0)
    failures, expected = desk.run().failures, [30.0]
    with ExitStack() as ending:
        started = [(name, start(client, desk, stop)) for name, client in clients.items()]
        watching = {name: ending.enter_context(process) for name, process in started}
        ending.callback(stop.touch)  # called first: leaving a process waits for it
        values = {name: [read(process)["seen"]] for name, process in started}
        for number in range(1, FLIPS + 1):
            add(desk, number)
            failures += desk.run().failures
            expected.append(30.0 + 3 * number)
            for name, process in started:
                values[name].append(read(process)["seen"])
        stop.touch()
        seen = {name: end(process, values[name]) for name, process in watching.items()}
    return Soak(expected, failures, seen)


def start(client: Client, desk: Desk, stop: Path) -> Popen[str]:
    questions = TOGETHER if client.name == "evidence" else SEPARATE
    return client.watch(desk.layout.link, questions, stop)


def add(desk: Desk, number: int) -> None:
    """Change what every session of market.days holds, and levels.ranks takes over."""
    desk.edit("market/days.sql", f"max(price){plus(number - 1)} as", f"max(price){plus(number)} as")


def plus(number: int) -> str:
    return f" + {number}" if number else ""


def read(process: Popen[str]) -> dict[str, Any]:
    """Return the next thing a client says; what it complains about if it died."""
    assert process.stdout
    assert process.stderr
    line = process.stdout.readline()
    assert line, process.stderr.read()
    said: dict[str, Any] = json.loads(line)
    return said


def end(process: Popen[str], values: list[float]) -> Seen:
    out, complaint = process.communicate(timeout=60)
    *more, last = map(json.loads, out.splitlines())
    return Seen([*values, *(line["seen"] for line in more)], last["reads"], last["torn"], complaint)


def test_no_build_is_blocked_or_broken_by_readers(soak: Soak) -> None:
    assert soak.failures == []


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_sees_every_catalog_in_turn_and_nothing_between(soak: Soak, name: str) -> None:
    seen = soak.seen[name]
    assert seen.values == soak.expected
    assert (seen.torn, seen.complaint) == (0, "")
    assert seen.reads > len(soak.expected)
