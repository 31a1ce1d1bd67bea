"""What forecasts were worth: surprise saved, by how much it could be chance, and by whom."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LEAST_ODDS = 1e-6
"""Odds that a forecast is charged for at least, as in the macro log_loss."""
BLOCK, LEAST_BLOCKS = 3, 8
"""Neighbouring sessions that are one experience, and how many blocks of fewer a short past has."""
MISSES = 0.05
"""Part of intervals that may not hold what is true."""
ANGLES = 100_001
"""At which Student's t is worked out."""


ODDS_RANGE = (1e-3, 1 - 1e-3)
NEWTON_STEPS, SMALL_STEP, HELD_BACK = 12, 1e-10, 1e-3
TOGETHER = 64
"""Curves fitted at a time: what each row counts in each of them is in memory."""


@dataclass(frozen=True)
class Interval:
    """A mean over setups and where it could as well lie, 95 %."""

    value: float
    low: float
    high: float

    @property
    def text(self) -> str:
        """The three as a person writes them; of one session nobody knows where else."""
        if not math.isfinite(self.low):
            return f"{self.value:+.3f}"
        return f"{self.value:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"


def losses(odds: Array, came: NDArray[np.intp]) -> Array:
    """Return the nats of surprise at what came.

    Parameters
    ----------
    odds : (n, 3) float64
        Of break, reject and chop.
    came : (n,) int
        Which of them it was.
    """
    given = odds[np.arange(len(came)), came]
    found: Array = -np.log(np.maximum(given, LEAST_ODDS))
    return found


def brier(odds: Array, came: NDArray[np.intp]) -> Array:
    """Return the squared error of the three odds, 0 to 2, (n,)."""
    found: Array = ((odds - np.eye(3)[came]) ** 2).sum(axis=1)
    return found


def ranked(odds: Array, came: NDArray[np.intp]) -> Array:
    """Return the ranked probability score of reject, chop, break, 0 to 1, (n,)."""
    error = odds - np.eye(3)[came]
    return (error[:, 1] ** 2 + error[:, 0] ** 2) / 2


def interval(values: Array, sessions: Sequence[object], together: int = 1) -> Interval:
    """Return the mean of some values and its 95 % interval by sessions; endless of one session.

    Of so many intervals ``together`` all hold in 95 of 100 records, each being as much wider.
    """
    if not len(values):
        return Interval(np.nan, np.nan, np.nan)
    mean, error, freedom = _mean(values, sessions)
    part = 1 - MISSES / together
    reach = float(np.interp(part, *_student(freedom)[::-1])) * error if freedom else np.inf
    return Interval(mean, mean - reach, mean + reach)


def chance(values: Array, sessions: Sequence[object]) -> float:
    """Return how often chance alone would be as far from 0 as this mean, both ways."""
    if not len(values) or not np.any(values):
        return 1.0
    mean, error, freedom = _mean(values, sessions)
    if not freedom:
        return 1.0
    return 1 - float(np.interp(abs(mean) / error, *_student(freedom))) if error else 0.0


