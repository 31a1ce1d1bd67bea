"""One world: every model learns from earlier sessions and forecasts the tested ones."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from attention import declared, neighbours, trees
from attention.data import Fold, Scale, World, fold, folds
from attention.networks import parameters
from attention.pretraining import pretrained, summaries
from attention.training import Trained, trained
from spymaster.setups import scoring

Array = np.ndarray


@dataclass
class Outcome:
    """What came of the experiment in one world."""

    world: World
    odds: dict[str, Array]
    """By model, (n, 3), nan outside of the tested sessions."""
    sizes: dict[str, int] = field(default_factory=dict)
    """Numbers that a network learns."""
    chosen: list[dict[str, Any]] = field(default_factory=list)
    """What validation chose in each block, by model."""
    seconds: dict[str, float] = field(default_factory=dict)
    """CPU seconds of each model."""
    curve: list[dict[str, Any]] = field(default_factory=list)
    looks: dict[str, Any] = field(default_factory=dict)


@dataclass
class Block:
    """A fold's inputs, and what was learnt from them."""

    world: World
    fold: Fold
    inputs: dict[str, Array]
    """segments (n, 128) and buckets (n, 24, 84), scaled by what is learnt from."""
    networks: dict[str, Trained] = field(default_factory=dict)
    odds: dict[str, Array] = field(default_factory=dict)
    chosen: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, world: World, fold: Fold) -> Block:
        """Scale the inputs of a fold."""
        inputs = {
            name: Scale.of(values[fold.train])(values)
            for name, values in (("segments", world.segments), ("buckets", world.buckets))
        }
        return cls(world, fold, inputs)

    def loss(self, odds: Array) -> float:
        """Return the mean surprise at the validation's outcomes."""
        rows = self.fold.valid
        return float(scoring.losses(odds[rows], self.world.came[rows]).mean())

    def claim(self, name: str, adds: Array) -> None:
        """Keep a model's odds: as much of what its seeds add as validation wants, averaged."""
        tried = [claimed(self.world.reference, adds, part) for part in declared.CLAIMS]
        best = min(range(len(tried)), key=lambda at: self.loss(tried[at]))
        self.odds[name], self.chosen[name] = tried[best], declared.CLAIMS[best]


def claimed(reference: Array, adds: Array, part: float) -> Array:
    """Return odds with a part of what each seed adds to the log-odds, averaged over seeds."""
    raw = np.log(np.maximum(reference, 1e-6)) + part * adds
    raw = np.exp(raw - raw.max(axis=-1, keepdims=True))
    return (raw / raw.sum(axis=-1, keepdims=True)).mean(axis=0)


def run(world: World) -> Outcome:
    """Return what each model said of the tested sessions of a world."""
    found = Outcome(world, {})
    blocks = []
    for one in folds(world):
        block = Block.of(world, one)
        for name, learn in LEARNERS.items():
            begun = time.process_time()
            learn(block, name)
            found.seconds[name] = found.seconds.get(name, 0.0) + time.process_time() - begun
        blocks.append(block)
        found.chosen.append(block.chosen)
        for name, odds in block.odds.items():
            whole = found.odds.setdefault(name, np.full((len(world.came), 3), np.nan))
            whole[one.test] = odds[one.test]
    found.sizes = sizes(blocks[-1])
    if world.name == declared.CURVE_WORLD:
        found.curve = curve(world)
    if world.name == declared.IMPORTANCE_WORLD and world.planted is not None:
        from attention.importance import looks

        found.looks = looks(blocks[-1])
    return found


def sizes(block: Block) -> dict[str, int]:
    """Return how many numbers each network learns; more than declared is an error."""
    found = {
        name: parameters(one.weights) // len(declared.SEEDS)
        for name, one in block.networks.items()
        if name in declared.NETWORKS
    }
    for name, count in found.items():
        if count > declared.MOST_PARAMETERS:
            raise ValueError(f"{name}: {count} parameters, {declared.MOST_PARAMETERS} allowed")
    return found


def learn_network(block: Block, name: str) -> None:
    """Train one of the declared networks."""
    shape, fit = declared.NETWORKS[name]
    x, world = block.inputs[shape.sees], block.world
    train, valid = block.fold.train, block.fold.valid
    one = trained(shape, fit, x, world.reference, world.came, train, valid)
    block.networks[name] = one
    block.claim(name, one.adds(x))


def learn_trees(block: Block, name: str) -> None:
    """Grow trees, as many times as there are seeds."""
    world, split = block.world, block.fold
    values = world.segments if declared.TREES[name] == "segments" else world.buckets
    x = values.reshape(len(values), -1)
    adds = [
        trees.adds(x, world.reference, world.came, split.train, split.valid, seed)
        for seed in declared.SEEDS
    ]
    block.claim(name, np.stack(adds))


