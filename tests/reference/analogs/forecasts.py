"""What neighbours say: odds beside those of a walk and of the past, and how far to believe them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import takewhile

from reference.analogs.past import OUTCOMES, UNCLAIMED, WARM_UP, Odds, Rules, Touch
from reference.buckets import Row

LAMBDAS = (0, 0.2, 0.4, 0.6, 0.8, 1)
ALPHAS = (0.5, 1, 2, 4, 8, 16, 32, 64, 128)
Z = statistics.NormalDist().inv_cdf(0.9)


def walk_odds(barrier: float, sigma: float, steps: int) -> float:
    """Return the odds that a walk leaves through one of two barriers within some steps.

    By reflection: what would lie beyond the barrier, thrice as far, five times, in turn.

    >>> round(walk_odds(5, 1.0, 24), 4), round(walk_odds(1, 1.0, 1000), 6)
    (0.2538, 0.5)
    >>> walk_odds(400, 1.0, 24), walk_odds(4, 0.0, 24)
    (0.0, 0.0)
    """
    spread = sigma * math.sqrt(steps)
    if not spread:
        return 0.0
    far = (barrier + 0.5826 * sigma) / spread / math.sqrt(2)
    beyond = (math.erfc(odd * far) for odd in range(1, 10_000, 2))
    signed = (odds * (-1) ** at for at, odds in enumerate(takewhile(bool, beyond)))
    return sum(signed, 0.0)


def width_of(walks: Sequence[Row], horizon_s: int) -> float:
    """Return how much wider than a walk of its steps the mid was over a horizon."""
    if len(walks) < 5:
        return 1.0
    moves, n_moves = (sum(row[name] for row in walks) for name in ("move_squares", "n_moves"))
    steps, n_steps = (sum(row[name] for row in walks) for name in ("step_squares", "n_steps"))
    return math.sqrt((moves / n_moves) / (steps / n_steps) / (horizon_s // 5))


def candidate(
    near: Sequence[tuple[float, Touch]], known: Mapping[Touch, str], null_odds: float, k: int
) -> Row:
    """Return what there is to forecast a setup with; ``known`` are all earlier outcomes.

    The nearest ``k`` vote, the nearest ten say how near the past comes.
    """
    farthest = max((far for far, _ in near[:k]), default=0.0)
    votes: list[tuple[float, Touch]] = []
    for far, touch in near[:k]:
        weight = max(1 - (far / farthest) ** 2, 0.001) if farthest else 1.0
        if touch in known:
            votes.append((weight, touch))
    total = sum(weight for weight, _ in votes)
    found: Row = {"n_known": len(votes), "n_eff": 0.0, "p": None}
    if votes:
        n_eff = total**2 / sum(weight**2 for weight, _ in votes)
        found["n_eff"] = min(n_eff, len({touch[0] for _, touch in votes}))
        found["p"] = {
            outcome: sum(weight for weight, touch in votes if known[touch] == outcome) / total
            for outcome in OUTCOMES
        }
    seen = list(known.values())
    found["base"] = {o: (seen.count(o) + 1) / (len(seen) + 3) for o in OUTCOMES}
    found["null"] = {"break": null_odds, "reject": null_odds, "chop": 1 - 2 * null_odds}
    found["n_past"], found["n_sessions"] = len(seen), len({touch[0] for touch in known})
    nearest = [far for far, _ in near[:10]]
    found["mean_distance"] = sum(nearest) / len(nearest) if nearest else None
    return found


def loss(odds: float) -> float:
    """Return the nats of surprise at what came."""
    return -math.log(max(odds, 1e-6))


def counted(odds: float) -> int:
    """Return the same in whole 2^-40 nats, half rounded away from 0."""
    return math.floor(loss(odds) * 2**40 + 0.5)


def mixed(row: Row, base_part: float) -> Odds:
    """Return what is said without the flow."""
    return {o: base_part * row["base"][o] + (1 - base_part) * row["null"][o] for o in OUTCOMES}


def shrunk(row: Row, reference: Odds, alpha: float) -> Odds:
    """Return the neighbours' shares drawn toward the reference."""
    own = row["p"] or dict.fromkeys(OUTCOMES, 0.0)
    if alpha >= UNCLAIMED:
        return reference
    return {
        o: (alpha * reference[o] + row["n_eff"] * own[o]) / (alpha + row["n_eff"]) for o in OUTCOMES
    }


def weights(
    candidates: Mapping[Touch, Row], known: Mapping[Touch, str]
) -> tuple[float, float, int, float | None]:
    """Return lambda, alpha, the scored sessions of one wait and horizon, and how sure a gain is."""
    scored = {t: (row, known[t]) for t, row in candidates.items() if t in known}
    base_part = min(
        sorted(LAMBDAS, reverse=True),
        key=lambda part: sum(counted(mixed(row, part)[came]) for row, came in scored.values()),
    )
    gains: dict[float, dict[date, int]] = {alpha: {} for alpha in sorted(ALPHAS, reverse=True)}
    for touch, (row, came) in scored.items():
        reference = mixed(row, base_part)
        for alpha, by_day in gains.items() if row["n_eff"] else ():
            saved = counted(reference[came]) - counted(shrunk(row, reference, alpha)[came])
            by_day[touch[0]] = by_day.get(touch[0], 0) + saved
    alpha = max(gains, key=lambda one: sum(gains[one].values()))
    days = list(gains[alpha].values())
    t = t_statistic(days)
    is_claimed = len(days) >= WARM_UP and t is not None and t > beyond_chance(len(days))
    return base_part, float(alpha) if is_claimed else UNCLAIMED, len(days), t


