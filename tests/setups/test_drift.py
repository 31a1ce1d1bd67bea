"""Whether forecasts still hold: what flow said about direction, against what came of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from math import sqrt
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drawn import examples
from reference.analogs.record import LIMIT, cusum
from setups.desk import Desk, kept
from setups.worlds import FIRST
from spymaster.warehouse import statements

Lean = tuple[float, float, float]
CELL = {"wait_s": 0, "horizon_s": 120}
AMOUNT = st.floats(0, 9).map(lambda x: round(x, 3))


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@examples(25)
@given(st.lists(st.tuples(st.floats(-9, 9), AMOUNT, AMOUNT), min_size=6, max_size=20))
@example([(2.0, 2.0, 1.0)] * 5 + [(0.0, 0.0, 0.0), (-1.0, 2.0, 1.0)])
@example([(0.0, 0.0, 0.0)] * 7)
@example([(2.0, 2.0, 1.0), (-3.0, 2.0, 1.0)] * 4)
def test_both_derivations_of_the_cusum_agree(desk: Desk, leans: list[Lean]) -> None:
    wanted = cusum(leans)[-1]
    (row,) = told(desk, leans)
    assert row["cusum"] == pytest.approx(wanted, abs=1e-9)
    assert row["is_flagged"] == (wanted >= LIMIT) or wanted == pytest.approx(LIMIT)


def test_what_no_longer_comes_true_is_told_within_three_sessions(desk: Desk) -> None:
    """Leans as long as those of simulated sessions that plant an answer, then nothing in them."""
    chance = random.Random(3)
    seen = []
    for turn in (10, 15, 20, 25):
        leans = [session(chance, share=float(n < turn)) for n in range(turn + 3)]
        before, after = told(desk, leans[:turn]), told(desk, leans)
        seen.append((before[0]["is_flagged"], after[0]["cusum"] >= LIMIT))
    assert [told_before for told_before, _ in seen] == [False] * 4
    assert sum(told_after for _, told_after in seen) >= 3


def test_a_session_that_claims_nothing_neither_counts_nor_flags(desk: Desk) -> None:
    leans = [session(random.Random(5), share=1.0) for _ in range(9)]
    (with_none,) = told(desk, [*leans, (0.0, 0.0, 0.0)])
    (without,) = told(desk, leans)
    assert with_none["cusum"] == pytest.approx(max(0.0, without["cusum"] - 1))


def test_before_six_sessions_nothing_is_said(desk: Desk) -> None:
    (row,) = told(desk, [(-9.0, 4.0, 1.0)] * 5)
    assert (row["cusum"], row["is_flagged"]) == (None, False)


def session(chance: random.Random, *, share: float) -> Lean:
    """Return a session in which such a share of its leans comes true, but for chance."""
    said = 6 * chance.uniform(0.5, 1.5)
    return share * said + chance.gauss(0, sqrt(said)), said, said


def told(desk: Desk, leans: Sequence[Lean]) -> list[dict[str, Any]]:
    """Return the record after sessions of these leans."""
    days = [FIRST + timedelta(days=n) for n in range(len(leans))]
    names = ("came", "said", "variance")
    _fill(
        desk,
        "analogs.leans",
        [
            {"session": day} | CELL | dict(zip(names, lean, strict=True))
            for day, lean in zip(days, leans, strict=True)
        ],
    )
    kinds = ("forecast", "reference", "base", "null")
    scores = {f"{score}_{kind}": 1.0 for score in ("loss", "brier", "ranked") for kind in kinds}
    _fill(
        desk,
        "analogs.session_scores",
        [{"session": day, "n_setups": 1} | CELL | scores for day in days],
    )
    found = desk.connection.execute(desk.rendered("analogs.reliability", days[-1]))
    columns = [column[0] for column in found.description or []]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def _fill(desk: Desk, relation: str, rows: Sequence[dict[str, Any]]) -> None:
    run, table = desk.connection.execute, kept(relation)
    run(f"truncate {table}")
    desk.connection.register("given", pa.Table.from_pylist(list(rows)))
    run(f"insert into {table} by name from given")
    desk.connection.unregister("given")
    run(f"create or replace view {statements.name(relation)} as from {table}")
