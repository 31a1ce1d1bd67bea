"""Sessions of setups whose odds are known, as values, so that intervals can be held to them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from setups.desk import Day, at
from spymaster.features import Registry
from spymaster.warehouse.columns import SQL

OUTCOMES = ("break", "reject", "chop")
FIRST = date(2024, 3, 4)
NUMBERS = 4 * len(Registry(SQL).setup)
APART = 0.6
"""How far apart kinds are in each number, in deviations within a kind."""
Odds = tuple[float, float, float]
Key = tuple[date, str, Any]


def sessions(
    kinds: Sequence[Odds], count: int, touches: int, seed: int, truth: dict[Key, Odds]
) -> Iterator[Day]:
    """Yield sessions of so many touches, each of one of the kinds; note the odds of each."""
    chance = random.Random(seed)
    centres = [[chance.gauss(0, APART) for _ in range(NUMBERS)] for _ in kinds]
    for n in range(count):
        session = FIRST + timedelta(days=n)
        found: dict[str, list[dict[str, Any]]] = {"decisions": [], "vectors": [], "outcomes": []}
        for touch in range(touches):
            kind = chance.randrange(len(kinds))
            key = {"session": session, "instrument_id": 1, "cluster_id": "PM_HIGH"}
            key |= {"touched_at": at(session, 200 * touch), "wait_s": 0}
            truth[session, "PM_HIGH", key["touched_at"]] = kinds[kind]
            vector = [chance.gauss(middle, 1) for middle in centres[kind]]
            (came,) = chance.choices(OUTCOMES, kinds[kind])
            found["decisions"].append(key | {"sigma_ticks": 1.0, "dir": 1})
            found["vectors"].append(key | {"v": vector, "mask": 0})
            found["outcomes"].append(key | {"horizon_s": 120, "outcome": came})
        whole = [{"session": session, "root": "ES", "incomplete": None}]
        yield Day(session, whole, **found, walks=[])