def beyond_chance(n: int) -> float:
    """Return what a t of so many sessions exceeds by chance once in twenty.

    Expansion around the normal (Fisher and Cornish 1960); a table has 2.132 and 1.729.

    >>> round(beyond_chance(5), 3), round(beyond_chance(20), 3)
    (2.115, 1.729)
    """
    return 1.645 + 1.524 / (n - 1) + 1.42 / (n - 1) ** 2


def t_statistic(gains: Sequence[int]) -> float | None:
    """Return the mean over its standard error.

    >>> t_statistic([1, 3])
    2.0
    >>> t_statistic([1, 1]), t_statistic([1])
    (None, None)
    """
    if len(set(gains)) < 2:
        return None
    spread = statistics.variance(map(Fraction, gains))
    return float(sum(gains)) / math.sqrt(spread * len(gains))


def looks(
    candidates: Mapping[Touch, Row], known: Mapping[Touch, str], base_part: float, alpha: float
) -> tuple[int, float]:
    """Return how many earlier odds were judged, and of how many looks intervals would be right."""
    given = [
        (row["n_sessions"], shrunk(row, mixed(row, base_part), alpha), known[touch])
        for touch, row in candidates.items()
        if touch in known and row["n_sessions"]
    ]
    sessions = len({touch[0] for touch in known})
    off = []
    for outcome in OUTCOMES:
        pairs = [(odds[outcome], int(came == outcome)) for _, odds, came in given]
        line = calibration(pairs)
        for (odds, _), (behind, _, _) in zip(pairs, given, strict=True):
            share = min(max(line(odds), 0.01), 0.99)
            if behind >= sessions / 2:
                off.append((odds - share) ** 2 / (share * (1 - share)))
    if sessions < WARM_UP or not off:
        return len(off), 1.0
    at = len(off) - math.floor(len(off) - len(off) * 0.8) - 1
    far = sorted(off)[at]
    return len(off), max(1.0, min(len(known), Z**2 / far if far else math.inf))


def calibration(pairs: Sequence[tuple[float, int]]) -> Callable[[float], float]:
    """Return the line of what came over odds, as far from what the odds say as it is sure of.

    >>> line = calibration([(0.25, 0), (0.75, 1)])  # nobody knows how sure two points are
    >>> line(0.5), line(1)
    (0.5, 1.0)
    >>> line = calibration([(0.25, 0)] * 4 + [(0.75, 1)] * 4)  # without error: a slope of 2
    >>> line(0.25), line(0.75)
    (0.0, 1.0)
    """
    if not pairs:
        return float
    odds = [Fraction(math.floor(odds * 2**30 + 0.5), 2**30) for odds, _ in pairs]
    mean, share = statistics.mean(odds), Fraction(sum(came for _, came in pairs), len(pairs))
    off = [(x - mean, came - share) for x, (_, came) in zip(odds, pairs, strict=True)]
    spread = sum(x * x for x, _ in off)
    if not spread or len(pairs) <= 2:
        return lambda given: float(share + Fraction(given) - mean)
    slope = sum(x * y for x, y in off) / spread
    left = sum((y - slope * x) ** 2 for x, y in off)
    doubt = left / (len(pairs) - 2) / spread
    sure = max(0, 1 - doubt / (slope - 1) ** 2) if slope != 1 else 0
    return lambda given: float(share + (1 + (slope - 1) * sure) * (Fraction(given) - mean))


def interval(share: float, n: float) -> tuple[float, float]:
    """Return the 80 % interval of a share that was seen n times (Wilson 1927).

    >>> [round(end, 4) for end in interval(0.5, 10)]
    [0.3122, 0.6878]
    """
    middle, spread = (
        share + Z**2 / (2 * n),
        Z * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)),
    )
    low, high = ((middle + way * spread) / (1 + Z**2 / n) for way in (-1, 1))
    return max(low, 0.0), min(high, 1.0)


def forecast(
    row: Row,
    base_part: float,
    alpha: float,
    n_looks: float,
    past_distances: Sequence[float],
    rules: Rules,
) -> Row:
    """Return how a setup may end."""
    reference = mixed(row, base_part)
    odds = shrunk(row, reference, alpha)
    found: Row = {"p": odds, "reference": reference, "base_part": base_part, "alpha": alpha}
    found["ends"] = {outcome: interval(odds[outcome], n_looks) for outcome in OUTCOMES}
    found["n_looks"], found["coverage"] = n_looks, None
    if row["mean_distance"] is not None and past_distances:
        nearer = sum(far <= row["mean_distance"] for far in past_distances)
        found["coverage"] = nearer / len(past_distances)
    found["why"] = None
    if row["n_sessions"] < rules.min_sessions:
        found["why"] = "too_few_sessions"
    elif found["coverage"] is not None and found["coverage"] > 0.9:
        found["why"] = "no_close_analogs"
    return found
