"""The event loop: what comes next, when, and how busy the market is at that time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from heapq import heappop

from spymaster.simulate.market.book import Book
from spymaster.simulate.market.crowd import Crowd
from spymaster.simulate.market.intensity import LAG_EDGES, build_table, state_index
from spymaster.simulate.market.laws import Draws, Scale
from spymaster.simulate.market.path import STEP_NS, Heading
from spymaster.simulate.market.tape import FIELDS
from spymaster.units import NS_PER_SECOND

BLOCK_RECORDS = 1 << 16
"""Records handed on at once."""
_BRANCHING = 0.4
"""Share of activity that trades set off themselves."""
_MEMORY_S = 4.0
"""How long a trade keeps activity up, seconds."""
_TRADES_PER_ADD = 0.025
"""Aggressive orders for each new one that rests."""
_MOST_EXCITED = 5.0
_STEP_S = STEP_NS / NS_PER_SECOND


class Engine:
    """One session's market, times in ns since midnight UTC.

    Parameters
    ----------
    activity : sequence of float
        How busy each step of ``STEP_NS`` is, 1 being the mean of the window.
    span : pair of int
        When events begin and end.
    """

    def __init__(
        self,
        scale: Scale,
        draws: Draws,
        path: Heading,
        activity: Sequence[float],
        span: tuple[int, int],
    ) -> None:
        self.scale, self.draws, self.path, self.activity = scale, draws, path, activity
        self.start, self.end = span
        self.now = self.start
        self._flat: list[int] = []
        self.book = Book(self._flat.extend)
        self.crowd = crowd = Crowd(self.book, draws, scale, self.end)
        self.table = build_table(scale)
        self.tempo = 1.0
        self._excited = 1.0
        self._trades = 0
        self._kick = _BRANCHING / (1 - _BRANCHING) / (_MEMORY_S * _TRADES_PER_ADD * 2 * scale.adds)
        kinds = (crowd.add, crowd.join, crowd.improve, crowd.take, crowd.withdraw)
        self._actions = [(act, side) for act in kinds for side in (0, 1)]

    @property
    def mid(self) -> float:
        """Halfway between the best quotes, ticks."""
        return (self.book.best[0] + self.book.best[1]) / 2

    def plant(
        self,
        adds: tuple[float, float],
        lives: tuple[float, float],
        upward: float,
        near: tuple[int, int],
    ) -> None:
        """Change what arrives and how long it stays, until the next plant.

        Parameters
        ----------
        adds, lives : pair of float
            What new orders and lifetimes of the bid and the ask are multiplied by.
        upward : float
            Share of price changes that go up.
        near : pair of int
            Lowest and highest tick whose resting orders are touched.
        """
        self.table = build_table(self.scale, adds)
        self.crowd.upward, self.crowd.added = upward, [0, 0]
        for side in (0, 1):
            self.crowd.plant_lives(self.now, side, lives[side], near)

    def expected_adds(self) -> tuple[float, float]:
        """Return the new orders of the coming step without a plant, bid and ask."""
        (bid, ask), (bids, asks) = self.book.best, self.book.lots
        state = state_index(ask - bid, bids[bid], asks[ask], self.crowd.lag)
        bid_rate, ask_rate = self.table.adds[state]
        return bid_rate * self.tempo * _STEP_S, ask_rate * self.tempo * _STEP_S

    def snapshot(self) -> list[int]:
        """Return the resting orders as flat adds, oldest first; to be taken before the blocks."""
        return self._handed()

    def blocks(self, step: Callable[[int], None]) -> Iterator[list[int]]:
        """Run the session and yield flat records; ``step`` is called every ``STEP_NS``."""
        while self.now < self.end:
            self._refresh()
            step(self.now)
            self._until(min(self.now + STEP_NS, self.end))
            if len(self._flat) >= BLOCK_RECORDS * FIELDS:
                yield self._handed()
        if self._flat:
            yield self._handed()

    def _handed(self) -> list[int]:
        block = self._flat[:]
        self._flat.clear()
        return block

    def _refresh(self) -> None:
        busy = self.activity[(self.now - self.start) // STEP_NS]
        self.path.step(busy)
        trades, self._trades = self.book.n_takes - self._trades, self.book.n_takes
        self._excited += (1 - self._excited) * _STEP_S / _MEMORY_S + trades * self._kick
        wild = self.path.volatility**0.5
        self.tempo = busy * wild * min(self._excited, _MOST_EXCITED) * (1 - _BRANCHING)
        calm = busy**-0.5
        self.crowd.life = [calm * planted for planted in self.crowd.planted_life]
        self._locate()

    def _locate(self) -> None:
        self.crowd.lag = bisect_right(LAG_EDGES, self.path.tick - self.mid)

    def _until(self, stop: int) -> None:
        """Let whatever comes first happen: the end of an order's life, or something new."""
        crowd, calendar, best = self.crowd, self.crowd.calendar, self.book.best
        gaps, ladders, tempo = self.table.gaps, self.table.ladders, self.tempo
        steps, actions, (bids, asks) = self.draws.steps, self._actions, self.book.lots
        now, (seen_bid, seen_ask) = self.now, best
        while True:
            bid, ask = best
            if bid != seen_bid or ask != seen_ask:
                seen_bid, seen_ask = bid, ask
                self._locate()
            state = state_index(ask - bid, bids[bid], asks[ask], crowd.lag)
            wait, draw = next(steps)
            arrival = now + int(wait * gaps[state] / tempo)
            if calendar[0][0] < arrival:
                if calendar[0][0] >= stop:
                    break
                now, _, order = heappop(calendar)
                if order.due == now:
                    crowd.expire(now, order)
            elif arrival < stop:
                now = arrival
                act, side = actions[bisect_right(ladders[state], draw)]
                act(now, side)
            else:
                break
        self.now = stop
