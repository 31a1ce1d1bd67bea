"""Networks as plain functions of their weights: what each adds to the reference's log-odds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from attention.data import PIECES
from attention.declared import Shape
from spymaster.setups.examples import NAMES, STEPS

Weights = dict[str, Any]
CLASSES = 3
PLACES = tuple(dict.fromkeys(name.split("__")[1] for name in NAMES))
"""Places around the price, each a token of the network that looks over cells."""
OF_PLACE = tuple(
    np.array([at for at, name in enumerate(NAMES) if name.split("__")[1] == place])
    for place in PLACES
)
MOST = max(len(of) for of in OF_PLACE)
COLUMNS = np.array([[*of, *[len(NAMES)] * (MOST - len(of))] for of in OF_PLACE])
"""Columns of each place, filled up with one that is not there, (places, most)."""


@dataclass(frozen=True)
class Network:
    """How to begin, and what comes out: an embedding, what it adds, and where it looked."""

    init: Callable[[Any], Weights]
    encode: Callable[..., tuple[Any, Any]]
    """(weights, x, key, dropout) to embedding (n, width) and attention over buckets (n, 24)."""
    restore: Callable[[Weights, Any, Any], Any] | None = None
    """(weights, x, masked) to the inputs that it believes were there, (n, 24, 42)."""
    summary: Callable[[Weights, Any], Any] | None = None
    """(weights, x) to tokens averaged over each piece of a vector, (n, 4 x places x width)."""

    def apply(self, weights: Weights, x: Any, key: Any = None, dropout: float = 0.0) -> Any:
        """Return what is added to the reference's log-odds, (n, 3)."""
        embedding, _ = self.encode(weights, x, key, dropout)
        return _dense(weights["out"], _dropped(embedding, key, dropout))


def build(shape: Shape, inputs: tuple[int, ...]) -> Network:
    """Return a network for inputs of a shape, without the axis of setups."""
    if shape.kind == "linear":
        return _linear(int(np.prod(inputs)))
    if shape.kind == "perceptron":
        return _perceptron(int(np.prod(inputs)), shape.width)
    return _attentive(shape, cells=shape.kind == "cells")


def parameters(weights: Weights) -> int:
    """Return how many numbers there are to learn."""
    return sum(leaf.size for leaf in jax.tree.leaves(weights))


def _linear(size: int) -> Network:
    def encode(weights: Weights, x: Any, key: Any, dropout: float) -> tuple[Any, Any]:
        return x.reshape(len(x), -1), None

    return Network(lambda key: {"out": _drawn(key, size, CLASSES, 0.0)}, encode)


def _perceptron(size: int, width: int) -> Network:
    def init(key: Any) -> Weights:
        return {"in": _drawn(key, size, width), "out": _drawn(key, width, CLASSES, 0.0)}

    def encode(weights: Weights, x: Any, key: Any, dropout: float) -> tuple[Any, Any]:
        return jax.nn.gelu(_dense(weights["in"], x.reshape(len(x), -1))), None

    return Network(init, encode)


