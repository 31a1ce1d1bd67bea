"""Buckets as they close: the rows of the ordinary build, whatever happens on the way."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import time as hour
from pathlib import Path

import pytest

from first_use import Used
from live.building import SESSION, building, differences, files, newest, start_of, up_to
from live.conftest import Desk, quick_desk
from live.gateway import Gateway
from live.plan import Action
from live.shown import holds_the_frames_of_the_replay
from live.tape import joined, load, read
from live.worlds import CLASSES
from spymaster.live import builder as builders
from spymaster.live import follower, tail
from spymaster.live.outgoing import LATE
from spymaster.live.sent import DECIDED, Line, read_sent
from spymaster.live.subscriptions import of_session
from spymaster.settings import Settings
from spymaster.stream.running import Running
from spymaster.units import BUCKET_NS

N = 110
"""Buckets: more than are run over together, looked back at or kept; the touch is in it."""
STATED = "statistics"


@pytest.fixture(scope="module")
def captured(simulated: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A capture of the session, cut twice on the way, to read only."""
    with pytest.MonkeyPatch.context() as patch:
        desk = quick_desk(tmp_path_factory.mktemp("captured") / "capture", patch)
        tape = load(files(simulated))
        desk.subscriptions = of_session(SESSION, "ES", CLASSES, now_ns=int(tape.due_ns[-1]))
        plan = [Action(0, "torn", 12_000), Action(1, "fin", 4_000)]
        desk.capture(Gateway(tape, plan=plan))
        yield desk


