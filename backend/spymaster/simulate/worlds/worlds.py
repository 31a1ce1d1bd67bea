"""What leads the price, and whether the flow tells beforehand: the ground of every world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spymaster.simulate.market.book import Order
from spymaster.simulate.market.engine import Engine
from spymaster.simulate.market.path import Path
from spymaster.simulate.market.tape import TICK_E9
from spymaster.simulate.worlds.landmarks import Landmark, Landmarks
from spymaster.simulate.worlds.truth import TYPES, Level, Touch, Truth
from spymaster.units import E9


@dataclass(frozen=True)
class Stage:
    """What a world is played on."""

    engine: Engine
    path: Path
    """What leads the price; a world may pull it."""
    lead_ns: int
    """How far before the market the path is played."""
    landmarks: Landmarks
    truth: Truth
    rng: np.random.Generator
    placebo_rng: np.random.Generator
    """Apart, so that fake levels change nothing of what happens."""
    opening: int
    """09:30 New York, ns since midnight UTC."""
    midnight_ns: int
    """Midnight UTC, ns since 1970."""
    flip: int
    """When a world that drifts turns around, ns since midnight UTC."""

    def price(self, tick: int) -> float:
        """Return a tick of the book as a price in points."""
        return (tick + self.landmarks.base_tick) * TICK_E9 / E9

    def touch(
        self, level: Landmark, hidden: str, start: int, arrival: int, end: int, *, from_below: bool
    ) -> Touch:
        """Return a visit of which nothing has been seen yet, times in ns since midnight UTC."""
        at, third = self.midnight_ns, 1 / len(TYPES)
        return Touch(
            hidden=hidden,
            level_id=level.level_id,
            price=self.price(level.tick),
            known_ns=at + level.known,
            approach="from_below" if from_below else "from_above",
            start_ns=at + start,
            arrival_ns=at + arrival,
            end_ns=at + end,
            short_ticks=0,
            flipped=False,
            bids_added=0,
            asks_added=0,
            bids_expected=0.0,
            asks_expected=0.0,
            oracle_break=third,
            oracle_reject=third,
            oracle_chop=third,
        )


class Aimless:
    """Zero intelligence: the price wanders and nothing foretells it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.engine = stage.engine
        self._opened = stage.engine.path.tick

    def open(self) -> None:
        """Fill the book before the first event."""
        self._populate(near=True)

    def step(self, now: int) -> None:
        """See what happened and act, ``now`` in ns since midnight UTC."""
        self.stage.landmarks.watch(now)
        if now >= self.stage.opening and not self.stage.truth.placebo_prices:
            fake = self.stage.landmarks.placebos(self.stage.placebo_rng, self.engine.mid)
            self.stage.truth.placebo_prices.extend(self.stage.price(tick) for tick in fake)
            self._opened = self.engine.mid

    def close(self) -> None:
        """Note which levels there were."""
        for level in self.stage.landmarks.around(self._opened):
            known = self.stage.midnight_ns + max(level.known, self.stage.opening)
            self.stage.truth.levels.append(
                Level(level.level_id, self.stage.price(level.tick), known)
            )

    def _populate(self, *, near: bool) -> None:
        engine = self.engine
        busy = engine.activity[0]
        bid = int(engine.path.tick)
        engine.crowd.populate(self.stage.rng, engine.start, bid, busy, near=near)


class Recentred(Aimless):
    """Mechanical: makers only move a fixed ladder along, so the flow echoes the price."""

    _LOTS = (60,) * 41
    """By distance from the best quote; even, so that a move changes only the two ends."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._ladders: tuple[dict[int, list[Order]], ...] = ({}, {})
        self._seen: list[int] = []

    def open(self) -> None:
        """Rest far orders that outlive the session, then the ladder."""
        self._populate(near=False)
        bid = int(self.engine.path.tick)
        self._recentre(0, (bid, bid + 1))

    def step(self, now: int) -> None:
        """Move the ladder if the quotes moved."""
        super().step(now)
        bid, ask = self.engine.book.best
        if self._seen != [bid, ask]:
            rising = self.engine.path.tick > self.engine.mid
            self._recentre(now, (ask - 1, ask) if rising else (bid, bid + 1))
            self._seen = list(self.engine.book.best)

    def _recentre(self, now: int, quotes: tuple[int, int]) -> None:
        for side, ladder in enumerate(self._ladders):
            out = 2 * side - 1
            wanted = {quotes[side] + out * away: lots for away, lots in enumerate(self._LOTS)}
            for tick in sorted(ladder.keys() | wanted.keys(), key=lambda at: at * out):
                self._set(now, side, tick, wanted.get(tick, 0))

    def _set(self, now: int, side: int, tick: int, wanted: int) -> None:
        crowd, ladder = self.engine.crowd, self._ladders[side]
        orders = [order for order in ladder.pop(tick, []) if order.due >= 0]
        lots = sum(order.size for order in orders)
        while lots > wanted:
            lots -= orders[-1].size
            self.engine.book.cancel(now, orders.pop())
        if lots < wanted:
            orders.append(crowd.order(side, tick, wanted - lots))
            crowd.rest(now, orders[-1], self.engine.end + 1)
        if orders:
            ladder[tick] = orders
