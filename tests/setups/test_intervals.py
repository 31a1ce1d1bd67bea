"""An 80 % interval of a share holds the truth 80 times of 100."""

from __future__ import annotations

from math import comb
from pathlib import Path

import pytest

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
