"""Worlds that lead the price to levels, again and again, and decide what happens there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from spymaster.simulate.landmarks import Landmark
from spymaster.simulate.path import Pull
from spymaster.simulate.plant import NOTHING, plant_of, posterior
from spymaster.simulate.truth import BREAK, CHOP, NONE, REJECT, TYPES, Touch
from spymaster.simulate.worlds import Aimless, Stage
from spymaster.units import NS_PER_SECOND

NEAREST, FARTHEST = 10, 140
"""Ticks from a level at which an approach to it may begin."""
_FIRST_REST_S, _REST_S = (10, 40), (150, 420)
_HOLD_S = (60, 120)
"""How long the flow tells before the price answers, seconds."""
_CHOP_S = (180, 300)
_WANDER_S = (240, 480)
_LEAVE_TICKS = (16, 28)
_APPROACH, _LEAVE = (0.15, 0.35), (0.2, 0.35)
"""Speeds, ticks a second."""
_LAST_S = 400
"""No approach begins later than this before the end, seconds."""
_TOLD_TICKS = 40
"""Ticks on either side of a level whose resting orders a plant touches."""
_WALL_TICKS, _WALL_LOTS, _WALL_RESERVE = 3, 12, 4
_SAME_AGAIN = 0.4
"""How much less likely the level of the last visit is."""


class Visits(Aimless):
    """Rest, approach a level, arrive; what follows is up to the world."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._doing: Callable[[int], None] = self._waiting
        self._until = 0
        self._level = Landmark("", 0, 0)
        self._from_below = True
        self._target = 0.0

    def step(self, now: int) -> None:
        """Follow the plan from the open on."""
        super().step(now)
        if now >= self.stage.opening:
            self._doing(now)

    def arrive(self, now: int) -> None:
        """Decide what happens at the level that was just reached."""
        raise NotImplementedError

    def short(self) -> int:
        """Return how many ticks before the level the next approach ends."""
        return 0

    def draw(self, span: tuple[float, float]) -> float:
        """Return a number from a range."""
        return float(self.stage.rng.uniform(*span))

    def steer(self, pull: Pull, seconds: float, then: Callable[[int], None]) -> None:
        """Pull the price for a time, and say what watches it."""
        self.engine.path.pull = pull
        self._until = self.engine.now + int(seconds * NS_PER_SECOND)
        self._doing = then

    def rest(self, span: tuple[float, float] = _REST_S) -> None:
        """Stay about here for a while."""
        self.steer(Pull(self.engine.path.tick, hold=0.02), self.draw(span), self._resting)

    def approach(self) -> None:
        """Head for a level, or wander to the end where none can be dealt with in time."""
        left = (self.engine.end - self.engine.now) / NS_PER_SECOND
        level = self._choose()
        if level is None or left < _LAST_S:
            self.steer(Pull(), left, self._resting)
            return
        self._level, self._from_below = level, self.engine.mid < level.tick
        self._short = self.short()
        inward = -1 if self._from_below else 1
        self._target = level.tick + inward * (0.5 + self._short)
        pull = Pull(self._target, speed=self.draw(_APPROACH), noise=0.6)
        self.steer(pull, left, self._approaching)

    def touch(self, now: int, hidden: str = NONE) -> Touch:
        """Return what is known of a visit on arrival."""
        at = self.stage.midnight_ns
        return Touch(
            hidden=hidden,
            level_id=self._level.level_id,
            price=self.stage.price(self._level.tick),
            known_ns=at + self._level.known,
            approach="from_below" if self._from_below else "from_above",
            start_ns=at + now,
            end_ns=at + now,
            short_ticks=self._short,
            flipped=False,
            bids_added=0,
            asks_added=0,
            bids_expected=0.0,
            asks_expected=0.0,
            oracle_break=1 / len(TYPES),
            oracle_reject=1 / len(TYPES),
            oracle_chop=1 / len(TYPES),
        )

    def _waiting(self, now: int) -> None:
        self.rest(_FIRST_REST_S)

    def _resting(self, now: int) -> None:
        if now >= self._until:
            self.approach()

    def _approaching(self, now: int) -> None:
        if abs(self.engine.mid - self._target) <= 0.5:
            self.arrive(now)

    def _choose(self) -> Landmark | None:
        """The nearest level above or below, the nearer the likelier."""
        mid = self.engine.mid
        known = self.stage.landmarks.known(mid)
        above = [each for each in known if NEAREST <= each.tick - mid <= FARTHEST]
        below = [each for each in known if NEAREST <= mid - each.tick <= FARTHEST]
        nearest = [
            min(some, key=lambda each: abs(each.tick - mid)) for some in (above, below) if some
        ]
        if not nearest:
            return None
        weights = [
            (_SAME_AGAIN if each.tick == self._level.tick else 1) / abs(each.tick - mid)
            for each in nearest
        ]
        odds = [weight / sum(weights) for weight in weights]
        return nearest[int(self.stage.rng.choice(len(nearest), p=odds))]


class Trap(Visits):
    """Geometry: visits end at all distances from a level, then the price wanders."""

    def short(self) -> int:
        """Return any distance up to six ticks, before the level or beyond it."""
        return int(self.stage.rng.integers(-6, 7))

    def arrive(self, now: int) -> None:
        """Note the visit and let the price go."""
        self.stage.truth.touches.append(self.touch(now))
        self.steer(Pull(), self.draw(_WANDER_S), self._resting)


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
        near = (self._level.tick - _TOLD_TICKS, self._level.tick + _TOLD_TICKS)
        self.engine.plant(plant.adds, plant.lives, plant.upward, near)
        if plant.wall:
            self._wall(now)

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
        near = (self._level.tick - _TOLD_TICKS, self._level.tick + _TOLD_TICKS)
        self.engine.plant(NOTHING.adds, NOTHING.lives, NOTHING.upward, near)
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
        pull = Pull(self._goal, speed=self.draw(_LEAVE), noise=0.7)
        self.steer(pull, 0, self._leaving)

    def _leaving(self, now: int) -> None:
        if abs(self.engine.mid - self._goal) <= 1.5:
            self.rest()


class Drifting(Planted):
    """Half-way the flow begins to tell the opposite."""

    def flipped(self, now: int) -> bool:
        """Return whether half the window is over."""
        return now >= self.stage.flip
