"""Odds of a walk, by the series that the catalog has and by reflections."""

from __future__ import annotations

from itertools import product
from pathlib import Path

from reference.analogs.forecasts import walk_odds
from spymaster.definitions.renderer import Renderer
from spymaster.settings import Settings
from spymaster.warehouse import duck
from spymaster.warehouse.columns import SQL

BARRIERS = (0, 1, 4, 9, 12, 25, 60, 400, 10_000)
SIGMAS = (0.0, 0.01, 0.08, 0.15, 0.3, 0.5, 1.0, 7.0)
STEPS = (1, 24, 120, 1_000)


def test_a_walk_leaves_as_seldom_as_reflections_say(tmp_path: Path) -> None:
    """Also where the barrier is so far that none gets there: the series has an end."""
    with duck.in_memory(tmp_path, threads=1) as connection:
        for macro in Renderer(SQL, Settings()).macros.values():
            connection.execute(macro)
        for barrier, sigma, steps in product(BARRIERS, SIGMAS, STEPS):
            if not barrier and not sigma:
                continue  # it neither moves nor has anywhere to go
            query = f"select walk_odds({barrier}, {sigma}::double, {steps})"
            ((odds,),) = connection.execute(query).fetchall()
            assert abs(odds - walk_odds(barrier, sigma, steps)) < 1e-14, query
