"""A world in which a hidden type only tilts the odds, told before price arrives or after."""

from __future__ import annotations

import json
from datetime import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulate.sessions import read, short
from spymaster.errors import UsageError
from spymaster.simulate import SimulatedSession
from spymaster.simulate.market.path import STEP_NS, Pull
from spymaster.simulate.market.path import Path as Course
from spymaster.simulate.market.weather import Changing
from spymaster.simulate.realism.replay import Replay
from spymaster.units import BUCKET_NS, NS_PER_SECOND

LONG = {"world": "W5", "rate": 0.02, "start": time(9, 25), "end": time(11, 30), "options": False}


def truth(written: SimulatedSession) -> dict[str, Any]:
    """Return the answers of a session."""
    found: dict[str, Any] = json.loads(written.truth.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def led(tmp_path_factory: pytest.TempPathFactory) -> SimulatedSession:
    """A session whose flow tells a minute and a half before the price arrives."""
    return short(tmp_path_factory.mktemp("led"), **(LONG | {"realistic": True, "lead_s": 90.0}))


def test_the_flow_tells_before_the_price_arrives(led: SimulatedSession) -> None:
    touches = truth(led)["touches"]
    assert len(touches) >= 3
    for touch in touches:
        assert touch["hidden"] in ("break", "reject")
        assert touch["arrival_ns"] - touch["start_ns"] == 90 * NS_PER_SECOND
        assert touch["end_ns"] >= touch["arrival_ns"]
        assert touch[f"oracle_{touch['hidden']}"] > 0.9
        assert touch["oracle_chop"] == 0


def test_the_price_is_where_its_arrival_says(led: SimulatedSession) -> None:
    buckets = Replay(0).follow([read(led.mbo)]).buckets
    for touch in truth(led)["touches"]:
        at = touch["arrival_ns"] // BUCKET_NS
        near = [buckets[n].mid * 0.25 for n in range(at - 1, at + 2) if n in buckets]
        assert min(abs(mid - touch["price"]) for mid in near) <= 2


@pytest.mark.thorough
def test_without_a_lead_it_tells_from_the_arrival_on(tmp_path: Path) -> None:
    written = short(tmp_path, **(LONG | {"realistic": True}))
    for touch in truth(written)["touches"]:
        assert touch["arrival_ns"] == touch["start_ns"]
        assert 60 <= (touch["end_ns"] - touch["start_ns"]) / NS_PER_SECOND <= 121


@pytest.mark.thorough
@pytest.mark.parametrize(
    "tilt", [0.6, *(pytest.param(tilt, marks=pytest.mark.thorough) for tilt in (0.5, 0.8))]
)
def test_the_edge_of_a_path_tilts_its_odds(tilt: float) -> None:
    """Of a thousand walks between two barriers."""
    reach, ups = 10.0, 0
    edge = np.log(tilt / (1 - tilt)) / (2 * reach)
    for seed in range(1_000):
        walk = Course(np.random.SeedSequence(seed), 0.0, 1.5, swing=0.0)
        walk.pull = Pull(edge=edge)
        while abs(walk.tick) < reach:
            walk.step(1.0)
        ups += walk.tick > 0
    assert ups / 1_000 == pytest.approx(tilt, abs=0.05)


def test_days_differ_more_than_hours_and_news_comes_once() -> None:
    steps = 3 * 3_600 * NS_PER_SECOND // STEP_NS
    days = [Changing(np.random.default_rng(seed), steps) for seed in range(40)]
    assert 1.2 < max(day.day for day in days) / np.median([day.day for day in days]) < 4
    for day in days[:10]:
        jumps = [day.jump(step) for step in range(steps)]
        assert np.count_nonzero(jumps) <= 1
        assert len({round(day.factor(step) / day.day, 6) for step in range(0, steps, 600)}) > 1


def test_the_same_arguments_write_the_same_bytes_and_levels_lie_all_around(tmp_path: Path) -> None:
    made = [
        short(tmp_path / name, world="W5", lead_s=90.0, options=False) for name in ("one", "two")
    ]
    assert made[0].mbo.read_bytes() == made[1].mbo.read_bytes()
    assert made[0].chain is None
    assert not (tmp_path / "one" / "options").exists()
    found = json.loads(made[0].truth.read_text(encoding="utf-8"))
    names = [level["level_id"] for level in found["levels"]]
    assert {"PM_HIGH", "PM_LOW", "ROUND_25"} <= set(names)
    assert found["lead_s"] == 90


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"tilt": 0.4}, "tilt 0.4"),
        ({"tilt": 1.0}, "tilt 1.0"),
        ({"lead_s": -1.0}, "lead -1.0"),
        ({"world": "W3", "lead_s": 90.0}, "the flow leads in W5 only"),
        ({"world": "W3", "realistic": True}, "realistic: allowed with W0, W1, W5"),
    ],
)
def test_what_a_world_cannot_do_is_refused(tmp_path: Path, given: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        short(tmp_path, **({"world": "W5"} | given))
