"""Each world answers as it says it does."""

import json
from dataclasses import dataclass
from datetime import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pyarrow import parquet

from simulate.sessions import DAY, read, short
from spymaster.simulate import SimulatedSession
from spymaster.simulate.realism.replay import Replay
from spymaster.simulate.worlds.plant import plant_of, posterior
from spymaster.simulate.worlds.truth import TYPES
from spymaster.units import BUCKET_NS, E9, NEW_YORK, NS_PER_SECOND, local_ns

TICK = 0.25


@dataclass(frozen=True)
class Played:
    """A session with its answers and its price."""

    touches: list[dict[str, Any]]
    truth: dict[str, Any]
    first: int
    mids: NDArray[np.float64]
    """Points, by bucket."""

    @property
    def opened_ns(self) -> int:
        return local_ns(DAY, time(9, 30), NEW_YORK)

    @property
    def ended_ns(self) -> int:
        return local_ns(DAY, time(12, 30), NEW_YORK)

    def mid(self, at_ns: int) -> float:
        return float(self.mids[at_ns // BUCKET_NS - self.first])


def play(folder: Path, **given: object) -> Played:
    options = {"start": time(9, 15), "end": time(12, 30)} | given
    written = short(folder, **options)
    truth = json.loads(written.truth.read_text(encoding="utf-8"))
    return Played(truth["touches"], truth, *_mids(written))


def _mids(written: SimulatedSession) -> tuple[int, NDArray[np.float64]]:
    buckets = Replay(0).follow([read(written.mbo)]).buckets
    first, last = min(buckets), max(buckets)
    mids = [buckets[at].mid if at in buckets else np.nan for at in range(first, last + 1)]
    known = np.maximum.accumulate(np.where(np.isnan(mids), 0, np.arange(len(mids))))
    return first, np.array(mids)[known] * TICK


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play(tmp_path_factory.mktemp("planted"), world="W3", start=time(8, 30))


def test_three_hours_bring_enough_touches_of_known_levels(planted: Played) -> None:
    assert 6 <= len(planted.touches) <= 20
    assert len({touch["level_id"] for touch in planted.touches}) > 1
    assert all(touch["known_ns"] <= touch["start_ns"] for touch in planted.touches)


def test_the_price_waits_at_the_level_while_the_flow_tells(planted: Played) -> None:
    for touch in planted.touches:
        assert 60 <= (touch["end_ns"] - touch["start_ns"]) / NS_PER_SECOND <= 121
        held = [
            planted.mid(at) - touch["price"]
            for at in range(touch["start_ns"], touch["end_ns"], BUCKET_NS)
        ]
        assert max(map(abs, held)) <= 3 * TICK


def test_the_price_answers_as_the_hidden_type_says(planted: Played) -> None:
    for touch in planted.touches:
        inward = 1 if touch["approach"] == "from_below" else -1
        later = touch["end_ns"] + 150 * NS_PER_SECOND
        if later >= planted.ended_ns:
            continue
        moved = (planted.mid(later) - touch["price"]) * inward / TICK
        if touch["hidden"] == "chop":
            assert abs(moved) < 8
        else:
            assert (moved > 4) == (touch["hidden"] == "break")
            assert abs(moved) > 4


def test_the_flow_tells_the_hidden_type(planted: Played) -> None:
    for touch in planted.touches:
        bids = touch["bids_added"] / touch["bids_expected"]
        asks = touch["asks_added"] / touch["asks_expected"]
        if touch["approach"] == "from_above":
            bids, asks = asks, bids
        wanted = {"break": (2.0, 0.5), "reject": (0.5, 2.0), "chop": (2.0, 2.0)}[touch["hidden"]]
        assert (bids, asks) == pytest.approx(wanted, rel=0.3)
        assert touch[f"oracle_{touch['hidden']}"] > 0.9


@pytest.mark.thorough
def test_without_strength_the_flow_tells_nothing(tmp_path: Path) -> None:
    played = play(tmp_path, world="W3", strength=0.0, end=time(10, 30))
    assert played.touches
    for touch in played.touches:
        assert touch["asks_added"] == pytest.approx(touch["asks_expected"], rel=0.25)
        assert touch["oracle_break"] == pytest.approx(1 / 3)


@pytest.mark.thorough
def test_half_way_the_flow_of_a_drifting_world_turns_around(tmp_path: Path) -> None:
    touches = play(tmp_path, world="W4", rate=0.02).touches
    flipped = [touch["flipped"] for touch in touches]
    assert flipped == sorted(flipped)
    assert set(flipped) == {False, True}
    for touch in touches:
        near = "bids" if touch["approach"] == "from_below" else "asks"
        built = touch[f"{near}_added"] > touch[f"{near}_expected"]
        assert built == ((touch["hidden"] != "reject") != touch["flipped"])


@pytest.mark.thorough
def test_visits_of_the_trap_end_at_all_distances(tmp_path: Path) -> None:
    played = play(tmp_path, world="W2", rate=0.02)
    shorts = [touch["short_ticks"] for touch in played.touches]
    assert min(shorts) < 0 < max(shorts)
    assert {touch["hidden"] for touch in played.touches} == {"none"}
    for touch in played.touches:
        inward = -1 if touch["approach"] == "from_below" else 1
        reached = touch["price"] + inward * (touch["short_ticks"] + 0.5) * TICK
        assert abs(played.mid(touch["start_ns"]) - reached) <= 3 * TICK


@pytest.mark.thorough
def test_a_mechanical_book_echoes_the_price_and_foretells_nothing(tmp_path: Path) -> None:
    written = short(tmp_path, world="W1", start=time(9, 30), end=time(10, 20))
    first, mids = _mids(written)
    carried, moves = _carried(read(written.mbo), first, mids)[1:], np.diff(mids)
    assert np.corrcoef(carried, moves)[0, 1] > 0.4
    assert abs(np.corrcoef(carried[:-1], moves[1:])[0, 1]) < 0.2


def _carried(records: Any, first: int, mids: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lots added less pulled, each times its distance from the mid in ticks, by bucket."""
    filled = np.isin(records["order_id"], records["order_id"][records["action"] == b"F"])
    live = records[(records["flags"] & 32 == 0) & ~filled]
    at = (live["ts_event"] // BUCKET_NS).astype(np.int64) - first
    away = (live["price"] / E9 - mids[at]) / TICK
    kind = (live["action"] == b"A") * 1.0 - (live["action"] == b"C")
    return np.bincount(at, kind * live["size"] * away, len(mids))


def test_the_touches_are_the_same_in_both_truth_files(tmp_path: Path) -> None:
    written = short(tmp_path, end=time(9, 58))
    touches = json.loads(written.truth.read_text(encoding="utf-8"))["touches"]
    assert touches == parquet.read_table(written.truth.with_suffix(".parquet")).to_pylist()
    assert touches


def test_fake_levels_keep_clear_of_real_ones(planted: Played) -> None:
    real = {touch["price"] for touch in planted.touches if touch["known_ns"] <= planted.opened_ns}
    fake = planted.truth["placebo_prices"]
    assert len(fake) == 8
    assert min(b - a for a, b in pairwise(fake)) > 6 * TICK
    assert min(abs(price - level) for price in fake for level in real) > 6 * TICK


@pytest.mark.parametrize("hidden", TYPES)
def test_the_oracle_grows_surer_with_strength(hidden: str) -> None:
    chances = []
    for strength in (0.0, 0.1, 0.3, 1.0):
        adds = plant_of(hidden, strength, from_below=True, flipped=False).adds
        added = (round(200 * adds[0]), round(200 * adds[1]))
        odds = posterior(strength, added, (200.0, 200.0), from_below=True, flipped=False)
        chances.append(odds[hidden])
    assert chances[0] == pytest.approx(1 / 3)
    assert chances == sorted(chances)
    assert chances[-1] > 0.99


def test_a_level_from_above_mirrors_one_from_below() -> None:
    below = plant_of("break", 1.0, from_below=True, flipped=False)
    above = plant_of("break", 1.0, from_below=False, flipped=False)
    assert above.adds == below.adds[::-1]
    assert above.lives == below.lives[::-1]
    assert above.upward == pytest.approx(1 - below.upward)