def learn_probe(block: Block, name: str) -> None:
    """Let an encoder fill in masked buckets of all day, then fit a linear map to what it sees."""
    encoder = declared.PRETRAINED[name]
    if encoder not in block.world.extra:
        block.world.extra[encoder] = pretrain(block.world, encoder)
    seen = block.world.extra[encoder]
    x = Scale.of(seen[block.fold.train])(seen)[:, : seen.shape[1]]
    world, split = block.world, block.fold
    linear = declared.Shape("linear", "embedding")
    one = trained(linear, declared.PROBE, x, world.reference, world.came, split.train, split.valid)
    block.claim(name, one.adds(x))


def pretrain(world: World, encoder: str) -> Array:
    """Return what an encoder makes of every setup that saw earlier days, and no outcome."""
    shape, _ = declared.NETWORKS[encoder]
    windows, of = world.windows
    first = folds(world)[0]
    known = windows[of <= world.session[first.train].max()]
    scale = Scale.of(known)
    weights = pretrained(shape, scale(known), *declared.PRETRAINING[encoder])
    return summaries(shape, weights, scale(world.buckets))


def learn_search(block: Block, name: str) -> None:
    """Search by what attention made of the buckets, in place of the pooled vector."""
    embedding, _ = block.networks[declared.EMBEDDED].embeds(block.inputs["buckets"])
    vectors = np.concatenate(list(embedding[: declared.EMBEDDING_SEEDS]), axis=-1)
    asked = np.concatenate([block.fold.valid, block.fold.test])
    shares, worth = neighbours.votes(block.world, vectors, asked)
    shrink(block, name, asked, shares, worth)


def shrink(block: Block, name: str, asked: Array, shares: Array, worth: Array) -> None:
    """Keep neighbours' shares, drawn toward the reference as far as validation wants."""
    reference = block.world.reference
    tried = []
    for alpha in declared.ALPHAS:
        odds = reference.copy()
        odds[asked] = neighbours.drawn(reference[asked], shares, worth, alpha)
        tried.append(odds)
    best = min(reversed(range(len(tried))), key=lambda at: block.loss(tried[at]))
    block.odds[name], block.chosen[name] = tried[best], declared.ALPHAS[best]


def learn_mixture(block: Block, name: str) -> None:
    """Mix the analogs with the model that validation likes best."""
    best = min(declared.MIXED, key=lambda one: block.loss(block.odds[one]))
    own, past = block.odds[best], block.world.odds["analogs"]
    tried = {part: part * own + (1 - part) * past for part in declared.MIXES}
    part = min(tried, key=lambda one: block.loss(tried[one]))
    block.odds[name], block.chosen[name] = tried[part], f"{part:g} of {best}"


def take_given(block: Block, name: str) -> None:
    """Keep the odds that the product gave on the day itself."""
    block.odds[name] = block.world.odds[name]


LEARNERS = (
    dict.fromkeys(declared.GIVEN, take_given)
    | dict.fromkeys(declared.NETWORKS, learn_network)
    | dict.fromkeys(declared.TREES, learn_trees)
    | dict.fromkeys(declared.PRETRAINED, learn_probe)
    | {declared.SEARCHED: learn_search, declared.MIXTURE: learn_mixture}
)


def curve(world: World) -> list[dict[str, Any]]:
    """Return gains on the last tested block by how many sessions before it were learnt from."""
    last = np.unique(world.session[folds(world)[-1].test])
    found = []
    for count in declared.CURVE:
        if count > last[0]:
            continue
        block = Block.of(world, fold(world, last, np.arange(last[0] - count, last[0])))
        for name in declared.LEARNING:
            if name == "analogs":
                asked = np.concatenate([block.fold.valid, block.fold.test])
                shares = neighbours.votes(world, world.v, asked, memory=count, alike=False)
                shrink(block, name, asked, *shares)
            else:
                learn_network(block, name)
            rows = block.fold.test[~world.is_placebo[block.fold.test]]
            gains = gained(world, block.odds[name], rows)
            interval = scoring.interval(gains, world.session[rows].tolist())
            found.append(
                {"model": name, "sessions": count, "gain": interval.value}
                | {"low": interval.low, "high": interval.high}
            )
    return found


def gained(world: World, odds: Array, rows: Array) -> Array:
    """Return nats saved against the reference at some rows."""
    came = world.came[rows]
    return scoring.losses(world.reference[rows], came) - scoring.losses(odds[rows], came)
