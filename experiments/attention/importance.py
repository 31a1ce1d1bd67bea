"""What networks look at, by three ways that need not agree, beside what a simulation planted.

Occlusion takes a bucket, or a feature of all buckets, away and sees what that costs. Gradients are
integrated from an input of which nothing is known to the one that was there (Sundararajan, Taly and
Yan 2017). Attention is where the last query looks, which explains nothing by itself. A network that
never learnt stands beside each, since some of what such pictures show is the network's form.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from attention import declared
from attention.training import ASKED, Trained, padded, untrained
from spymaster.setups import scoring
from spymaster.setups.examples import NAMES, STEPS

Array = np.ndarray
TOLD = np.array([name.split("__")[0] in declared.PLANTED_FEATURES for name in NAMES])
"""Features in which something was planted, (42,)."""
TAKEN = {"bucket": 4, "feature": 6}
"""How many are taken away from one point of a deletion curve to the next."""


def looks(block: Any) -> dict[str, Any]:
    """Return what each explained network looks at in the tested setups where something was told."""
    world, rows = block.world, block.fold.test
    rows = rows[~world.is_placebo[rows] & world.planted[rows].any(axis=1)]
    x, planted = block.inputs["buckets"][rows], world.planted[rows]
    offset = np.log(np.maximum(world.reference[rows], 1e-6)).astype(np.float32)
    found: dict[str, Any] = {
        "planted": planted.mean(axis=0).tolist(),
        "setups": len(rows),
        "chance": {"bucket": float(planted.mean()), "feature": float(TOLD.mean())},
        "models": {},
    }
    for name in declared.EXPLAINED:
        own = block.networks[name]
        shape, _ = declared.NETWORKS[name]
        told = Told(own, x, offset, world.came[rows])
        seen = told.seen(planted)
        found["models"][name] = {
            "trained": seen,
            "untrained": Told(untrained(shape, x), x, offset, world.came[rows]).seen(planted),
            "deletion": told.deletion(seen),
        }
    return found


class Told:
    """A network and the setups that it is asked about."""

    def __init__(self, one: Trained, x: Array, offset: Array, came: Array) -> None:
        self.one, self.x, self.offset, self.came = one, x, offset, came
        self.whole = self.said(x)

    def said(self, x: Array) -> Array:
        """Return the log-odds given to what came, averaged over seeds, (n,)."""
        raw = self.offset + self.one.adds(x)
        odds = raw - np.logaddexp.reduce(raw, axis=-1, keepdims=True)
        return odds[:, np.arange(len(x)), self.came].mean(axis=0)

    def seen(self, planted: Array) -> dict[str, Any]:
        """Return what matters, by bucket and by feature, and how much of it is planted."""
        buckets = np.stack([self.whole - self.said(without(self.x, [t], [])) for t in range(STEPS)])
        features = np.stack(
            [self.whole - self.said(without(self.x, [], [at])) for at in range(len(NAMES))]
        )
        gradient = np.abs(self.gradients())
        looked = self.one.embeds(self.x)[1]
        found = {
            "bucket": buckets.mean(axis=1).tolist(),
            "feature": features.mean(axis=1).tolist(),
            "gradient_bucket": _parts(gradient.sum(axis=2).mean(axis=0)),
            "gradient_feature": _parts(gradient.sum(axis=1).mean(axis=0)),
            "share": {
                "occlusion, minutes": _share(np.abs(buckets.T), planted),
                "gradients, minutes": _share(gradient.sum(axis=2), planted),
                "occlusion, features": _share(np.abs(features.T), TOLD[None]),
                "gradients, features": _share(gradient.sum(axis=1), TOLD[None]),
            },
        }
        if looked is not None:
            attention = looked.sum(axis=-1).mean(axis=0)
            found["attention"] = attention.mean(axis=0).tolist()
            found["share"]["attention, minutes"] = _share(attention, planted)
        return found

    def deletion(self, seen: dict[str, Any]) -> dict[str, Any]:
        """Return the gain that is left as buckets, then features, are taken away, costliest first.

        Parameters
        ----------
        seen : dict
            What taking away each of them alone costs.
        """
        base = float((self.whole - self._reference()).mean())
        found: dict[str, Any] = {}
        for axis, every in TAKEN.items():
            order = np.argsort(seen[axis])[::-1].tolist()
            steps = range(0, len(order) + 1, every)
            ways = {"most important first": order, "least important first": order[::-1]}
            found[axis] = {"taken": list(steps)} | {
                name: [base - self._lost(axis, own[:count]) for count in steps]
                for name, own in ways.items()
            }
        return found

    def gradients(self) -> Array:
        """Return integrated gradients of what was said of what came, (n, 24, 42)."""
        slope = _slope(self.one.network)
        total = np.zeros_like(self.x)
        x, offset = padded(self.x, ASKED), padded(self.offset, ASKED)
        came = padded(self.came.astype(np.int32), ASKED)
        values = np.concatenate(
            [np.ones(len(NAMES)), np.zeros(len(NAMES))], dtype=np.float32
        )  # what is there stays as it is, values go from the usual one to their own
        for at in (np.arange(declared.GRADIENT_STEPS) + 0.5) / declared.GRADIENT_STEPS:
            own = x * (values * np.float32(at) + (1 - values))
            total += np.asarray(slope(self.one.weights, own, offset, came))[: len(self.x)]
        return (self.x * total / declared.GRADIENT_STEPS)[:, :, : len(NAMES)]

    def _lost(self, axis: str, taken: list[int]) -> float:
        left = without(self.x, taken, []) if axis == "bucket" else without(self.x, [], taken)
        return float((self.whole - self.said(left)).mean())

    def _reference(self) -> Array:
        return -scoring.losses(np.exp(self.offset.astype(float)), self.came)


def without(x: Array, buckets: list[int], features: list[int]) -> Array:
    """Return inputs of which some buckets, or features, are not known: (n, 24, 84)."""
    left = x.copy()
    left[:, buckets] = 0
    left[:, :, [*features, *(at + len(NAMES) for at in features)]] = 0
    return left


def _share(mass: Array, planted: Array) -> float:
    return float((mass * planted).sum() / mass.sum())


def _parts(mass: Array) -> list[float]:
    return (mass / mass.sum()).tolist()


def _slope(network: Any) -> Callable[..., Any]:
    def said(weights: Any, x: Any, offset: Any, came: Any) -> Any:
        odds = jax.nn.log_softmax(offset + network.apply(weights, x))
        return jnp.take_along_axis(odds, came[:, None], axis=1).sum()

    over_seeds = jax.vmap(jax.grad(said, argnums=1), in_axes=(0, None, None, None))
    return jax.jit(lambda *given: over_seeds(*given).mean(axis=0))
