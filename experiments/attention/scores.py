"""What each model was worth on tested sessions, paired with the rival, held for all at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from attention import declared
from attention.data import folds
from attention.experiment import Outcome, gained
from spymaster.setups import scoring
from spymaster.setups.scoring import Interval

Array = np.ndarray


@dataclass(frozen=True)
class Line:
    """One model in one world, nats a setup."""

    model: str
    gain: Interval
    """Against the reference; its interval holds together with those of all models of the world."""
    chance: float
    """How often chance alone is as far from 0, for all models of the world together."""
    share: float | None
    """Part of the oracle's gain, where it has one."""
    over: Interval | None
    """Gain less that of the rival, paired and held together; None of the rival itself."""
    over_chance: float | None
    placebo: Interval
    """Gain at placebo levels."""
    parameters: int | None
    chosen: str
    """What validation chose, block by block."""

    @property
    def is_above(self) -> bool:
        """Whether a gain is above 0 by more than chance."""
        return self.gain.low > 0 and self.chance < declared.CONFIDENCE

    @property
    def beats(self) -> bool:
        """Whether it is better than the rival by more than chance."""
        return (
            self.over is not None
            and self.over_chance is not None
            and self.over.low > 0
            and self.over_chance < declared.CONFIDENCE
        )


@dataclass(frozen=True)
class Table:
    """All models in one world."""

    world: str
    setups: int
    sessions: int
    """Tested ones."""
    blocks: list[tuple[int, float, float]]
    """Of each tested block the sessions before it, and the gains of the rival and the oracle."""
    oracle: float | None
    lines: list[Line]

    def line(self, model: str) -> Line:
        """Return the line of a model."""
        return next(line for line in self.lines if line.model == model)

    @property
    def rival(self) -> Line:
        """The line of the rival."""
        return self.line(declared.RIVAL)

    @property
    def best(self) -> Line:
        """The line of the largest gain."""
        return max(self.lines, key=lambda line: line.gain.value)


def table(found: Outcome) -> Table:
    """Return what the models of a world were worth."""
    world = found.world
    tested = ~np.isnan(found.odds[declared.RIVAL][:, 0])
    rows = np.flatnonzero(tested & ~world.is_placebo)
    others = np.flatnonzero(tested & world.is_placebo)
    sessions = world.session[rows].tolist()
    gains = {name: gained(world, found.odds[name], rows) for name in declared.MODELS}
    over = {
        name: own - gains[declared.RIVAL]
        for name, own in gains.items()
        if name not in (declared.RIVAL, "base", "null")
    }
    known = _oracle(found)
    oracle = None if known is None else float(gained(world, known, rows).mean())
    chances, over_chances = _held(gains, sessions), _held(over, sessions)

    def line(name: str) -> Line:
        gain = scoring.interval(gains[name], sessions, len(gains))
        placebo = gained(world, found.odds[name], others)
        return Line(
            name,
            gain,
            chances[name],
            gain.value / oracle if oracle and oracle > 0.05 else None,
            scoring.interval(over[name], sessions, len(over)) if name in over else None,
            over_chances.get(name),
            scoring.interval(placebo, world.session[others].tolist(), len(gains)),
            found.sizes.get(name),
            ", ".join(_said(one[name]) for one in found.chosen if name in one),
        )

    return Table(
        world.name.replace("_", " "),
        len(rows),
        len(set(sessions)),
        [] if known is None else list(_blocks(found, known)),
        oracle,
        [line(name) for name in declared.MODELS],
    )


def _said(chosen: object) -> str:
    if isinstance(chosen, float):
        return "no claim" if chosen >= 1e9 else f"{chosen:g}"
    return str(chosen)


def _held(values: dict[str, Array], sessions: list[int]) -> dict[str, float]:
    raw = [scoring.chance(own, sessions) for own in values.values()]
    return dict(zip(values, scoring.holm(raw), strict=True))


def _oracle(found: Outcome) -> Array | None:
    """Return the odds of who knows the hidden types, by all other sessions, (n, 3)."""
    world = found.world
    if world.hidden is None:
        return None
    real = np.flatnonzero(~world.is_placebo)
    kinds = [world.hidden[at] for at in real]
    known = np.full((len(world.came), 3), np.nan)
    known[real] = scoring.oracle(kinds, world.session[real].tolist(), world.came[real])
    return known


def _blocks(found: Outcome, known: Array) -> Iterator[tuple[int, float, float]]:
    world = found.world
    for one in folds(world):
        rows = one.test[~world.is_placebo[one.test]]
        if len(rows):
            gains = (
                float(gained(world, odds, rows).mean())
                for odds in (found.odds[declared.RIVAL], known)
            )
            yield int(world.session[rows].min()), *gains
