"""Buckets as they close: the rows of the ordinary build, whatever happens on the way."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from first_use import Used
from live.conftest import Desk, quick_desk
from live.gateway import Gateway
from live.plan import Action
from live.shown import holds_the_frames_of_the_replay
from live.tape import Tape, joined, load, read
from live.worlds import OPTION
from spymaster import operations
from spymaster.live import builder as builders
from spymaster.live import follower
from spymaster.live.audit import differing
from spymaster.live.builder import Builder, sent_relations
from spymaster.live.seal import seal
from spymaster.live.sent import DECIDED, Line, read_sent
from spymaster.live.subscriptions import of_session
from spymaster.planning import snapshot as snapshots
from spymaster.settings import Settings
from spymaster.stream.running import Running
from spymaster.units import BUCKET_NS, window_ns
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.layout import Layout

SESSION = date(2024, 3, 5)
N = 110
"""Buckets: more than are run over together, looked back at or kept; the touch is in it."""


@pytest.fixture(scope="module")
def captured(simulated: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A capture of the session, cut twice on the way, to read only."""
    with pytest.MonkeyPatch.context() as patch:
        desk = quick_desk(tmp_path_factory.mktemp("captured") / "capture", patch)
        tape = load(files(simulated))
        desk.subscriptions = of_session(SESSION, "ES", [OPTION], now_ns=int(tape.due_ns[-1]))
        plan = [Action(0, "torn", 12_000), Action(1, "fin", 4_000)]
        desk.capture(Gateway(tape, plan=plan))
        yield desk


@contextmanager
def building(desk: Desk, settings: Settings, used: Used, tmp_path: Path) -> Iterator[Builder]:
    """Build from a capture into a warehouse in which nothing has landed."""
    place = tmp_path / "live_warehouse"
    own = replace(settings, warehouse=place if place.exists() else used(place))
    builder = Builder(
        snapshots.load(own, SQL),
        SESSION,
        desk.follower(),
        window_ns(SESSION, own.window_start, own.window_end, own.zone),
        tmp_path / "sent",
        tmp_path / "spill",
    )
    try:
        yield builder
    finally:
        builder.close()


def files(settings: Settings) -> list[Path]:
    """Return the files of the simulated session."""
    return sorted((settings.warehouse.parent / "files").rglob("*.dbn.zst"))


def newest(builder: Builder, settings: Settings) -> int:
    """Return the number of the newest bucket that was sent."""
    return (builder.newest_ns - start_of(settings)) // BUCKET_NS


def up_to(n: int, builder: Builder, settings: Settings) -> None:
    """Build until a bucket is sent."""
    while newest(builder, settings) < n:
        assert builder.step()


def differences(settings: Settings, sent: Path, n: int) -> list[str]:
    """Return what of the first buckets the ordinary build has made otherwise."""
    snapshot = snapshots.load(settings, SQL)
    grains = {name: model.header.grain for name, model in snapshot.project.models.items()}
    wanted = {"relations": sent_relations(snapshot), "n_buckets": n}
    found = differing(Layout(settings.warehouse), sent, SESSION, grains, **wanted)
    return [str(one) for one in found]


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


def test_a_quote_that_comes_late_has_its_bucket_sent_again(
    desk: Desk, simulated: Settings, used: Used, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quotes of options come three seconds after all else; in the end what stands is right."""
    monkeypatch.setattr(follower, "CHUNK", 1 << 12)
    tape = joined([read(path) for path in files(simulated)], delays_ns={"bbo-1s": 3 * 10**9})
    desk.subscriptions = of_session(SESSION, "ES", [OPTION], now_ns=int(tape.due_ns[-1]))
    desk.capture(Gateway(tape))
    with building(desk, simulated, used, tmp_path) as builder:
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


@pytest.mark.slow
def test_a_session_without_options_is_that_of_the_ordinary_build(
    desk: Desk, simulated: Settings, used: Used, tmp_path: Path
) -> None:
    """Futures alone are asked for, though the gateway has options."""
    tape = load(files(simulated))
    desk.subscriptions = of_session(SESSION, "ES", [], now_ns=int(tape.due_ns[-1]))
    desk.capture(Gateway(tape))
    holds_what_the_build_makes(desk, simulated, used, tmp_path)


@pytest.mark.slow
def test_what_is_lost_and_restated_is_as_the_ordinary_build_has_it(
    desk: Desk, simulated: Settings, used: Used, tmp_path: Path
) -> None:
    """The vendor no longer has the last order record that it sent; the book comes again."""
    tape = load(files(simulated))
    desk.subscriptions = of_session(SESSION, "ES", [OPTION], now_ns=int(tape.due_ns[-1]))
    place = int(np.searchsorted(tape.due_ns, start_of(simulated) + 20 * 10**9))
    wanted = asked_of(tape, desk)[:place]
    last = int(np.flatnonzero(wanted & tape.of_schema("mbo")[:place])[-1])
    plan = [Action(0, "fin", int(wanted.sum())), Action(1, "stall", 1_800, seconds=60)]
    desk.capture(Gateway(tape, plan=plan, lost={1: [last]}))
    assert desk.events("gap")
    assert desk.events("snapshot")
    holds_what_the_build_makes(desk, simulated, used, tmp_path)


def asked_of(tape: Tape, desk: Desk) -> NDArray[np.bool_]:
    """Return which records of a tape a desk asks for."""
    asked = np.zeros(len(tape), np.bool_)
    for one in desk.subscriptions:
        known = tape.ids(one.symbols, one.stype).values()
        ids = [number for found in known for number in found.values()]
        asked |= tape.of_schema(one.schema) & np.isin(tape.instrument_id, ids)
    return asked


def start_of(settings: Settings) -> int:
    """Return when the window starts, ns since 1970 UTC."""
    return window_ns(SESSION, settings.window_start, settings.window_end, settings.zone)[0]


def holds_what_the_build_makes(desk: Desk, simulated: Settings, used: Used, tmp_path: Path) -> None:
    """Seal the capture, build it, and compare every bucket of the window."""
    built = replace(simulated, warehouse=used(tmp_path / "built"))
    seal(desk.folder, [one.schema for one in desk.subscriptions], SESSION, built)
    assert operations.run(built).failures == []
    with building(desk, built, used, tmp_path) as builder:
        while not builder.is_done:
            assert builder.step()
    assert differences(built, tmp_path / "sent", 120) == []
