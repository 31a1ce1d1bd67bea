"""Networks trained, all seeds at once, in one compiled loop; stopped by validation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from attention import declared
from attention.declared import Fit, Shape
from attention.networks import Network, Weights, build

Array = np.ndarray
PADDED, ASKED, HELD = 2048, 256, 256
"""Rows are filled up to a multiple: of what is learnt from, asked about and held out. So folds and
worlds share what was compiled, which costs more than to train."""


@dataclass(frozen=True)
class Trained:
    """A network with the weights of each seed."""

    network: Network
    weights: Weights
    """With an axis of seeds in front."""

    def adds(self, x: Array) -> Array:
        """Return what each seed adds to the reference's log-odds, (seeds, n, 3)."""
        return np.asarray(_outputs(self.network)(self.weights, padded(x, ASKED)))[:, : len(x)]

    def embeds(self, x: Array) -> tuple[Array, Array | None]:
        """Return each seed's embedding, (seeds, n, width), and where it looks.

        That is (seeds, n, 24, tokens), or None for a network that does not attend.
        """
        embedding, looks = _encoded(self.network)(self.weights, padded(x, ASKED))
        seen = None if looks is None else np.asarray(looks)[:, : len(x)]
        return np.asarray(embedding)[:, : len(x)], seen


@lru_cache
def network_of(shape: Shape, inputs: tuple[int, ...]) -> Network:
    """Return the network of a shape, always the same one, so that it is compiled once."""
    return build(shape, inputs)


def untrained(shape: Shape, x: Array, seeds: tuple[int, ...] = declared.SEEDS) -> Trained:
    """Return a network as it begins, with an output that is drawn and not 0."""
    network = network_of(shape, x.shape[1:])
    weights = _begun(network, seeds)
    out = weights["out"]["w"]
    drawn = jax.random.normal(jax.random.key(99), out.shape) / out.shape[1] ** 0.5
    return Trained(network, weights | {"out": weights["out"] | {"w": drawn}})


def trained(
    shape: Shape,
    fit: Fit,
    x: Array,
    reference: Array,
    came: Array,
    train: Array,
    valid: Array,
    seeds: tuple[int, ...] = declared.SEEDS,
) -> Trained:
    """Fit a network to rows ``train`` of its inputs and stop it by rows ``valid``.

    Parameters
    ----------
    x : (n, ...) float32
        Inputs.
    reference : (n, 3)
        Odds that it adds to.
    came : (n,)
        Places of outcomes.
    """
    network = network_of(shape, x.shape[1:])
    rows = _drawn_rows(seeds, fit, train)
    offset = np.log(np.maximum(reference, 1e-6)).astype(np.float32)
    held = np.resize(valid, -(-len(valid) // HELD) * HELD)
    weight = (np.arange(len(held)) < len(valid)).astype(np.float32)
    return Trained(
        network,
        _fitting(network, fit)(
            _begun(network, seeds),
            jnp.array(seeds),
            rows,
            padded(x, PADDED),
            padded(offset, PADDED),
            padded(came.astype(np.int32), PADDED),
            held,
            weight,
        ),
    )


def padded(x: Array, to: int) -> Array:
    """Return rows filled up with zeros to a multiple of a number."""
    more = -len(x) % to
    return np.concatenate([x, np.zeros((more, *x.shape[1:]), x.dtype)]) if more else x


def _begun(network: Network, seeds: tuple[int, ...]) -> Weights:
    return jax.vmap(network.init)(jnp.stack([jax.random.key(seed) for seed in seeds]))


def _drawn_rows(seeds: tuple[int, ...], fit: Fit, train: Array) -> Array:
    """Return the rows of each seed's batches, (seeds, rounds, steps, batch)."""
    shape = (fit.rounds, fit.steps, fit.batch)
    return np.stack(
        [train[np.random.default_rng(seed).integers(len(train), size=shape)] for seed in seeds]
    ).astype(np.int32)


def _surprise(
    network: Network, weights: Weights, x: Any, offset: Any, came: Any, *rest: Any
) -> Any:
    odds = jax.nn.log_softmax(offset + network.apply(weights, x, *rest))
    return -jnp.take_along_axis(odds, came[:, None], axis=1)[:, 0]


@lru_cache
def _fitting(network: Network, fit: Fit) -> Callable[..., Weights]:
    rule = optax.adamw(
        optax.cosine_decay_schedule(fit.rate, fit.rounds * fit.steps), weight_decay=fit.decay
    )

    def one(
        weights: Weights,
        seed: Any,
        rows: Any,
        x: Any,
        offset: Any,
        came: Any,
        held: Any,
        weight: Any,
    ) -> Weights:
        def judged(weights: Weights) -> Any:
            lost = _surprise(network, weights, x[held], offset[held], came[held])
            return (lost * weight).sum() / weight.sum()

        def step(carried: Any, given: Any) -> Any:
            weights, state = carried
            batch, key = given

            def loss(weights: Weights) -> Any:
                own = x[batch], offset[batch], came[batch]
                return _surprise(network, weights, *own, key, fit.dropout).mean()

            change, state = rule.update(jax.grad(loss)(weights), state, weights)
            return (optax.apply_updates(weights, change), state), None

        def turn(carried: Any, given: Any) -> Any:
            weights, state, best, least = carried
            (weights, state), _ = jax.lax.scan(step, (weights, state), given)
            lost = judged(weights)
            best = jax.tree.map(lambda new, old: jnp.where(lost < least, new, old), weights, best)
            return (weights, state, best, jnp.minimum(lost, least)), None

        keys = jax.random.split(jax.random.key(seed), rows.shape[:2])
        begun = (weights, rule.init(weights), weights, judged(weights))
        (_, _, best, _), _ = jax.lax.scan(turn, begun, (rows, keys))
        return best

    return jax.jit(jax.vmap(one, in_axes=(0, 0, 0, None, None, None, None, None)))


@lru_cache
def _outputs(network: Network) -> Callable[..., Any]:
    return jax.jit(jax.vmap(network.apply, in_axes=(0, None)))


@lru_cache
def _encoded(network: Network) -> Callable[..., Any]:
    return jax.jit(
        jax.vmap(lambda weights, x: network.encode(weights, x, None, 0.0), in_axes=(0, None))
    )
