"""An 80 % interval of a share holds the truth 80 times of 100."""

from __future__ import annotations

from math import comb
from pathlib import Path
from statistics import linear_regression

import pytest

from setups.desk import Desk
from setups.worlds import OUTCOMES, Key, Odds, sessions
from spymaster.definitions.renderer import Renderer
from spymaster.settings import Settings
from spymaster.warehouse import duck
from spymaster.warehouse.columns import SQL

TRUTHS = [at / 100 for at in range(10, 91)]
"""Shares that outcomes have."""
SEEDS = (5, 6)


@pytest.mark.parametrize("n", [5, 10, 20, 40])
def test_four_intervals_of_five_hold_the_share_they_are_about(tmp_path: Path, n: int) -> None:
    connection = duck.in_memory(tmp_path)
    for macro in Renderer(SQL, Settings()).macros.values():
        connection.execute(macro)
    ends = connection.execute(
        f"select share_low(k / {n}, {n}), share_high(k / {n}, {n})"
        f" from range({n + 1}) as seen (k) order by k"
    ).fetchall()
    held = [
        sum(
            comb(n, k) * truth**k * (1 - truth) ** (n - k)
            for k, (low, high) in enumerate(ends)
            if low <= truth <= high
        )
        for truth in TRUTHS
    ]
    assert 0.75 <= sum(held) / len(held) <= 0.85


FOUR: list[Odds] = [(0.88, 0.04, 0.08), (0.05, 0.9, 0.05), (0.05, 0.03, 0.92), (0.5, 0.15, 0.35)]
ONE: list[Odds] = [(0.45, 0.25, 0.3)]


@pytest.mark.thorough
@pytest.mark.parametrize("kinds", [FOUR, ONE], ids=["flow tells", "nothing to tell"])
def test_intervals_hold_the_odds_that_setups_given_like_odds_really_have(kinds: list[Odds]) -> None:
    """The line of true odds over those that were given, which nobody but a test knows."""
    held: list[bool] = []
    for seed in SEEDS:
        truth: dict[Key, Odds] = {}
        desk = Desk(Settings(setup_waits=(0,), setup_horizons=(120,), analog_min_sessions=8))
        for day in sessions(kinds, 16, 7, seed, truth):
            desk.add(day)
        rows = [row for row in desk.rows("analogs.forecasts") if row["n_sessions"] >= 8]
        for at, name in enumerate(OUTCOMES):
            given = [row[f"p_{name}"] for row in rows]
            really = [
                truth[row["session"], row["cluster_id"], row["touched_at"]][at] for row in rows
            ]
            slope, level = linear_regression(given, really)
            held += [
                row[f"{name}_low"] <= level + slope * odds <= row[f"{name}_high"]
                for row, odds in zip(rows, given, strict=True)
            ]
    assert 0.6 <= sum(held) / len(held) <= 0.95
