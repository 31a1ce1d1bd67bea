"""How the flow around a level gives away what the price is about to do, and how clearly."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

from spymaster.simulate.worlds.truth import BREAK, CHOP, REJECT, TYPES


@dataclass(frozen=True)
class Plant:
    """What a hidden type does to the flow; pairs are bid, then ask."""

    adds: tuple[float, float]
    """New orders are multiplied by this."""
    lives: tuple[float, float]
    """Lives are multiplied by this; pulls are divided by it."""
    upward: float
    """Share of price changes that go up."""
    wall: bool
    """Whether icebergs defend the far side of the level."""


NOTHING = Plant((1.0, 1.0), (1.0, 1.0), 0.5, wall=False)


def plant_of(hidden: str, strength: float, *, from_below: bool, flipped: bool) -> Plant:
    """Return how a type shows in the flow.

    From below, a break pulls the asks above and rebuilds the bids, and quotes move up; a reject
    walls the asks off and drains the bids, and quotes move down; in a chop both sides build up.
    From above it is the mirror image.

    >>> plant_of("break", 1.0, from_below=True, flipped=False)
    Plant(adds=(2.0, 0.5), lives=(2.0, 0.5), upward=0.6666666666666666, wall=False)
    """
    more, less, up = 1 + strength, 1 / (1 + strength), (1 + strength) / (2 + strength)
    shown = {
        BREAK: Plant((more, less), (more, less), up, wall=False),
        REJECT: Plant((less, more), (less, more), 1 - up, wall=strength > 0),
        CHOP: Plant((more, more), (more, more), 0.5, wall=False),
    }[hidden]
    if flipped:
        shown = _opposite(shown)
    return shown if from_below else _mirrored(shown)


def _opposite(plant: Plant) -> Plant:
    adds, lives = (tuple(1 / value for value in pair) for pair in (plant.adds, plant.lives))
    return Plant((adds[0], adds[1]), (lives[0], lives[1]), 1 - plant.upward, wall=False)


def _mirrored(plant: Plant) -> Plant:
    return Plant(plant.adds[::-1], plant.lives[::-1], 1 - plant.upward, plant.wall)


def posterior(
    strength: float,
    added: tuple[int, int],
    expected: tuple[float, float],
    *,
    from_below: bool,
    flipped: bool,
    types: tuple[str, ...] = TYPES,
) -> dict[str, float]:
    """Return the odds of each type given how many orders were added, Poisson and exact.

    Parameters
    ----------
    added, expected : pair, bid then ask
        New orders, and what an unplanted flow would have brought on average.
    types : tuple of str
        What it could have been, each as likely beforehand; others have no odds.
    """
    weights = {}
    for hidden in types:
        adds = plant_of(hidden, strength, from_below=from_below, flipped=flipped).adds
        pairs = zip(added, expected, adds, strict=True)
        weights[hidden] = sum(n * log(by) - mean * (by - 1) for n, mean, by in pairs)
    top = max(weights.values())
    odds = {hidden: exp(weight - top) for hidden, weight in weights.items()}
    whole = sum(odds.values())
    return {hidden: odds.get(hidden, 0.0) / whole for hidden in TYPES}
