"""Similar setups of the past and what they say, in plain Python, one loop after another.

A second derivation of ``analogs.*``. Where the contract leaves a choice:

- Values of a vector are the 32-bit floats that were kept; all that follows is in doubles.
- A number that is cut off at 5 spreads tells of the way in whole 2^-20 of a spread.
- The standard deviation that stands in for a spread of 0 is that of a sample.
- The kernel reaches to the farthest of the neighbours, whether or not its outcome is known.
- Lambda is what leaves the least surprise to the reference alone, over every earlier setup of which
  the outcome is known; then alpha, over those that had neighbours. At a tie what claims less.
- A loss counts odds of at least a millionth, and is added up in whole 2^-40 nats.
- An interval is Wilson's, of so many looks that at four of five odds that today's weights would
  have given it would have held the line of outcomes over odds; odds count there that had half of
  today's sessions behind them. The line is fitted to odds in whole 2^-30; its slope is 1, but for
  how far it is from that beyond its error: of the square of that distance, what is not the error's.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from reference.buckets import Row

OUTCOMES = ("break", "reject", "chop")
LAMBDAS = (0, 0.2, 0.4, 0.6, 0.8, 1)
ALPHAS = (0.5, 1, 2, 4, 8, 16, 32, 64, 128)
UNCLAIMED = 1e9
Z = statistics.NormalDist().inv_cdf(0.9)
SLACK, LIMIT, WARM_UP = 1, 2.25, 5
Odds = dict[str, float]
Touch = tuple[date, str, int]
"""Session, cluster and time of the touch."""
Vector = Sequence[float | None]


@dataclass(frozen=True)
class Rules:
    """The settings, and which block each number of a vector belongs to."""

    blocks: Sequence[str]
    weights: Mapping[str, float]
    k: int = 20
    cap: int = 2
    min_sessions: int = 20


@dataclass
class Past:
    """All that earlier sessions left, by wait and, of outcomes on, by horizon."""

    vectors: dict[int, dict[Touch, Vector]] = field(default_factory=dict)
    outcomes: dict[tuple[int, int], dict[Touch, str]] = field(default_factory=dict)
    candidates: dict[tuple[int, int], dict[Touch, Row]] = field(default_factory=dict)
    forecasts: dict[tuple[int, int], dict[Touch, Row]] = field(default_factory=dict)
    walks: dict[int, list[Row]] = field(default_factory=dict)


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
    """Return the nearest earlier setups, nearest first; ``recent`` are the vectors of the norms."""
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
        if per_session[day] <= rules.cap and len(found) < rules.k:
            found.append((far, (day, cluster, at)))
    return found


def walk_odds(barrier: float, sigma: float, steps: int) -> float:
    """Return the odds that a walk leaves through one of two barriers within some steps.

    >>> round(walk_odds(5, 1.0, 24), 4)
    0.2538
    >>> round(walk_odds(400, 1.0, 24), 4), round(walk_odds(1, 1.0, 1000), 6)  # the series ends
    (0.0027, 0.5)
    """
    h = barrier + 0.5826 * sigma
    width = 2 * h
    series = sum(
        (-1) ** k
        / k
        * math.sin(k * math.pi / 2)
        * math.exp(-(k**2) * math.pi**2 * sigma**2 * steps / (2 * width**2))
        for k in range(1, 60)
    )
    return max(0.5 + 2 / math.pi * series, 0)


def width_of(walks: Sequence[Row], horizon_s: int) -> float:
    """Return how much wider than a walk of its steps the mid was over a horizon."""
    if len(walks) < 5:
        return 1.0
    moves, n_moves = (sum(row[name] for row in walks) for name in ("move_squares", "n_moves"))
    steps, n_steps = (sum(row[name] for row in walks) for name in ("step_squares", "n_steps"))
    return math.sqrt((moves / n_moves) / (steps / n_steps) / (horizon_s // 5))


def candidate(
    near: Sequence[tuple[float, Touch]], known: Mapping[Touch, str], null_odds: float
) -> Row:
    """Return what there is to forecast a setup with; ``known`` are all earlier outcomes."""
    farthest = max((far for far, _ in near), default=0.0)
    votes: list[tuple[float, Touch]] = []
    for far, touch in near:
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


def scores(odds: Odds, came: str) -> dict[str, float]:
    """Return log loss, Brier score and ranked probability score of one forecast."""
    came_as = {outcome: float(outcome == came) for outcome in OUTCOMES}
    so_far, ranked = 0.0, 0.0
    for outcome in ("reject", "chop"):
        so_far += odds[outcome] - came_as[outcome]
        ranked += so_far**2
    brier = sum((odds[outcome] - came_as[outcome]) ** 2 for outcome in OUTCOMES)
    return {"loss": loss(odds[came]), "brier": brier, "ranked": ranked / 2}


def lean(odds: Odds, reference: Odds, came: str) -> tuple[float, float, float]:
    """Return what of a lean came true, its square, and the variance of the first.

    >>> sure, even = {"break": 0.9, "reject": 0.1}, {"break": 0.5, "reject": 0.5}
    >>> [round(each, 3) for each in lean(sure, even, "break")]
    [0.8, 0.64, 0.23]
    """
    way = {"break": 1, "reject": -1}.get(came, 0)
    said, without = (each["break"] - each["reject"] for each in (odds, reference))
    # where nothing is said rounding leaves a little
    lean = round(said - without, 9)
    # of the square what is expected less the square of what is
    spread = sum(odds[o] * (w - said) ** 2 for o, w in (("break", 1), ("reject", -1)))
    spread += (1 - odds["break"] - odds["reject"]) * said**2
    return lean * (way - without), lean**2, lean**2 * spread


def cusum(leans: Sequence[tuple[float, float, float]]) -> list[float]:
    """Return how far less came true than was usual before, session by session from the sixth on.

    >>> held = (4.0, 4.0, 1.0)
    >>> cusum([held] * 6)
    [0.0]
    >>> cusum([held] * 5 + [(0.0, 4.0, 1.0), (0.0, 4.0, 1.0)])[0]
    3.0
    """
    found: list[float] = []
    run = 0.0
    for at in range(WARM_UP, len(leans)):
        before = leans[:at]
        said = sum(one[1] for one in before)
        share = sum(one[0] for one in before) / said if said else 0.0
        misses = [
            (share * said - came) / math.sqrt(variance) if variance else None
            for came, said, variance in leans[: at + 1]
        ]
        own, known = misses[-1], [miss for miss in misses[:-1] if miss is not None]
        spread = max(1.0, statistics.stdev(known)) if len(known) > 1 else 1.0
        run = max(0.0, run + (own or 0.0) / spread - SLACK)
        found.append(run)
    return found


def reliability(
    forecasts: Mapping[Touch, Row], candidates: Mapping[Touch, Row], known: Mapping[Touch, str]
) -> Row | None:
    """Return what forecasts of earlier sessions were worth; None without any."""
    scored = sorted(
        (touch for touch in forecasts if touch in known), key=lambda t: (t[0], t[2], t[1])
    )
    if not scored:
        return None
    kinds: dict[str, dict[Touch, dict[str, float]]] = {}
    for touch in scored:
        said = {"": forecasts[touch]["p"], "_reference": forecasts[touch]["reference"]}
        said |= {f"_{kind}": candidates[touch][kind] for kind in ("base", "null")}
        for kind, odds in said.items():
            kinds.setdefault(kind, {})[touch] = scores(odds, known[touch])
    found: Row = {"n_setups": len(scored), "n_sessions": len({touch[0] for touch in scored})}
    means = {
        (kind, score): sum(one[score] for one in of.values()) / len(of)
        for kind, of in kinds.items()
        for score in ("loss", "brier", "ranked")
    }
    found["gain"] = means["_reference", "loss"] - means["", "loss"]
    for kind in ("_base", "_null"):
        found[f"gain{kind}"] = means[kind, "loss"] - means["", "loss"]
    for score in ("brier", "ranked"):
        found |= {f"{score}{kind}": means[kind, score] for kind in kinds}
    gains: dict[date, float] = {}
    for day in sorted({touch[0] for touch in scored}):
        own = [touch for touch in scored if touch[0] == day]
        saved = [kinds["_reference"][t]["loss"] - kinds[""][t]["loss"] for t in own]
        gains[day] = sum(saved) / len(saved)
    run = cusum(_leans([day for day in gains if _is_claimed(day, forecasts)], forecasts, known))
    found |= {"last_session": max(gains), "last_gain": gains[max(gains)]}
    found["cusum"] = run[-1] if run else None
    return found | {"is_flagged": bool(run) and run[-1] >= LIMIT}


def _leans(
    days: Sequence[date], forecasts: Mapping[Touch, Row], known: Mapping[Touch, str]
) -> list[tuple[float, float, float]]:
    found = []
    for day in days:
        own = [touch for touch in forecasts if touch in known and touch[0] == day]
        each = [lean(forecasts[t]["p"], forecasts[t]["reference"], known[t]) for t in own]
        came, said, variance = (sum(values) for values in zip(*each, strict=True))
        found.append((came, said, variance))
    return found


def _is_claimed(day: date, forecasts: Mapping[Touch, Row]) -> bool:
    return any(row["alpha"] < UNCLAIMED for touch, row in forecasts.items() if touch[0] == day)
