"""An 80 % interval of a share holds the truth 80 times of 100."""

from __future__ import annotations

import random
from math import comb
from pathlib import Path

import pytest

from setups.desk import Desk
from setups.worlds import OUTCOMES, Odds, sessions
from spymaster.definitions.renderer import Renderer
from spymaster.settings import Settings
from spymaster.warehouse import duck
from spymaster.warehouse.columns import SQL

TRUTHS = [at / 100 for at in range(10, 91)]
"""Shares that outcomes have."""


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


@pytest.mark.parametrize(("kinds", "least", "most"), [(FOUR, 0.75, 0.95), (ONE, 0.9, 1.0)])
def test_intervals_of_forecasts_hold_the_odds_that_setups_really_have(
    kinds: list[Odds], least: float, most: float
) -> None:
    """Where flow tells the odds, and where all setups have the same.

    There the intervals are wider than they say: as many sessions as there are stand behind the
    reference, since those of one day may be one experience, which in this world they are not.
    """
    truth: dict[tuple[object, ...], Odds] = {}
    desk = Desk(Settings(setup_waits=(0,), setup_horizons=(120,), analog_min_sessions=8))
    held, of = 0, 0
    for day in sessions(kinds, 22, 7, 5, truth):  # type: ignore[arg-type]
        desk.add(day)
        for row in desk.rows("analogs.forecasts", day.session):
            odds = truth[row["session"], row["cluster_id"], row["touched_at"]]
            if row["n_sessions"] >= 8:
                held += sum(
                    row[f"{name}_low"] <= one <= row[f"{name}_high"]
                    for name, one in zip(OUTCOMES, odds, strict=True)
                )
                of += len(OUTCOMES)
    assert least <= held / of <= most
