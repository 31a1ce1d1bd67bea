"""Intervals of gains: as wide as said where sessions are few, alike or one experience."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, inf, log, sqrt
from statistics import mean, variance

import numpy as np
import pytest

from spymaster.setups import scoring

RECORDS = 2_000


def test_an_interval_is_the_t_of_blocks_of_neighbouring_sessions() -> None:
    """Of 24 sessions, a setup each, eight blocks of three, whatever order they come in."""
    values = np.array([float(at * at % 7) for at in range(24)])
    sessions = [f"2024-01-{at + 1:02}" for at in range(24)]
    blocks = [mean(values[at : at + 3]) for at in range(0, 24, 3)]
    reach = 2.364624 * sqrt(variance(blocks) / 8)
    shuffled = np.random.default_rng(1).permutation(24)
    for order in (np.arange(24), shuffled):
        found = scoring.interval(values[order], [sessions[at] for at in order])
        assert found.value == pytest.approx(mean(blocks))
        assert (found.low, found.high) == pytest.approx(
            (mean(blocks) - reach, mean(blocks) + reach), abs=1e-6
        )


@pytest.mark.parametrize(
    ("sessions", "reach"),
    [(2, 12.7062), (5, 2.776445), (8, 2.364624), (15, 2.364624), (24, 2.364624), (93, 2.042272)],
)
def test_few_sessions_reach_farther(sessions: int, reach: float) -> None:
    """By tables of Student's t: two sessions have one degree of freedom, 93 have thirty."""
    count = max(sessions // 3, min(sessions, 8))
    block = np.arange(sessions) * count // sessions
    values = np.where(block % 2, 1.0, -1.0)
    found = scoring.interval(values, list(range(1_000, 1_000 + sessions)))
    off = np.bincount(block, values - values.mean())
    error = sqrt(count / (count - 1) * float((off**2).sum())) / sessions
    assert (found.high - found.value) / error == pytest.approx(reach, rel=1e-4)


@pytest.mark.parametrize("count", [6, 10, 15, 40])
@pytest.mark.parametrize(
    ("alike", "least"), [(0.0, 0.93), (0.4, 0.88)], ids=["by themselves", "like the one before"]
)
def test_nineteen_of_twenty_intervals_hold_what_is_true(
    count: int, alike: float, least: float
) -> None:
    """Gains of some setups a session, skewed as log losses are, of sessions that differ."""
    drawn = np.random.default_rng(count)
    held = [_holds(_record(drawn, count, alike)) for _ in range(RECORDS)]
    assert least <= mean(held) <= 0.985


@pytest.mark.parametrize("count", [10, 15, 40])
def test_a_chance_is_below_5_percent_once_in_twenty(count: int) -> None:
    drawn = np.random.default_rng(count)
    chances = [scoring.chance(*_record(drawn, count, 0.0)) for _ in range(RECORDS)]
    assert 0.015 <= mean(one < 0.05 for one in chances) <= 0.07


def test_intervals_that_hold_together_are_wider() -> None:
    """By tables: of fourteen, 1 - 0.05 / 14 within 6.13804 errors at four degrees of freedom."""
    values, sessions = np.array([0.1, 0.4, 0.2, 0.5, 0.9]), list(range(5))
    alone, together = (scoring.interval(values, sessions, count) for count in (1, 14))
    wider = (together.high - together.value) / (alone.high - alone.value)
    assert wider == pytest.approx(6.13804 / 2.776445, rel=1e-4)
    drawn = np.random.default_rng(5)
    families = [[_record(drawn, 15, 0.0) for _ in range(14)] for _ in range(300)]
    held = [all(_holds(record, 14) for record in family) for family in families]
    assert mean(held) >= 0.93


def test_neighbours_are_told_by_their_order_not_by_their_text() -> None:
    """Of sessions that are numbers the tenth comes after the ninth."""
    values = np.array([float(at // 3) for at in range(24)])
    days = [date(2024, 1, 1) + timedelta(days=at) for at in range(24)]
    assert scoring.interval(values, list(range(24))) == scoring.interval(values, days)


def test_one_session_says_nothing_of_others() -> None:
    values, sessions = np.array([0.1, 0.3]), ["2024-03-05"] * 2
    found = scoring.interval(values, sessions)
    assert (found.value, found.low, found.high) == (0.2, -inf, inf)
    assert scoring.chance(values, sessions) == 1


def test_what_is_the_same_everywhere_is_no_chance() -> None:
    values, sessions = np.full(6, 0.25), list(range(6))
    assert scoring.interval(values, sessions) == scoring.Interval(0.25, 0.25, 0.25)
    assert scoring.chance(values, sessions) == 0


def test_no_gain_at_all_is_all_chance() -> None:
    assert scoring.chance(np.zeros(4), [1, 2, 3, 4]) == 1
    assert scoring.chance(np.zeros(0), []) == 1


@pytest.mark.parametrize("count", [9, 70])
def test_a_curve_of_what_came_is_the_likeliest_over_all_other_sessions(count: int) -> None:
    """Its level and slope leave nothing to gain: by the conditions of first order, held near 0.

    Errors are those of a jackknife over sessions.
    """
    drawn = np.random.default_rng(3)
    sessions = np.repeat(np.arange(count), 30)
    odds = drawn.uniform(0.05, 0.9, len(sessions))
    came = (drawn.random(len(sessions)) < 0.2 + 0.5 * odds).astype(float)
    often, error = scoring.calibrated(odds, came, sessions.tolist())
    over = [log(one / (1 - one)) for one in odds]
    lines = []
    for left_out in range(count):
        (first, second), others = np.flatnonzero(sessions == left_out)[:2], sessions != left_out
        rise = [log(often[at] / (1 - often[at])) for at in (first, second)]
        slope = (rise[1] - rise[0]) / (over[second] - over[first])
        level = rise[0] - slope * over[first]
        rest = [
            (x, y - 1 / (1 + exp(-level - slope * x)))
            for x, y, is_other in zip(over, came, others, strict=True)
            if is_other
        ]
        assert sum(miss for _, miss in rest) == pytest.approx(1e-3 * level, abs=1e-8)
        assert sum(x * miss for x, miss in rest) == pytest.approx(1e-3 * slope, abs=1e-8)
        lines.append((level, slope))
    for at in (0, 77, 269):
        each = [1 / (1 + exp(-level - slope * over[at])) for level, slope in lines]
        assert error[at] == pytest.approx(sqrt(variance(each) * (count - 1) ** 2 / count), rel=1e-9)


def _holds(record: tuple[scoring.Array, list[int]], together: int = 1) -> bool:
    found = scoring.interval(*record, together)
    return found.low <= 0 <= found.high


def _record(
    drawn: np.random.Generator, count: int, alike: float
) -> tuple[scoring.Array, list[int]]:
    """Return gains around 0 and the session of each, with what a session has in common."""
    common = drawn.normal(size=count)
    for at in range(1, count):
        common[at] = alike * common[at - 1] + sqrt(1 - alike**2) * common[at]
    sessions = np.repeat(np.arange(count), 1 + drawn.poisson(8, count))
    own = 1 - drawn.exponential(size=len(sessions))
    return 0.1 * common[sessions] + 0.3 * own, sessions.tolist()
