"""Encoders that learn what windows of all day look like, by filling in masked buckets."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from attention import declared
from attention.declared import Shape
from attention.networks import Network, Weights
from attention.training import network_of

Array = np.ndarray
AT_ONCE = 256


def pretrained(shape: Shape, windows: Array, steps: int, batch: int, seed: int = 0) -> Weights:
    """Return the weights of an encoder after filling in masked buckets.

    Parameters
    ----------
    windows : (m, 24, 84) float32
        Inputs of sessions that may be learnt from, no outcome among them.
    """
    network = network_of(shape, windows.shape[1:])
    rows = np.random.default_rng(seed).integers(len(windows), size=(steps, batch))
    begun = network.init(jax.random.key(seed))
    rule = optax.adamw(optax.cosine_decay_schedule(declared.PRETRAINING_RATE, steps))
    carried = begun, rule.init(begun)
    step = partial(_step, network, rule)
    compiled = jax.jit(step)
    for at, chosen in enumerate(rows):
        carried = compiled(carried, windows[chosen], jax.random.fold_in(jax.random.key(seed), at))
    return carried[0]


def summaries(shape: Shape, weights: Weights, x: Array) -> Array:
    """Return what the encoder makes of inputs, averaged over pieces of time, (n, size)."""
    network = network_of(shape, x.shape[1:])
    assert network.summary is not None
    compiled = jax.jit(network.summary)
    count = len(x)
    padded = np.concatenate([x, np.zeros((-count % AT_ONCE, *x.shape[1:]), x.dtype)])
    found = [
        np.asarray(compiled(weights, padded[at : at + AT_ONCE]))
        for at in range(0, len(padded), AT_ONCE)
    ]
    return np.concatenate(found)[:count]


def _step(
    network: Network, rule: optax.GradientTransformation, carried: Any, x: Any, key: Any
) -> Any:
    weights, state = carried
    masked = jax.random.bernoulli(key, declared.MASKED, x.shape[:2])

    def loss(weights: Weights) -> Any:
        assert network.restore is not None
        values, there = jnp.split(x, 2, axis=-1)
        counted = there * masked[:, :, None]
        error = (network.restore(weights, x, masked) - values) ** 2 * counted
        return error.sum() / jnp.maximum(counted.sum(), 1)

    change, state = rule.update(jax.grad(loss)(weights), state, weights)
    return optax.apply_updates(weights, change), state
