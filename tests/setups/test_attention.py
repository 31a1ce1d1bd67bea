"""The experiment on a tiny history: shapes, masks, nothing later, one seed one result."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spymaster.settings import Settings

jax = pytest.importorskip("jax", reason="not installed: uv sync --group experiments")

from attention import conclusion, declared, experiment, neighbours, networks, page, scores  # noqa: E402
from attention.data import Scale, World, folds, load  # noqa: E402
from attention.declared import Fit, Shape  # noqa: E402
from attention.training import network_of, trained  # noqa: E402

QUICK = Fit(1e-3, rounds=2, steps=2, batch=8)
"""Of a training that only has to run."""


@pytest.fixture(scope="module")
def world(history: Settings) -> World:
    return load(history.warehouse)


def test_a_world_is_its_setups_in_time_with_what_was_planted(world: World) -> None:
    count = len(world.came)
    assert world.buckets.shape == (count, 24, 42)
    assert world.segments.shape == (count, 64)
    assert (np.diff(world.session) >= 0).all()
    assert world.hidden is not None
    told = np.array([hidden != "none" for hidden in world.hidden])
    assert told.any()
    # 60 s after a touch the flow of the last minute told it, that of the minute before did not
    assert world.planted[told][:, 13:23].mean() > 0.8
    assert world.planted[told][:, :10].mean() < 0.1


def test_nothing_is_learnt_from_the_tested_sessions_or_later(world: World) -> None:
    tested = []
    for one in folds(world):
        days = [np.unique(world.session[rows]) for rows in (one.train, one.valid, one.test)]
        assert days[0].max() < days[1].min()
        assert days[1].max() < days[2].min()
        tested += days[2].tolist()
    assert tested == sorted(set(tested))
    assert len(tested) == np.ceil(len(world.days) / 2)


def test_what_is_not_there_is_the_usual_and_says_so(world: World) -> None:
    scaled = Scale.of(world.buckets[:20])(world.buckets)
    values, there = scaled[..., :42], scaled[..., 42:]
    assert (values[there == 0] == 0).all()
    assert (there == ~np.isnan(world.buckets)).all()
    assert np.abs(values).max() <= declared.CLIP


def test_later_setups_change_no_weight(world: World) -> None:
    """The same seed gives the same numbers, whatever came of what is tested."""
    one = folds(world)[0]
    block = experiment.Block.of(world, one)
    shape = Shape("perceptron", "segments", width=4)

    def learnt(came: np.ndarray) -> np.ndarray:
        x = block.inputs["segments"]
        return trained(shape, QUICK, x, world.reference, came, one.train, one.valid).adds(x)

    turned = world.came.copy()
    turned[one.test] = (turned[one.test] + 1) % 3
    assert np.array_equal(learnt(world.came), learnt(turned))
    other = world.came.copy()
    other[one.train] = (other[one.train] + 1) % 3
    assert not np.array_equal(learnt(world.came), learnt(other))


@pytest.mark.parametrize(
    "kind",
    [
        "time",
        pytest.param("cells", marks=pytest.mark.slow),
    ],
)
def test_an_encoder_fills_in_what_it_did_not_see(world: World, kind: str) -> None:
    x = Scale.of(world.buckets)(world.buckets)[:5]
    network = network_of(Shape(kind, "buckets", width=8, heads=2, layers=1), x.shape[1:])
    weights = jax.jit(network.init)(jax.random.key(0))
    embedding, looks = jax.jit(lambda x: network.encode(weights, x, None, 0.0))(x)
    assert embedding.shape == (5, 8)
    assert np.asarray(looks).sum(axis=(1, 2)) == pytest.approx(np.ones(5), abs=1e-5)
    masked = np.zeros((5, 24), bool)
    masked[:, 7] = True
    other = x.copy()
    other[:, 7] = 3.0
    restored = jax.jit(lambda x, masked: network.restore(weights, x, masked))
    seen = restored(x, masked)
    assert seen.shape == (5, 24, 42)
    assert np.array_equal(seen, restored(other, masked))
    assert not np.allclose(seen, restored(other, ~masked))


def test_places_hold_every_number_once_and_give_it_back(world: World) -> None:
    x = Scale.of(world.buckets)(world.buckets)[:3]
    placed = networks._placed(x)
    assert np.array_equal(networks._unplaced(placed[..., : networks.MOST]), x[..., :42])


def test_a_search_by_other_vectors_knows_earlier_sessions_only(world: World) -> None:
    one = folds(world)[0]
    asked = one.test[:6]

    def voted(vectors: np.ndarray) -> np.ndarray:
        shares, worth = neighbours.votes(world, vectors, asked, alike=False)
        return np.nan_to_num(np.column_stack([shares, worth]))

    later, earlier = world.v.copy(), world.v.copy()
    later[world.session > world.session[asked].max()] += 1
    earlier[: len(earlier) // 4] *= -1
    assert np.array_equal(voted(world.v), voted(later))
    assert not np.array_equal(voted(world.v), voted(earlier))


def test_odds_are_odds_and_no_claim_is_the_reference(world: World) -> None:
    adds = np.random.default_rng(0).normal(size=(2, len(world.came), 3))
    assert experiment.claimed(world.reference, adds, 0.0) == pytest.approx(world.reference)
    assert experiment.claimed(world.reference, adds, 1.0).sum(axis=1) == pytest.approx(1)


def test_no_declared_network_is_larger_than_allowed() -> None:
    inputs = {"segments": (128,), "buckets": (24, 84)}
    for shape, _ in declared.NETWORKS.values():
        network = network_of(shape, inputs[shape.sees])
        weights = jax.eval_shape(network.init, jax.random.key(0))
        assert networks.parameters(weights) <= declared.MOST_PARAMETERS


def test_the_page_says_what_its_tables_say(
    world: World, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cheap models stand for all; one that knows what came must be said to win."""
    rows = np.concatenate([one.test for one in folds(world)])

    def only(odds: np.ndarray) -> np.ndarray:
        found = np.full(odds.shape, np.nan)
        found[rows] = odds[rows]
        return found

    # by the same factor each time: from three tested sessions that differ nothing would follow
    came = np.eye(3)[world.came] == 1
    likely = 1.3 * world.reference[came][:, None]
    assert likely.max() < 1
    sure = np.where(came, likely, (1 - likely) / 2)
    odds = dict.fromkeys(declared.MODELS, only(world.reference))
    odds["attention over time"] = only(sure)
    named = replace(world, name=declared.PRIMARY_WORLD)
    tables = page.write(tmp_path / "report.html", [experiment.Outcome(named, odds)])
    (line,) = conclusion.winners(tables[0])
    assert line.model == "attention over time"
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert f"attention over time beats {declared.RIVAL} there by {line.over.text}" in text
    assert text.count("<li>") == 5
    nothing = scores.table(
        experiment.Outcome(named, dict.fromkeys(declared.MODELS, only(world.reference)))
    )
    assert conclusion.winners(nothing) == []
    assert all(line.gain.value == 0 for line in nothing.lines)