def _attentive(shape: Shape, *, cells: bool) -> Network:
    """Return an encoder: tokens, blocks of attention over time (and over cells), one query."""
    d, tokens = shape.width, len(PLACES) if cells else 1
    inputs = 2 * (MOST if cells else len(NAMES))

    def init(key: Any) -> Weights:
        keys = iter(jax.random.split(key, 8 + 2 * shape.layers))
        token = jax.vmap(lambda one: _drawn(one, inputs, d))(jax.random.split(next(keys), tokens))
        axes = ("time", "cells") if cells else ("time",)
        return {
            "token": token,
            "time": 0.1 * jax.random.normal(next(keys), (STEPS, d)),
            "mask": 0.1 * jax.random.normal(next(keys), (d,)),
            "blocks": [{axis: _block(next(keys), d) for axis in axes} for _ in range(shape.layers)],
            "query": 0.1 * jax.random.normal(next(keys), (shape.heads, d // shape.heads)),
            "look": _drawn(next(keys), d, 2 * d),
            "back": jax.vmap(lambda one: _drawn(one, d, inputs // 2))(
                jax.random.split(next(keys), tokens)
            ),
            "out": _drawn(next(keys), d, CLASSES, 0.0),
        }

    def hidden(weights: Weights, x: Any, masked: Any, key: Any, dropout: float) -> Any:
        """Return tokens after all blocks, (n, 24, tokens, d)."""
        h = jnp.einsum(
            "ntpi,pid->ntpd", _placed(x) if cells else x[:, :, None], weights["token"]["w"]
        )
        h = h + weights["token"]["b"]
        if masked is not None:
            h = jnp.where(masked[:, :, None, None], weights["mask"], h)
        h = h + weights["time"][:, None]
        for at, block in enumerate(weights["blocks"]):
            own = None if key is None else jax.random.fold_in(key, at)
            over_time = _attended(block["time"], h.swapaxes(1, 2), shape.heads, own, dropout)
            h = over_time.swapaxes(1, 2)
            if cells:
                h = _attended(block["cells"], h, shape.heads, own, dropout)
        return _normal(h)

    def encode(weights: Weights, x: Any, key: Any, dropout: float) -> tuple[Any, Any]:
        h = hidden(weights, x, None, key, dropout)
        n = len(h)
        looked, taken = jnp.split(_dense(weights["look"], h), 2, axis=-1)
        split = (n, STEPS * tokens, shape.heads, d // shape.heads)
        score = jnp.einsum("nthc,hc->nht", looked.reshape(split), weights["query"])
        share = jax.nn.softmax(score / (d // shape.heads) ** 0.5)
        pooled = jnp.einsum("nht,nthc->nhc", share, taken.reshape(split)).reshape(n, d)
        return pooled, share.mean(axis=1).reshape(n, STEPS, tokens)

    def restore(weights: Weights, x: Any, masked: Any) -> Any:
        h = hidden(weights, x, masked, None, 0.0)
        back = jnp.einsum("ntpd,pdi->ntpi", h, weights["back"]["w"]) + weights["back"]["b"]
        return _unplaced(back) if cells else back[:, :, 0]

    def summary(weights: Weights, x: Any) -> Any:
        newest = hidden(weights, x, None, None, 0.0)[:, ::-1]
        pieces = [newest[:, first:last].mean(axis=1) for first, last in PIECES]
        return jnp.stack(pieces, axis=1).reshape(len(x), -1)

    return Network(init, encode, restore, summary)


def _placed(x: Any) -> Any:
    """Return inputs by place, (n, 24, places, 2 x most), from (n, 24, 2 x 42)."""
    values, there = jnp.split(x, 2, axis=-1)
    padded = [jnp.pad(one, ((0, 0), (0, 0), (0, 1)))[:, :, COLUMNS] for one in (values, there)]
    return jnp.concatenate(padded, axis=-1)


def _unplaced(back: Any) -> Any:
    """Return values in the order of their names from those by place."""
    flat = back.reshape(*back.shape[:2], -1)
    order = np.argsort(COLUMNS.ravel(), kind="stable")[: len(NAMES)]
    return flat[:, :, order]


def _block(key: Any, d: int) -> Weights:
    keys = jax.random.split(key, 4)
    return {
        "qkv": _drawn(keys[0], d, 3 * d),
        "merge": _drawn(keys[1], d, d),
        "up": _drawn(keys[2], d, 2 * d),
        "down": _drawn(keys[3], 2 * d, d),
    }


def _attended(block: Weights, h: Any, heads: int, key: Any, dropout: float) -> Any:
    """Return tokens after one block: attention over the last but one axis, then each by itself."""
    shape = (*h.shape[:-1], heads, h.shape[-1] // heads)
    q, k, v = (
        part.reshape(shape) for part in jnp.split(_dense(block["qkv"], _normal(h)), 3, axis=-1)
    )
    share = jax.nn.softmax(jnp.einsum("...qhc,...khc->...hqk", q, k) / shape[-1] ** 0.5)
    mixed = jnp.einsum("...hqk,...khc->...qhc", share, v).reshape(h.shape)
    h = h + _dropped(_dense(block["merge"], mixed), key, dropout)
    return h + _dense(block["down"], jax.nn.gelu(_dense(block["up"], _normal(h))))


def _normal(h: Any) -> Any:
    middle = h.mean(axis=-1, keepdims=True)
    return (h - middle) / jnp.sqrt(h.var(axis=-1, keepdims=True) + 1e-5)


def _drawn(key: Any, rows: int, columns: int, gain: float = 1.0) -> Weights:
    return {
        "w": gain * jax.random.normal(key, (rows, columns)) / rows**0.5,
        "b": jnp.zeros(columns),
    }


def _dense(weights: Weights, x: Any) -> Any:
    return x @ weights["w"] + weights["b"]


def _dropped(x: Any, key: Any, dropout: float) -> Any:
    if key is None or not dropout:
        return x
    return x * jax.random.bernoulli(key, 1 - dropout, x.shape) / (1 - dropout)
