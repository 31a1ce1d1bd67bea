"""Worlds that lead the price to levels, again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from spymaster.simulate.market.path import Pull
from spymaster.simulate.worlds.landmarks import Landmark
from spymaster.simulate.worlds.truth import NONE, Touch
from spymaster.simulate.worlds.worlds import Aimless, Stage
from spymaster.units import NS_PER_SECOND

NEAREST, FARTHEST = 6, 140
"""Ticks from a level at which an approach to it may begin."""
_FIRST_REST_S, _REST_S = (10, 40), (60, 200)
_WANDER_S = (240, 480)
_APPROACH = (0.04, 0.1)
"""Speed, ticks a second."""
_LAST_S = 400
"""No approach begins later than this before the end, seconds."""
_SAME_AGAIN = 0.4
"""How much less likely the level of the last visit is."""
_ROUND = 0.3
"""How much less likely a round level is."""


class Visits(Aimless):
    """Rest, approach a level, arrive; what follows is up to the world."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._doing: Callable[[int], None] = self._waiting
        self._until = 0
        self._level = Landmark("", 0, 0)
        self._from_below = True
        self._target = 0.0
        self._short = 0

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
        self.stage.path.pull = pull
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
        pull = Pull(self._target, speed=self.draw(_APPROACH), noise=1.2)
        self.steer(pull, left, self._approaching)

    def touch(self, now: int, hidden: str = NONE) -> Touch:
        """Return what is known of a visit on arrival."""
        found = self.stage.touch(self._level, hidden, now, now, now, from_below=self._from_below)
        return replace(found, short_ticks=self._short)

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
        weights = [self._liking(each) / abs(each.tick - mid) for each in nearest]
        odds = [weight / sum(weights) for weight in weights]
        return nearest[int(self.stage.rng.choice(len(nearest), p=odds))]

    def _liking(self, level: Landmark) -> float:
        same = level.tick == self._level.tick
        return (_SAME_AGAIN if same else 1.0) * (1.0 if level.known else _ROUND)


class Trap(Visits):
    """Geometry: visits end at all distances from a level, then the price wanders."""

    def short(self) -> int:
        """Return any distance up to six ticks, before the level or beyond it."""
        return int(self.stage.rng.integers(-6, 7))

    def arrive(self, now: int) -> None:
        """Note the visit and let the price go."""
        self.stage.truth.touches.append(self.touch(now))
        self.steer(Pull(), self.draw(_WANDER_S), self._resting)
