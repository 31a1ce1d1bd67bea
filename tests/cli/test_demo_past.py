"""The demo's end: what net was worth beside a coin, and that there is no past yet."""

from __future__ import annotations

from cli.conftest import Shown
from spymaster.demo import past, visits
from spymaster.read.catalog import catalog
from spymaster.settings import Settings


def test_the_page_says_how_often_net_was_right_beside_chance(demonstrated: Shown) -> None:
    settings = Settings(warehouse=demonstrated.warehouse)
    with catalog(settings) as connection:
        levels = visits.read(connection, Settings(), demonstrated.truth)
        assert past.sessions(connection) == 0
    right, told = past.pointed(levels)
    answered = [
        (visit.net, visit.from_below, visit.answer)
        for level in levels
        for visit in level.visits
        if visit.answer in ("break", "reject") and visit.net
    ]
    went_up = [from_below == (answer == "break") for _, from_below, answer in answered]
    assert told == len(answered) > 1
    assert right == sum((net > 0) == up for (net, _, _), up in zip(answered, went_up, strict=True))
    page = " ".join(demonstrated.printed.split())
    assert f"net pointed the way price then went {right} times of {told};" in page
    assert "What the past says: no history: 0 of 20 sessions." in page


def test_a_coin_has_a_range() -> None:
    assert past.by_chance(1) == (0, 1)
    assert past.by_chance(6) == (1, 5)
    assert past.by_chance(100) == (40, 60)
