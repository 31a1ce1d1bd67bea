"""A world in which nothing leads the price: a hidden type only tilts the odds after a touch."""

from __future__ import annotations

from dataclasses import replace
from math import log

from spymaster.simulate.market.path import STEP_NS, Pull
from spymaster.simulate.worlds.landmarks import Landmark
from spymaster.simulate.worlds.plant import NOTHING, Plant, plant_of, posterior
from spymaster.simulate.worlds.truth import BREAK, CHOP, REJECT, Touch
from spymaster.simulate.worlds.worlds import Aimless, Stage
from spymaster.units import NS_PER_SECOND

TELL_S = (60, 120)
"""How long the flow tells, seconds; at least until the price arrives."""
ANSWER_S = 300
"""How long the odds stay tilted after that."""
AWAY_TICKS, AT_TICKS = 8, 1
"""Price arrives when it comes that near to a level after it was that far from it."""
_TOLD_TICKS = 40
"""Ticks on either side of a level whose resting orders a plant touches."""
_REACH = 0.96 * 24**0.5 * 5**0.5
"""How far the odds reach, in volatilities of a second: the barriers of two minutes."""
_HIDDEN = (BREAK, REJECT)


class Tilted(Aimless):
    """Price is a martingale that runs through levels both ways.

    When it comes to a level, now or within the lead, a type is drawn and the flow tells it; after
    that, and not before the arrival, the walk has an edge that takes it the type's way with the
    odds of the truth's tilt. The path is played ahead by the lead, so that the flow can know of an
    arrival that the price does not show yet.
    """

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._sides: dict[int, int] = {}
        self._touch: Touch | None = None
        self._hidden = ""
        self._level = Landmark("", 0, 0)
        self._told_until = self._edge_from = self._edge_until = 0
        self._expected = [0.0, 0.0]

    def step(self, now: int) -> None:
        """See who arrives ahead, and tell, or answer, what is under way."""
        super().step(now)
        ahead = now + self.stage.lead_ns
        arrived = self._arrived(ahead)
        if arrived is not None and self._is_free(now):
            self._begin(now, ahead, *arrived)
        if self._touch is not None:
            self._tell(now)
        if self._edge_from <= ahead < self._edge_from + STEP_NS:
            self._lean()
        if self._edge_until <= ahead < self._edge_until + STEP_NS:
            self.stage.path.pull = Pull()

    def _is_free(self, now: int) -> bool:
        """Whether nothing is under way, and a whole answer fits in before the end."""
        left = self.engine.end - now - self.stage.lead_ns
        enough = (TELL_S[1] + ANSWER_S) * NS_PER_SECOND
        return now >= self.stage.opening and now >= self._edge_until and left > enough

    def _arrived(self, ahead: int) -> tuple[Landmark, int] | None:
        """Return the level that the path ahead just came to, and its side, -1 below it."""
        found = None
        tick = self.stage.path.tick
        for level in self.stage.landmarks.known(tick):
            away = tick - level.tick
            side = self._sides.get(level.tick, 0)
            if abs(away) >= AWAY_TICKS:
                self._sides[level.tick] = 1 if away > 0 else -1
            if side and away * side <= AT_TICKS:
                if abs(away) < AWAY_TICKS:
                    self._sides[level.tick] = 0
                if level.known <= ahead:
                    found = level, side
        return found

    def _begin(self, now: int, ahead: int, level: Landmark, side: int) -> None:
        hidden = _HIDDEN[int(self.stage.rng.integers(len(_HIDDEN)))]
        tells = int(self.stage.rng.uniform(*TELL_S) * NS_PER_SECOND)
        self._level, self._from_below = level, side < 0
        self._told_until = max(now + tells, ahead)
        self._edge_from = self._told_until
        self._edge_until = self._told_until + ANSWER_S * NS_PER_SECOND
        self._expected = [0.0, 0.0]
        touch = self.stage.touch(
            level, hidden, now, ahead, self._told_until, from_below=self._from_below
        )
        self._touch = replace(touch, oracle_break=0.5, oracle_reject=0.5, oracle_chop=0.0)
        plant = plant_of(
            hidden, self.stage.truth.strength, from_below=self._from_below, flipped=False
        )
        # no wall: it would hold the price up by itself
        self._show(replace(plant, wall=False))

    def _tell(self, now: int) -> None:
        if now < self._told_until:
            for side, more in enumerate(self.engine.expected_adds()):
                self._expected[side] += more
            return
        assert self._touch is not None
        bids, asks = self.engine.crowd.added
        expected = self._expected[0], self._expected[1]
        odds = posterior(
            self.stage.truth.strength,
            (bids, asks),
            expected,
            from_below=self._from_below,
            flipped=False,
            types=_HIDDEN,
        )
        self.stage.truth.touches.append(
            replace(
                self._touch,
                bids_added=bids,
                asks_added=asks,
                bids_expected=expected[0],
                asks_expected=expected[1],
                oracle_break=odds[BREAK],
                oracle_reject=odds[REJECT],
                oracle_chop=odds[CHOP],
            )
        )
        self._show(NOTHING)
        self._hidden, self._touch = self._touch.hidden, None

    def _lean(self) -> None:
        """Give the path ahead its edge: the log odds of the tilt over twice the barriers."""
        path, tilt = self.stage.path, self.stage.truth.tilt
        hidden = self._touch.hidden if self._touch is not None else self._hidden
        reach = _REACH * path.sigma * path.volatility
        up = self._from_below == (hidden == BREAK)
        path.pull = Pull(edge=(1 if up else -1) * log(tilt / (1 - tilt)) / (2 * reach))

    def _show(self, plant: Plant) -> None:
        near = (self._level.tick - _TOLD_TICKS, self._level.tick + _TOLD_TICKS)
        self.engine.plant(plant.adds, plant.lives, plant.upward, near)