@pytest.mark.thorough
def test_every_bucket_is_that_of_the_ordinary_build(
    captured: Desk,
    simulated: Settings,
    used: Used,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every published column of each, one by one or many together, also by a second builder."""
    sent = tmp_path / "sent"
    with building(captured, simulated, used, tmp_path) as builder:
        monkeypatch.setattr(builders, "TOGETHER", 1)
        up_to(1, builder, simulated)
        monkeypatch.setattr(builders, "TOGETHER", 20)
        up_to(21, builder, simulated)
    with building(captured, simulated, used, tmp_path) as builder:
        assert newest(builder, simulated) >= 12, "a checkpoint a minute"
        monkeypatch.setattr(builders, "TOGETHER", 60)
        up_to(N, builder, simulated)
    again = {line.said["why"] for line in read_sent(sent)} - {None}
    assert not again, "a new builder made something else of the same records"
    assert differences(simulated, sent, newest(builder, simulated)) == []
    waits = [line.rows("setups.decisions")["wait_s"][0].as_py() for line in decided(sent)]
    assert waits == [0, 30, 60]
    told = holds_the_frames_of_the_replay(sent, simulated).analogs.values()
    assert [one["wait_s"] for messages in told for one in messages] == [0, 30, 60]


def resident_mb() -> float:
    """Return what memory this process has, MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def decided(sent: Path) -> list[Line]:
    """Return the lines of buckets in which somebody decides about a touch."""
    return [line for line in read_sent(sent) if line.key[1] == DECIDED]


@pytest.fixture
def behind(
    request: pytest.FixtureRequest,
    desk: Desk,
    simulated: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    """A capture in which records of one schema come 3 s after all else, read in small bites."""
    monkeypatch.setattr(follower, "CHUNK", 1 << 12)
    delays_ns = {request.param: 3 * 10**9}
    tape = joined([read(path) for path in files(simulated)], delays_ns=delays_ns)
    desk.subscriptions = of_session(SESSION, "ES", CLASSES, now_ns=int(tape.due_ns[-1]))
    desk.capture(Gateway(tape))
    return desk


@pytest.mark.thorough
@pytest.mark.parametrize("behind", ["bbo-1s", "mbo"], indirect=True)
def test_what_comes_late_has_its_bucket_sent_again(
    behind: Desk, simulated: Settings, used: Used, tmp_path: Path
) -> None:
    """Quotes of options, or orders; in the end what stands is right."""
    with building(behind, simulated, used, tmp_path) as builder:
        while newest(builder, simulated) < 2:
            assert builder.step()
        shown = Running(tmp_path / "sent")
        while builder.counts.late < 1:
            assert builder.step()
        until_ns = builder.newest_ns + 4 * 10**9
        while builder.clock_ns < until_ns:
            assert builder.step()
        builder.finish()
    assert {line.said["why"] for line in read_sent(tmp_path / "sent")} == {None, "late record"}
    told = [event for event in shown.look() if event.kind == "revise"]
    assert told
    assert all(json.loads(one.data)["reason"] == "a record came late" for one in told)
    holds_the_frames_of_the_replay(tmp_path / "sent", simulated)
    assert differences(simulated, tmp_path / "sent", newest(builder, simulated)) == []


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("behind", "group"), [("bbo-1s", "options"), ("mbo", "book")], indirect=["behind"]
)
def test_what_comes_late_once_the_last_bucket_was_sent_has_it_sent_again(
    behind: Desk, group: str, simulated: Settings, used: Used, tmp_path: Path
) -> None:
    """The session is over, and a builder that is behind has not read all of it yet."""
    short = replace(simulated, window_end=hour(9, 30, 20))
    with building(behind, short, used, tmp_path) as builder:
        while not builder.is_done:
            assert builder.step()
        builder.finish()
        assert not builder.step(), "something was not read"
    last = [line.said["why"] for line in read_sent(tmp_path / "sent") if line.key == (4, group)]
    assert last == [None, LATE]


@pytest.mark.slow
def test_what_comes_later_than_is_kept_has_the_oldest_kept_buckets_built_again(
    desk: Desk,
    simulated: Settings,
    used: Used,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also right after a minute, when all was dropped that they are not made of."""
    monkeypatch.setattr(follower, "CHUNK", 1 << 15)
    monkeypatch.setattr(builders, "KEPT", 10)
    parts = [read(path) for path in files(simulated)]
    stated_ns = max(int(one.records["ts_recv"].max()) for one in parts if one.schema == STATED)
    delays_ns = {STATED: start_of(simulated) + 36 * BUCKET_NS + 2 * 10**9 - stated_ns}
    tape = joined(parts, delays_ns=delays_ns)
    desk.subscriptions = of_session(SESSION, "ES", CLASSES, now_ns=int(tape.due_ns[-1]))
    desk.capture(Gateway(tape))
    with building(desk, simulated, used, tmp_path) as builder:
        up_to(30, builder, simulated)
        monkeypatch.setattr(builders, "TOGETHER", 1)
        monkeypatch.setattr(follower, "CHUNK", 1 << 12)
        up_to(36, builder, simulated)
        builder.tell()  # of those stated before the last, some were late already
        up_to(37, builder, simulated)
        assert builder.tell().late > 0
    again = {line.key for line in read_sent(tmp_path / "sent") if line.said["why"]}
    assert (26, "options") in again
    books = [n for n, group in again if group == "book" and n < 36]
    assert not books, "made of a book that is not whole"


@pytest.mark.thorough
def test_of_the_night_the_last_quotes_are_kept_and_few_orders_wait(
    captured: Desk,
    simulated: Settings,
    used: Used,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However long it is; the rows of the window's first buckets are those of all of them."""
    monkeypatch.setattr(tail, "EARLY", 100)
    monkeypatch.setattr(builders, "EARLY", 500)
    monkeypatch.setattr(builders, "TOGETHER", 1)
    monkeypatch.setattr(follower, "CHUNK", 1 << 15)
    waiting: list[int] = []
    with building(captured, simulated, used, tmp_path) as builder:
        while builder.clock_ns < start_of(simulated) - 5 * 10**9:
            assert builder.step()
            waiting.append(len(builder._incoming.queue))  # what it holds shows nowhere else
        query = (
            'select count(*) as n, count(distinct instrument_id) as known from built."raw.bbo_1s"'
        )
        (quotes,) = builder._tail.sandbox.ask(query)
        assert 0 < max(waiting) < 1_500
        assert 100 < quotes["known"] <= quotes["n"] < 2 * quotes["known"]
        up_to(3, builder, simulated)
    sent = {line.key: line.relations for line in read_sent(tmp_path / "sent")}
    assert differences(simulated, tmp_path / "sent", 3) == []
    assert "options.chain_5s" in sent[3, "options"]


@pytest.mark.slow
def test_each_bucket_by_itself_is_that_of_the_ordinary_build(
    captured: Desk,
    simulated: Settings,
    used: Used,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The window to its end, as it goes when nothing waits; memory stays what it is."""
    monkeypatch.setattr(builders, "TOGETHER", 1)
    with building(captured, simulated, used, tmp_path) as builder:
        up_to(20, builder, simulated)
        before = resident_mb()
        while not builder.is_done:
            assert builder.step()
        assert resident_mb() - before < 500
    assert differences(simulated, tmp_path / "sent", 120) == []
