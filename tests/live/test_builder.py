"""Buckets as they close: the rows of the ordinary build, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from first_use import Used
from live.conftest import Desk
from live.gateway import Gateway
from live.plan import Action
from live.tape import joined, load, read
from live.worlds import OPTION
from spymaster import operations
from spymaster.land import land
from spymaster.live import follower
from spymaster.live.audit import differing
from spymaster.live.builder import Builder
from spymaster.live.sent import read_sent, standing
from spymaster.live.subscriptions import of_session
from spymaster.planning import snapshot as snapshots
from spymaster.settings import Settings
from spymaster.units import window_ns
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.layout import Layout

SESSION = date(2024, 3, 5)
END = time(9, 31, 30)
N_BUCKETS = 18
"""Enough for what is pooled over a minute, and for its differences."""


@pytest.fixture(scope="module")
def built(simulated: Settings, used: Used, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The first 90 seconds of the simulated session, by the ordinary build."""
    return cut_at(simulated, END, used, tmp_path_factory.mktemp("built"))


@pytest.fixture
def captured(desk: Desk, simulated: Settings) -> Desk:
    """A capture of the session, cut twice on the way."""
    tape = load(sorted((simulated.warehouse.parent / "files").rglob("*.dbn.zst")))
    desk.subscriptions = of_session(SESSION, "ES", [OPTION], now_ns=int(tape.due_ns[-1]))
    plan = [Action(0, "torn", 12_000), Action(1, "fin", 4_000)]
    desk.capture(Gateway(tape, plan=plan))
    return desk


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


def cut_at(settings: Settings, end: time, used: Used, folder: Path) -> Settings:
    """Return a warehouse of the session as if it ended earlier, by the ordinary build."""
    own = replace(settings, warehouse=used(folder / "warehouse"), window_end=end)
    land(sorted((settings.warehouse.parent / "files").rglob("*.dbn.zst")), own)
    assert operations.run(own).failures == []
    return own


def differences(settings: Settings, sent: Path) -> list[str]:
    """Return what was sent that the build did not make, and the other way round."""
    models = snapshots.load(settings, SQL).project.models
    grains = {name: model.header.grain for name, model in models.items()}
    return [str(one) for one in differing(Layout(settings.warehouse), sent, SESSION, grains)]


def test_every_bucket_is_that_of_the_ordinary_build(
    captured: Desk, built: Settings, used: Used, tmp_path: Path
) -> None:
    """Every published column of each, also where its builder ended on the way."""
    sent = tmp_path / "sent"
    with building(captured, built, used, tmp_path) as builder:
        while len({line.key for line in read_sent(sent)}) < 3 * 15:
            assert builder.step()
    with building(captured, built, used, tmp_path) as builder:
        while not builder.is_done:
            assert builder.step()
    lines = standing(sent)
    assert {n for n, _ in lines} == set(range(1, N_BUCKETS + 1))
    again = {line.said["why"] for line in read_sent(sent)} - {None}
    assert again <= {"late record"}, "a new builder made something else of the same records"
    relations = {name for line in lines.values() for name in line.relations}
    assert {
        "pressure.states_5s",
        "pressure.ladder_5s",
        "options.gex_5s",
        "book.flow_5s",
    } < relations
    assert differences(built, sent) == []


def test_a_quote_that_comes_late_has_its_bucket_sent_again(
    desk: Desk, simulated: Settings, used: Used, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quotes of options come three seconds after all else; in the end what stands is right."""
    monkeypatch.setattr(follower, "CHUNK", 1 << 12)
    files = sorted((simulated.warehouse.parent / "files").rglob("*.dbn.zst"))
    tape = joined([read(path) for path in files], delays_ns={"bbo-1s": 3 * 10**9})
    desk.subscriptions = of_session(SESSION, "ES", [OPTION], now_ns=int(tape.due_ns[-1]))
    desk.capture(Gateway(tape))
    built = cut_at(simulated, time(9, 30, 15), used, tmp_path)
    with building(desk, built, used, tmp_path) as builder:
        while not builder.is_done or builder.counts.late < 1:
            assert builder.step()
        until_ns = builder.newest_ns + 4 * 10**9
        while builder.clock_ns < until_ns:
            assert builder.step()
        builder.finish()
    assert {line.said["why"] for line in read_sent(tmp_path / "sent")} == {None, "late record"}
    assert differences(built, tmp_path / "sent") == []