def _mean(values: Array, sessions: Sequence[object]) -> tuple[float, float, int]:
    """Return a mean over setups, its standard error and how many degrees of freedom that has.

    Setups of a session are one experience and neighbouring sessions may be, so it is known from
    how blocks of neighbouring sessions differ, by Student's t (Ibragimov and Mueller 2010).
    """
    names, of = np.unique(np.array(sessions), return_inverse=True)
    count = max(len(names) // BLOCK, min(len(names), LEAST_BLOCKS))
    block = (np.arange(len(names)) * count // len(names))[of]
    mean = float(values.mean())
    off = np.bincount(block, values - mean, count)
    error = np.sqrt(count / max(count - 1, 1) * (off**2).sum()) / len(values)
    return mean, float(error), count - 1


@cache
def _student(freedom: int) -> tuple[Array, Array]:
    """Return distances from 0 and which part of Student's t lies within, both ascending.

    In terms of the angle whose tangent is the distance over the root of the degrees of freedom the
    density is a power of a cosine.
    """
    angles = np.linspace(0, np.pi / 2, ANGLES)
    density = np.cos(angles) ** (freedom - 1)
    within = np.concatenate([[0], np.cumsum(density[1:] + density[:-1])])
    return np.sqrt(freedom) * np.tan(angles), within / within[-1]


def holm(chances: Sequence[float]) -> list[float]:
    """Return chances that hold for all of them at once (Holm 1979).

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(chances)), key=lambda at: chances[at])
    found, so_far = [0.0] * len(chances), 0.0
    for rank, at in enumerate(order):
        so_far = max(so_far, min(1.0, (len(chances) - rank) * chances[at]))
        found[at] = round(so_far, 12)
    return found


def oracle(kinds: Sequence[str], sessions: Sequence[object], came: NDArray[np.intp]) -> Array:
    """Return the odds that somebody gives who knows each setup's hidden type, (n, 3).

    They are how setups of that type ended in all other sessions, one of each outcome added.
    """
    tally: dict[object, Array] = {}
    own: dict[object, Array] = {}
    for kind, session, end in zip(kinds, sessions, came.tolist(), strict=True):
        tally.setdefault(kind, np.zeros(3))[end] += 1
        own.setdefault((kind, session), np.zeros(3))[end] += 1
    found = np.array(
        [
            tally[kind] - own[kind, session] + 1
            for kind, session in zip(kinds, sessions, strict=True)
        ]
    ).reshape(-1, 3)
    odds: Array = found / found.sum(axis=1, keepdims=True)
    return odds


def calibrated(odds: Array, came: Array, sessions: Sequence[object]) -> tuple[Array, Array]:
    """Return how often it came where such odds were given, and the standard error of that, (n,).

    A smooth curve: log-odds of what came are a straight line over the log-odds given (Cox 1958),
    fitted to all sessions but the one that is asked about; errors by leaving out one at a time.

    Parameters
    ----------
    odds : (n,) float64
        Given to one outcome.
    came : (n,) float64
        1 where it came, 0 where not.
    """
    _, of = np.unique(np.array(sessions, dtype="U"), return_inverse=True)
    given = np.clip(odds, *ODDS_RANGE)
    x = np.column_stack([np.ones(len(given)), np.log(given / (1 - given))])
    count = int(of.max()) + 1
    whole = _lines(x, came, np.ones((1, len(x))), np.zeros((1, 2)))
    # from where all of them are it is two or three steps to what all but one say
    some = np.array_split(np.arange(count), -(-count // TOGETHER))
    lines = [_lines(x, came, of != part[:, None], whole.repeat(len(part), axis=0)) for part in some]
    without = _chances(np.concatenate(lines) @ x.T)
    spread = ((without - without.mean(axis=0)) ** 2).sum(axis=0)
    return without[of, np.arange(len(of))], np.sqrt(spread * (count - 1) / count)


def _lines(x: Array, came: Array, counts: Array, lines: Array) -> Array:
    """Return level and slope of log-odds, held near 0 where little is known, by Newton's steps.

    Parameters
    ----------
    counts : (s, n) float64 or bool
        What each row counts in each of some fits.
    lines : (s, 2) float64
        Where they begin.
    """
    squares = (x[:, :, None] * x[:, None, :]).reshape(len(x), 4)
    for _ in range(NEWTON_STEPS):
        chances = _chances(lines @ x.T)
        rise = ((counts * (chances * (1 - chances))) @ squares).reshape(-1, 2, 2)
        miss = (counts * (came - chances)) @ x - HELD_BACK * lines
        steps = np.linalg.solve(rise + HELD_BACK * np.eye(2), miss[:, :, None])[:, :, 0]
        lines = lines + steps
        if np.abs(steps).max() < SMALL_STEP:
            break
    return lines


def _chances(log_odds: Array) -> Array:
    found: Array = 1 / (1 + np.exp(-log_odds))
    return found
