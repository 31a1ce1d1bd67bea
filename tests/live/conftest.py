"""A stand-in for the vendor, a capture into a folder of the test's own, and what they gave."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from live.gateway import Gateway, serving
from live.plan import KEY
from live.tape import Tape, joined
from live.worlds import FUTURE, OPENS_NS, OPTION, small
from spymaster.live import capture as captures
from spymaster.live import vendor
from spymaster.live.events import read_events
from spymaster.live.follower import Follower
from spymaster.live.order import Gateway as Place
from spymaster.live.order import Order
from spymaster.live.subscriptions import Subscription

DEADLINE_SECONDS = 60.0
"""After which a sign that has not come will not; none takes a hundredth of it."""


@dataclass
class Desk:
    """Where a test captures, and what it asks for."""

    folder: Path
    subscriptions: tuple[Subscription, ...]

    def order(self, gateway: Gateway) -> Order:
        """Return the order for all that a stand-in has."""
        until = int(gateway.tape.due_ns[-1])
        return Order(self.folder, self.subscriptions, until, Place("127.0.0.1", gateway.port))

    def capture(self, gateway: Gateway) -> str:
        """Capture the whole tape in this process; return why it ended."""
        with serving(gateway):
            return captures.capture(self.order(gateway), threading.Event())

    def events(self, *names: str) -> list[dict[str, Any]]:
        """Return what of these names the log says."""
        return [one for one in read_events(self.folder) if one["event"] in names]

    def said(self, *names: str) -> list[str]:
        """Return the reasons of those events."""
        return [one["reason"] for one in self.events(*names)]

    def follower(self) -> Follower:
        """Return a follower at the start of the capture."""
        return Follower(self.folder, [one.schema for one in self.subscriptions])

    def joined(self) -> dict[str, bytes]:
        """Return what was captured of each schema, all connections joined."""
        follower = self.follower()
        found = {one.schema: b"" for one in self.subscriptions}
        while (came := follower.poll()).bytes:
            for schema, rows in came.records.items():
                found[schema] += rows.tobytes()
        return found


def by_schema(tape: Tape) -> dict[str, bytes]:
    """Return what a tape holds of each schema."""
    return {schema: tape.select(tape.of_schema(schema)).data.tobytes() for schema in tape.schemas}


def until(sign: Callable[[], object]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not sign():
        assert time.monotonic() < deadline, "the sign did not come"
        time.sleep(0.002)


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size while the block lasts."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.fixture(scope="session")
def tape() -> Tape:
    """Two minutes of futures and options, invented, with records of all schemas."""
    return joined(small())


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A folder, and a key in the environment that the stand-in knows; no pause is long."""
    return quick_desk(tmp_path / "capture", monkeypatch)


def quick_desk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a desk that waits for nothing long."""
    monkeypatch.setenv("DATABENTO_API_KEY", KEY)
    monkeypatch.setattr(captures, "PAUSES_SECONDS", (0.02,))
    monkeypatch.setattr(captures, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(captures, "SILENCE_SECONDS", 0.5)
    monkeypatch.setattr(vendor, "LOGIN_SECONDS", 0.5)
    both = (FUTURE, OPTION)
    asked = (
        Subscription("mbo", (FUTURE,), OPENS_NS),
        Subscription("definition", both, 0),
        Subscription("statistics", both, 0),
        Subscription("status", (FUTURE,), OPENS_NS),
        Subscription("bbo-1s", both, OPENS_NS),
        Subscription("tbbo", (OPTION,), OPENS_NS),
    )
    return Desk(folder, asked)
