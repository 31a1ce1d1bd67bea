"""Every ratio of a cell with what it is over, in plain Python.

A second derivation of ``pressure.ratios_5s``. Where the families leave a choice:

- Pairs are all two of six flows, each pair once.
- Flicker is what was pulled by orders younger than half a second; without it on both sides means
  that it counts neither as a pull nor as an add.
- A refill may show more than was filled, so that the refilled part is taken of both together.
- Clustering counts adds, pulls and fills. The minute before is the 12 buckets before; the Fano
  factor is variance over mean of the last 12 counts. Fewer than 12 are none at all.
- A ratio has no value where the reach of its cell is below 0.2, but it keeps what it is over.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from reference.buckets import BUCKET_NS, Row
from reference.features import LEAST_REACH, Number, beta, intensity

Ratio = tuple[float | None, float | None]
"""A value and what it is over."""
FLOWS = {
    "pull": ("pull_qty",),
    "add": ("add_qty",),
    "fill": ("fill_qty",),
    "in": ("in_away_qty", "in_toward_qty"),
    "out_away": ("out_away_qty",),
    "out_toward": ("out_toward_qty",),
}
PAIRS = {
    "pull_add": ("pull", "add"),
    "fill_pull": ("fill", "pull"),
    "fill_add": ("fill", "add"),
    "in_add": ("in", "add"),
    "in_pull": ("in", "pull"),
    "in_fill": ("in", "fill"),
    "out_away_add": ("out_away", "add"),
    "out_away_pull": ("out_away", "pull"),
    "out_away_fill": ("out_away", "fill"),
    "out_away_in": ("out_away", "in"),
    "out_toward_add": ("out_toward", "add"),
    "out_toward_pull": ("out_toward", "pull"),
    "out_toward_fill": ("out_toward", "fill"),
    "out_toward_in": ("out_toward", "in"),
    "out_direction": ("out_away", "out_toward"),
}
MINUTE = 12
"""Buckets."""


def cell_ratios(cell: Row, counts: Sequence[int]) -> dict[str, Ratio]:
    """Return every ratio of one cell.

    Parameters
    ----------
    counts
        Adds, pulls and fills of the cell in this bucket, last, and in each one before.
    """
    flow = {name: sum(cell[column] for column in columns) for name, columns in FLOWS.items()}
    flow["out"] = flow["out_away"] + flow["out_toward"]
    found = {name: balance(flow[a], flow[b]) for name, (a, b) in PAIRS.items()}
    depth = Fraction(cell["depth_twa_ns"], BUCKET_NS)
    for name, lots in flow.items():
        found[f"{name}_intensity"] = intensity(lots, depth), float(lots + depth)
    for name in ("add", "pull", "fill"):
        count, orders = cell[f"n_{name}"], cell["orders_end"]
        found[f"{name}_count_intensity"] = intensity(count, Fraction(orders)), float(count + orders)
    found |= _twins(cell, flow) | _orders(cell) | _clustering(counts)
    found["build"] = balance(
        flow["add"] + flow["in"] + cell["refill_qty"], flow["pull"] + flow["out"] + flow["fill"]
    )
    found["in_direction"] = balance(cell["in_away_qty"], cell["in_toward_qty"])
    if cell["reach"] < float(LEAST_REACH):
        return {name: (None, support) for name, (_, support) in found.items()}
    return found


def balance(a: Number, b: Number) -> Ratio:
    """Return beta and what it is over.

    >>> balance(3, 1), balance(0, 0)
    ((0.5, 4.0), (None, 0.0))
    """
    return beta(a, b), float(a + b)


def share(part: Number, whole: Number) -> Ratio:
    """Return a part of a whole, none of nothing, and the whole.

    >>> share(1, 4), share(0, 0)
    ((0.25, 4.0), (None, 0.0))
    """
    return (float(Fraction(part) / Fraction(whole)) if whole else None), float(whole)


def _twins(cell: Row, flow: dict[str, int]) -> dict[str, Ratio]:
    """The pull-add balance in other terms."""
    flicker = cell["pull_qty"] - cell["pull_500ms_qty"]
    return {
        "pull_add_gross": balance(flow["pull"] + flow["out"], flow["add"] + flow["in"]),
        "pull_add_count": balance(cell["n_pull"], cell["n_add"]),
        "pull_add_500ms": balance(cell["pull_500ms_qty"], max(cell["add_qty"] - flicker, 0)),
        "pull_add_5s": balance(cell["pull_5s_qty"], cell["add_qty"]),
    }


def _orders(cell: Row) -> dict[str, Ratio]:
    """What is known of the orders behind the lots."""
    shown = cell["refill_qty"] + cell["hidden_fill_qty"]
    found = {
        "iceberg_share": share(shown, shown + cell["fill_qty"]),
        "pull_5s_share": share(cell["pull_5s_qty"], cell["pull_qty"]),
        "pull_60s_share": share(cell["pull_60s_qty"], cell["pull_qty"]),
        "size_pull_add": (None, 0.0),
    }
    if cell["n_pull"] and cell["n_add"]:
        pulled = Fraction(cell["pull_qty"], cell["n_pull"])
        added = Fraction(cell["add_qty"], cell["n_add"])
        found["size_pull_add"] = beta(pulled, added), float(cell["n_pull"] + cell["n_add"])
    return found


def _clustering(counts: Sequence[int]) -> dict[str, Ratio]:
    now, before, last = counts[-1], counts[-1 - MINUTE : -1], counts[-MINUTE:]
    found: dict[str, Ratio] = {"burst": (None, None), "branching": (None, None)}
    if len(before) == MINUTE:
        mean = Fraction(sum(before), MINUTE)
        found["burst"] = share(now, now + mean)[0], float(now + sum(before))
    if len(last) == MINUTE:
        found["branching"] = _branching(last), float(sum(last))
    return found


def _branching(counts: Sequence[int]) -> float | None:
    """Return 1 - 1 / sqrt(Fano), 0 where counts are no more spread out than by chance.

    >>> round(_branching([8] + 11 * [0]) or 0, 3)
    0.631
    """
    mean = Fraction(sum(counts), len(counts))
    if not mean:
        return None
    variance = sum((count - mean) ** 2 for count in counts) / len(counts)
    return 1 - 1 / math.sqrt(max(variance / mean, 1))
