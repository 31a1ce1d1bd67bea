"""Which setups of the past looked most like one: norms, what each number counts, neighbours."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from reference.analogs.past import (
    WARM_UP,
    Rules,
    Touch,
    Vector,
)


def norms(vectors: Iterable[Vector]) -> list[tuple[float | None, float | None]]:
    """Return middle and spread of each number; no spread where it says nothing."""
    found: list[tuple[float | None, float | None]] = []
    for values in zip(*vectors, strict=True):
        known = sorted(value for value in values if value is not None)
        if not known:
            found.append((None, None))
            continue
        centre = statistics.median(known)
        spread = 1.4826 * statistics.median(abs(value - centre) for value in known)
        if not spread and len(known) > 1:
            spread = statistics.stdev(known)
        found.append((centre, spread or None))
    return found


def scaled(vector: Vector, scales: Sequence[tuple[float | None, float | None]]) -> list[float]:
    """Return a vector in spreads from the middle, what is not there as 0, cut off at 5."""
    found = []
    for value, (centre, spread) in zip(vector, scales, strict=True):
        if value is None or centre is None or spread is None:
            found.append(0.0)
        else:
            found.append(max(-5.0, min(5.0, (value - centre) / spread)))
    return found


def relevance(
    vectors: Mapping[Touch, Vector],
    outcomes: Mapping[int, Mapping[Touch, str]],
    rules: Rules,
) -> list[tuple[int, float, float]]:
    """Return of each number the ways it was held against, its correlation, and what it counts.

    ``vectors`` are those of the norms, ``outcomes`` all earlier ones by horizon.
    """
    scales = norms(vectors.values())
    whole = {
        touch: [math.floor(abs(z) * 2**20 + 0.5) * (1 if z >= 0 else -1) for z in scaled(v, scales)]
        for touch, v in vectors.items()
    }
    parts = [rules.weights[block] / rules.blocks.count(block) for block in rules.blocks]
    told = []
    for dim in range(len(scales)):
        ways, squares = 0, []
        for _, came in sorted(outcomes.items()):
            pairs = [
                (Fraction(z[dim]), 1 if came[touch] == "break" else -1)
                for touch, z in whole.items()
                if came.get(touch, "chop") != "chop"
            ]
            known = {touch[0] for touch in whole if came.get(touch, "chop") != "chop"}
            if len(known) >= WARM_UP and len(pairs) > 2:
                ways += len(pairs)
                square = correlation_squared(pairs)
                n = len(pairs)
                squares.append(max(0.0, ((n - 1) * square - 1) / (n - 2)))
        told.append((ways, math.sqrt(sum(squares) / len(squares)) if squares else 0.0))
    raw = [part * (1 + 10 * r) for part, (_, r) in zip(parts, told, strict=False)]
    return [(n, r, one * sum(parts) / sum(raw)) for one, (n, r) in zip(raw, told, strict=True)]


def correlation_squared(pairs: Sequence[tuple[Fraction, int]]) -> float:
    """Return the squared correlation of pairs, 0 where one does not vary.

    >>> correlation_squared([(Fraction(1), 1), (Fraction(2), 1), (Fraction(0), -1)])
    0.75
    """
    n = len(pairs)
    x, y = (Fraction(sum(each), n) for each in zip(*pairs, strict=True))
    both = sum((a - x) * (b - y) for a, b in pairs)
    spread = sum((a - x) ** 2 for a, _ in pairs) * sum((b - y) ** 2 for _, b in pairs)
    return float(both**2 / spread) if spread else 0.0


def distance(a: Sequence[float], b: Sequence[float], counts: Sequence[float]) -> float:
    """Return the root of the sum of squared differences, times what each number counts."""
    return math.sqrt(sum(c * (x - y) ** 2 for x, y, c in zip(a, b, counts, strict=True)))


def neighbours(
    session: date,
    vector: Vector,
    past: Mapping[Touch, Vector],
    recent: Mapping[Touch, Vector],
    counts: Sequence[float],
    rules: Rules,
) -> list[tuple[float, Touch]]:
    """Return the nearest earlier setups, nearest first; ``recent`` are the vectors of the norms.

    Also ten where rules ask for fewer, for it to be known how near the past comes.
    """
    scales = norms(recent.values())
    if not scales:
        return []
    own = scaled(vector, scales)
    ranked = sorted(
        (distance(own, scaled(other, scales), counts), touch[0], touch[2], touch[1])
        for touch, other in past.items()
        if touch[0] < session
    )
    found: list[tuple[float, Touch]] = []
    per_session: dict[date, int] = {}
    for far, day, at, cluster in ranked:
        per_session[day] = per_session.get(day, 0) + 1
        if per_session[day] <= rules.cap and len(found) < max(rules.k, 10):
            found.append((far, (day, cluster, at)))
    return found
