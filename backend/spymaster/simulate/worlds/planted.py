"""Worlds in which the flow at a level gives away what the price is about to do."""

from __future__ import annotations

from dataclasses import replace

from spymaster.simulate.market.path import Pull
from spymaster.simulate.worlds.plant import NOTHING, Plant, plant_of, posterior
from spymaster.simulate.worlds.truth import BREAK, CHOP, REJECT, TYPES
from spymaster.simulate.worlds.visits import Visits

_HOLD_S = (60, 120)
"""How long the flow tells before the price answers, seconds."""
_CHOP_S = (180, 300)
_LEAVE_TICKS = (16, 28)
_LEAVE = (0.11, 0.18)
"""Speed, ticks a second."""
_TOLD_TICKS = 40
"""Ticks on either side of a level whose resting orders a plant touches."""
_WALL_TICKS, _WALL_LOTS, _WALL_RESERVE = 3, 12, 4


class Planted(Visits):
    """The flow gives away a hidden type, then the price answers."""

    def arrive(self, now: int) -> None:
        """Draw the type and let the flow tell."""
        hidden = TYPES[int(self.stage.rng.integers(len(TYPES)))]
        self._touch = replace(self.touch(now, hidden), flipped=self.flipped(now))
        self._expected = [0.0, 0.0]
        pull = Pull(self._target, hold=0.3, noise=0.5)
        self.steer(pull, self.draw(_HOLD_S), self._telling)
        self._plant(now)

    def flipped(self, now: int) -> bool:
        """Return whether the flow tells the opposite."""
        return False

    def _plant(self, now: int) -> None:
        touch = self._touch
        plant = plant_of(
            touch.hidden,
            self.stage.truth.strength,
            from_below=self._from_below,
            flipped=touch.flipped,
        )
        self._show(plant)
        if plant.wall:
            self._wall(now)

    def _show(self, plant: Plant) -> None:
        near = (self._level.tick - _TOLD_TICKS, self._level.tick + _TOLD_TICKS)
        self.engine.plant(plant.adds, plant.lives, plant.upward, near)

    def _wall(self, now: int) -> None:
        """Rest icebergs from the level on, for as long as the flow tells."""
        side = 1 if self._from_below else 0
        out, crowd = 2 * side - 1, self.engine.crowd
        lots = max(1, round(_WALL_LOTS * self.stage.truth.strength))
        for away in range(_WALL_TICKS):
            order = crowd.order(side, self._level.tick + out * away, lots)
            if (order.tick - self.engine.book.best[1 - side]) * out > 0:
                order.hidden = lots * _WALL_RESERVE
                crowd.rest(now, order, self._until)

    def _telling(self, now: int) -> None:
        if now < self._until:
            for side, more in enumerate(self.engine.expected_adds()):
                self._expected[side] += more
            return
        self._note(now)
        self._show(NOTHING)
        self._answer()

    def _note(self, now: int) -> None:
        bids, asks = self.engine.crowd.added
        odds = posterior(
            self.stage.truth.strength,
            (bids, asks),
            (self._expected[0], self._expected[1]),
            from_below=self._from_below,
            flipped=self._touch.flipped,
        )
        touch = replace(
            self._touch,
            end_ns=self.stage.midnight_ns + now,
            bids_added=bids,
            asks_added=asks,
            bids_expected=self._expected[0],
            asks_expected=self._expected[1],
            oracle_break=odds[BREAK],
            oracle_reject=odds[REJECT],
            oracle_chop=odds[CHOP],
        )
        self.stage.truth.touches.append(touch)

    def _answer(self) -> None:
        if self._touch.hidden == CHOP:
            pull = Pull(float(self._level.tick), hold=0.02, noise=0.8)
            self.steer(pull, self.draw(_CHOP_S), self._chopping)
        else:
            self._leave(up=self._from_below == (self._touch.hidden == BREAK))

    def _chopping(self, now: int) -> None:
        if now >= self._until:
            self._leave(up=bool(self.stage.rng.random() < 0.5))

    def _leave(self, *, up: bool) -> None:
        self._goal = self._level.tick + self.draw(_LEAVE_TICKS) * (1 if up else -1)
        pull = Pull(self._goal, speed=self.draw(_LEAVE), noise=1.0)
        self.steer(pull, 0, self._leaving)

    def _leaving(self, now: int) -> None:
        if abs(self.engine.mid - self._goal) <= 1.5:
            self.rest()


class Drifting(Planted):
    """Half-way the flow begins to tell the opposite."""

    def flipped(self, now: int) -> bool:
        """Return whether half the window is over."""
        return now >= self.stage.flip
