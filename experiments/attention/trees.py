"""Boosted trees that add to the reference's log-odds."""

from __future__ import annotations

import lightgbm
import numpy as np

from attention import declared

Array = np.ndarray


def adds(x: Array, reference: Array, came: Array, train: Array, valid: Array, seed: int) -> Array:
    """Return what trees add to the reference's log-odds at every row, (n, 3)."""
    offset = np.log(np.maximum(reference, 1e-6))

    def rows(chosen: Array) -> lightgbm.Dataset:
        return lightgbm.Dataset(
            x[chosen],
            came[chosen],
            init_score=offset[chosen].ravel(order="F"),
            params={"verbosity": -1},
        )

    model = lightgbm.train(
        {**declared.TREE, "seed": seed},
        rows(train),
        declared.TREE_ROUNDS,
        valid_sets=[rows(valid)],
        callbacks=[lightgbm.early_stopping(declared.TREE_PATIENCE, verbose=False)],
    )
    return np.asarray(model.predict(x, raw_score=True))
