"""All that is decided before anything is looked at.

Nothing was changed after the first run but how chance is told (intervals of blocks drawn again held
too little, and each model had one of its own), and that the product's own search learns what tells
(docs/decisions.md, "Setups and their past").

What is measured
    Gain: log loss saved a setup, in nats, against the reference of ``analogs.forecasts``, the best
    that is said without flow. Scored at levels, on test sessions alone; placebo levels are learnt
    from, as past setups are, and scored apart.
How sessions are used
    In order. The second half is tested, in two blocks one after the other. What is tested is
    forecast from sessions before its block alone: the last fifth of them decides when to stop, how
    much is claimed and what is mixed, those before it are learnt from.
What counts
    Differences are paired, by setup, with intervals of 95 % over blocks of sessions, as the
    product's own. In each world two families are held together, chances by Holm and intervals by
    Bonferroni: whether each gain is above 0, and whether each model is better than the perceptron
    on segments (RIVAL).
When it ships
    A model beats RIVAL if in W3, at full strength, the interval of its difference is above 0 and
    its held chance is below 5 %. If none does, nothing ships but this experiment.
"""

from __future__ import annotations

from dataclasses import dataclass

CELL = (60, 120)
"""Seconds from touch to decision and on to the outcome: the cell that the product declares too."""
TEST_PART = 0.5
TEST_BLOCKS = 2
VALIDATION_PART = 0.2
SEEDS = (0, 1, 2)
"""Of each network; their odds are averaged, and that is the model."""
CLAIMS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Parts of what a model adds to the reference's log-odds that validation may choose from."""
MIXES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Parts of the best model in its mixture with the analogs."""
ALPHAS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 1e9)
"""Setups that the reference is worth against neighbours by embedding, as analogs.weights has it."""
RIVAL = "mlp on segments"
CONFIDENCE = 0.05
MOST_PARAMETERS = 200_000
CURVE = (5, 10, 20, 30, 40)
"""Sessions learnt from, the last ones before the last tested block, as far as there are."""
CURVE_WORLD = IMPORTANCE_WORLD = PRIMARY_WORLD = "W3"
NOTHING_WORLDS = ("W0", "W1")
"""Here every gain is false."""
CLIP = 5.0
"""Robust deviations at which inputs are cut off, as in analogs.neighbours."""


@dataclass(frozen=True)
class Fit:
    """How a network is trained: AdamW on batches drawn with replacement, stopped by validation."""

    rate: float
    rounds: int
    """Validation is looked at after each, and the best one kept."""
    steps: int = 8
    batch: int = 64
    decay: float = 0.05
    dropout: float = 0.2


@dataclass(frozen=True)
class Shape:
    """A network."""

    kind: str
    """linear, perceptron, time or cells."""
    sees: str
    """segments or buckets."""
    width: int = 0
    heads: int = 0
    layers: int = 0


NETWORKS = {
    "logistic on segments": (Shape("linear", "segments"), Fit(3e-3, 60)),
    RIVAL: (Shape("perceptron", "segments", width=48), Fit(2e-3, 60)),
    "mlp on buckets": (Shape("perceptron", "buckets", width=32), Fit(1e-3, 40)),
    "attention over time": (
        Shape("time", "buckets", width=24, heads=4, layers=2),
        Fit(3e-3, 30),
    ),
    "attention over time x cells": (
        Shape("cells", "buckets", width=12, heads=2, layers=1),
        Fit(4e-3, 16, batch=48),
    ),
}
PRETRAINED = {
    "masked, then probed: time": "attention over time",
    "masked, then probed: time x cells": "attention over time x cells",
}
"""Encoders that first fill in masked buckets of all day, then stay as they are below a line."""
MASKED = 0.3
"""Part of the buckets of a window that is masked."""
PRETRAINING = {"attention over time": (200, 96), "attention over time x cells": (80, 48)}
"""Steps and windows a step; one seed, once a world, on sessions before the first tested block."""
PRETRAINING_RATE = 2e-3
PROBE = Fit(3e-3, 40, dropout=0.0)
TREES = {"trees on segments": "segments", "trees on buckets": "buckets"}
TREE = {
    "objective": "multiclass",
    "num_class": 3,
    "learning_rate": 0.05,
    "num_leaves": 7,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
TREE_ROUNDS, TREE_PATIENCE = 300, 30
EMBEDDED = "attention over time"
"""Whose embedding is searched, by the product's own search, in place of the pooled vector."""
EMBEDDING_SEEDS = 2
"""Seeds whose embeddings stand side by side in one vector."""
GIVEN = ("base", "null", "analogs")
SEARCHED = "search by embedding"
MIXTURE = "analogs with the best model"
MODELS = (*GIVEN, *NETWORKS, *TREES, *PRETRAINED, SEARCHED, MIXTURE)
MIXED = tuple(name for name in MODELS if name not in (*GIVEN, MIXTURE))
"""What the best model is chosen from, by validation."""
LEARNING = ("analogs", "logistic on segments", RIVAL, "mlp on buckets", "attention over time")
"""In the curve over sessions."""
EXPLAINED = ("mlp on buckets", "attention over time", "attention over time x cells")
"""Of which it is asked what they look at, beside the same networks untrained."""
PLANTED_FEATURES = ("pull_add", "add_intensity", "pull_intensity", "centre_move")
"""What a simulation plants shows in these, wherever orders rest: adds, pulls, what is left."""
GRADIENT_STEPS = 24
