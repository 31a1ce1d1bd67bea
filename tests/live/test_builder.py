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
from live.tape import load
from live.worlds import OPTION
from spymaster import operations
from spymaster.land import land
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
    folder = tmp_path_factory.mktemp("built")
    settings = replace(simulated, warehouse=used(folder / "warehouse"), window_end=END)
    land(sorted((simulated.warehouse.parent / "files").rglob("*.dbn.zst")), settings)
    assert operations.run(settings).failures == []
    return settings


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


def differences(settings: Settings, sent: Path) -> list[str]:
    """Return what was sent that the build did not make, and the other way round."""
    models = snapshots.load(settings, SQL).project.models
    grains = {name: model.header.grain for name, model in models.items()}
    return [str(one) for one in differing(Layout(settings.warehouse), sent, SESSION, grains)]


def test_every_bucket_is_that_of_the_ordinary_build(
    captured: Desk, built: Settings, used: Used, tmp_path: Path
) -> None:
    """Every published column of each, also where its builder was killed on the way."""
    sent = tmp_path / "sent"
    with building(captured, built, used, tmp_path) as builder:
        while len({line.key for line in read_sent(sent)}) < 3 * 15:
            assert builder.step()
    with building(captured, built, used, tmp_path) as builder:
        while not builder.is_done:
            assert builder.step()
    lines = standing(sent)
    assert {n for n, _ in lines} == set(range(1, N_BUCKETS + 1))
    assert len(list(read_sent(sent))) == len(lines), "what stands was sent again"
    relations = {name for line in lines.values() for name in line.relations}
    assert {
        "pressure.states_5s",
        "pressure.ladder_5s",
        "options.gex_5s",
        "book.flow_5s",
    } < relations
    assert differences(built, sent) == []
