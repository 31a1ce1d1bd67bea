"""What a verdict says of a cell, against the same numbers in plain Python, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import log, sqrt
from random import Random
from statistics import mean
from typing import Any

import numpy as np
import pytest

from reference.analogs.past import OUTCOMES
from reference.analogs.record import scores
from spymaster.setups import scoring
from spymaster.setups.cells import KINDS, PRIMARY, bins, by_cell, judged

Row = dict[str, Any]
TYPES = ("fade", "none")


def scored(seed: int, count: int = 24, cell: tuple[int, int] = PRIMARY) -> list[Row]:
    """Return forecasts of a cell, some a session, whose intervals are a tenth to each side."""
    drawn, wait_s, horizon_s = Random(seed), *cell
    rows = []
    for at in range(count):
        row: Row = {"session": date(2024, 1, 1) + timedelta(days=at // 3), "wait_s": wait_s}
        row |= {"horizon_s": horizon_s, "outcome": drawn.choice(OUTCOMES)}
        row |= {"hidden": drawn.choice(TYPES), "mean_distance": drawn.random()}
        for kind in (*KINDS, "often"):
            parts = [0.1 + drawn.random() for _ in OUTCOMES]
            row |= {
                f"{kind}_{name}": x / sum(parts) for name, x in zip(OUTCOMES, parts, strict=True)
            }
        for name in OUTCOMES:
            row[f"{name}_low"], row[f"{name}_high"] = (row[f"p_{name}"] + x for x in (-0.1, 0.1))
            row[f"error_{name}"] = drawn.random()
        rows.append(row)
    rows[0]["mean_distance"] = None
    return rows


def odds(row: Row, kind: str) -> dict[str, float]:
    return {name: row[f"{kind}_{name}"] for name in OUTCOMES}


def scores_of(rows: Sequence[Row], kind: str) -> dict[str, float]:
    """Return the mean of each score of one kind of odds."""
    each = [scores(odds(row, kind), row["outcome"]) for row in rows]
    return {score: mean(one[score] for one in each) for score in each[0]}


def known(row: Row, rows: Sequence[Row]) -> dict[str, float]:
    """Return how setups of a row's hidden type ended in all other sessions, one of each added."""
    others = [
        other["outcome"]
        for other in rows
        if other["hidden"] == row["hidden"] and other["session"] != row["session"]
    ]
    return {name: (others.count(name) + 1) / (len(others) + 3) for name in OUTCOMES}


def test_scores_of_a_cell_are_means_over_its_setups() -> None:
    rows = scored(1)
    (cell,) = judged(by_cell(rows), None)
    wanted = {kind: scores_of(rows, kind) for kind in KINDS}
    assert (cell.n, cell.sessions) == (24, 8)
    assert cell.gain.value == pytest.approx(wanted["reference"]["loss"] - wanted["p"]["loss"])
    assert cell.gain_base == pytest.approx(wanted["base"]["loss"] - wanted["p"]["loss"])
    assert cell.gain_null == pytest.approx(wanted["null"]["loss"] - wanted["p"]["loss"])
    for score in ("brier", "ranked"):
        assert getattr(cell, score) == pytest.approx(wanted["p"][score])
        assert getattr(cell, f"{score}_reference") == pytest.approx(wanted["reference"][score])
    assert (cell.oracle, cell.oracle_held, cell.share) == (None, None, None)


def test_quarters_go_from_the_nearest_neighbours_to_the_farthest() -> None:
    """Of 23 that have neighbours three quarters are of six, the last of five."""
    rows = scored(2)
    (cell,) = judged(by_cell(rows), None)
    near = sorted(rows[1:], key=lambda row: row["mean_distance"])
    gains = [log(row[f"p_{row['outcome']}"] / row[f"reference_{row['outcome']}"]) for row in near]
    parts = (gains[:6], gains[6:12], gains[12:18], gains[18:])
    assert cell.quartiles == pytest.approx([mean(part) for part in parts])
    (few,) = judged(by_cell(rows[:4]), None)
    assert few.quartiles == []


def test_who_knows_the_hidden_types_goes_by_all_other_sessions() -> None:
    rows = scored(3)
    (cell,) = judged(by_cell(rows), lambda row: row["hidden"])
    told = [known(row, rows) for row in rows]
    loss = mean(-log(one[row["outcome"]]) for row, one in zip(rows, told, strict=True))
    assert cell.oracle == pytest.approx(scores_of(rows, "reference")["loss"] - loss)
    held = [
        abs(one[name] - row[f"p_{name}"]) <= 0.1
        for row, one in zip(rows, told, strict=True)
        for name in OUTCOMES
    ]
    assert 0 < cell.oracle_held == mean(held) < 1
    assert cell.oracle
    assert cell.share == (cell.gain.value / cell.oracle if cell.oracle > 0 else None)


def test_intervals_hold_how_often_it_came_within_their_ends() -> None:
    rows = scored(4)
    (cell,) = judged(by_cell(rows), None)
    pairs = [(row, name) for row in rows for name in OUTCOMES]
    held = [abs(row[f"often_{name}"] - row[f"p_{name}"]) <= 0.1 for row, name in pairs]
    assert 0 < cell.held == mean(held) < 1
    errors = [row[f"error_{name}"] ** 2 for row, name in pairs]
    assert cell.held_error == pytest.approx(sqrt(mean(errors)))
    assert cell.half_width == pytest.approx(0.1)


def test_the_declared_cell_stands_by_itself_and_all_others_together() -> None:
    cells = {(0, 120): 5, PRIMARY: 6, (60, 300): 7}
    groups = by_cell([row for cell, seed in cells.items() for row in scored(seed, cell=cell)])
    alone = {}
    for key, rows in groups.items():
        gains = [log(r[f"p_{r['outcome']}"] / r[f"reference_{r['outcome']}"]) for r in rows]
        alone[key] = scoring.chance(np.array(gains), [row["session"] for row in rows])
    found = {(cell.wait_s, cell.horizon_s): cell.chance for cell in judged(groups, None)}
    low, high = sorted((alone[0, 120], alone[60, 300]))
    assert found[PRIMARY] == pytest.approx(alone[PRIMARY])
    others = sorted((found[0, 120], found[60, 300]))
    assert others == pytest.approx([min(1, 2 * low), max(min(1, 2 * low), high)])


def test_tenths_of_odds_hold_what_came_of_them() -> None:
    """The last one holds odds of 1 too, and a tenth in which there are none has no row."""
    rows = [
        {"p_break": 1.0, "p_reject": 0.0, "p_chop": 0.0, "outcome": "break"},
        {"p_break": 0.95, "p_reject": 0.05, "p_chop": 0.0, "outcome": "reject"},
        {"p_break": 0.5, "p_reject": 0.35, "p_chop": 0.15, "outcome": "reject"},
    ]
    assert bins(rows) == [
        {"odds": pytest.approx(0.0125), "came": 0.25, "n": 4},
        {"odds": 0.15, "came": 0.0, "n": 1},
        {"odds": 0.35, "came": 1.0, "n": 1},
        {"odds": 0.5, "came": 0.0, "n": 1},
        {"odds": pytest.approx(0.975), "came": 0.5, "n": 2},
    ]
    assert bins([]) == []
