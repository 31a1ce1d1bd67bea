"""The event loop: orders arrive, live out their lives, trade, and are written to the tape."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from heapq import heappop, heappush

import numpy as np

from spymaster.simulate.book import WIDTH, Book, Order
from spymaster.simulate.intensity import (
    LAG_EDGES,
    QUEUE_CODE,
    build_table,
    state_index,
)
from spymaster.simulate.laws import (
    DEEPEST,
    MODIFIED,
    REPLACED,
    Draws,
    Scale,
    depth_profile,
    mean_size,
    residual_lives,
    sizes,
)
from spymaster.simulate.path import STEP_NS, Path
from spymaster.simulate.tape import FIELDS
from spymaster.units import NS_PER_SECOND

FIRST_ID = 6_413_000_000_000
FAR = 400
"""Ticks from the best quote where the oldest orders rest; they outlive the session."""
BLOCK_RECORDS = 1 << 16
"""Records handed on at once."""
_BRANCHING = 0.45
"""Share of activity that trades set off themselves."""
_MEMORY_S = 4.0
"""How long a trade keeps activity up, seconds."""
_TRADES_PER_ADD = 0.025
"""Aggressive orders for each new one that rests."""
_TOP_QUEUE = len(QUEUE_CODE) - 1
_CHUNK = 25
"""Lots left at a best quote that one aggressive order may finish off."""


class Engine:
    """One session's market, from a full book at the start to whatever is left at the end."""

    def __init__(
        self,
        scale: Scale,
        seeds: np.random.SeedSequence,
        path: Path,
        activity: Callable[[int], float],
        span: tuple[int, int],
    ) -> None:
        first, second = seeds.spawn(2)
        self.scale, self.path, self.activity = scale, path, activity
        self.start, self.end = span
        self.now = self.start
        self.flat: list[int] = []
        self.book = Book(self.flat.extend)
        self.draws = Draws(first)
        self.calendar: list[tuple[int, int, Order]] = []
        self.next_id = FIRST_ID
        self.mean_life: list[float] = scale.lifetimes().tolist()
        self.life = [1.0, 1.0]
        self.planted_life = [1.0, 1.0]
        self.upward = 0.5
        self.added = [0, 0]
        self.table = build_table(scale)
        self.excited = 1.0
        self.kick = _BRANCHING / (1 - _BRANCHING) / (_MEMORY_S * _TRADES_PER_ADD * 2 * scale.adds)
        self.tempo = 1.0
        self.lag = 0
        self.high, self.low = 0, WIDTH
        self._populate(np.random.Generator(np.random.PCG64(second)))
        kinds = (self._add, self._join, self._improve, self._take, self._withdraw)
        self._actions = [(act, side) for act in kinds for side in (0, 1)]

    @property
    def mid(self) -> float:
        """Halfway between the best quotes, ticks."""
        return (self.book.best[0] + self.book.best[1]) / 2

    def plant(self, adds: tuple[float, float], lives: tuple[float, float], upward: float) -> None:
        """Change what arrives and how long it stays.

        Parameters
        ----------
        adds, lives : pair of float
            What new orders and lifetimes of the bid and the ask are multiplied by.
        upward : float
            Share of price changes that go up.
        """
        self.table = build_table(self.scale, adds)
        self.upward, self.added = upward, [0, 0]
        for side in (0, 1):
            factor = lives[side] / self.planted_life[side]
            self.planted_life[side] = lives[side]
            if factor != 1.0:
                self._reschedule(side, factor)

    def blocks(self, step: Callable[[int], None]) -> Iterator[list[int]]:
        """Run the session and yield flat records; ``step`` is called every ``STEP_NS``."""
        while self.now < self.end:
            self._refresh()
            step(self.now)
            self._until(min(self.now + STEP_NS, self.end))
            if len(self.flat) >= BLOCK_RECORDS * FIELDS:
                yield self._handed()
        if self.flat:
            yield self._handed()

    def snapshot(self) -> list[int]:
        """Return the resting orders as flat adds, oldest first; to be taken before the blocks."""
        return self._handed()

    def _handed(self) -> list[int]:
        block = self.flat[:]
        self.flat.clear()
        return block

    def _refresh(self) -> None:
        busy = self.activity(self.now)
        self.path.step(busy)
        self.excited = 1 + (self.excited - 1) * (1 - STEP_NS / NS_PER_SECOND / _MEMORY_S)
        wild = self.path.volatility**0.5
        self.tempo = busy * wild * min(self.excited, 5.0) * (1 - _BRANCHING)
        calm = busy**-0.5
        self.life = [calm * planted for planted in self.planted_life]
        self._locate()

    def _locate(self) -> None:
        best = self.book.best
        self.lag = bisect_right(LAG_EDGES, self.path.tick - (best[0] + best[1]) / 2)

    def _until(self, stop: int) -> None:
        book, table, calendar = self.book, self.table, self.calendar
        best, (bids, asks) = book.best, book.lots
        gaps, ladders, tempo = table.gaps, table.ladders, self.tempo
        steps, actions = self.draws.steps, self._actions
        now, seen = self.now, tuple(best)
        while True:
            bid, ask = best
            if seen != (bid, ask):
                seen = (bid, ask)
                self._locate()
            state = state_index(
                ask - bid,
                QUEUE_CODE[min(bids[bid], _TOP_QUEUE)],
                QUEUE_CODE[min(asks[ask], _TOP_QUEUE)],
                self.lag,
            )
            wait, draw = next(steps)
            arrival = now + int(wait * gaps[state] / tempo)
            if calendar[0][0] < arrival:
                now = calendar[0][0]
                if now >= stop:
                    break
                _, _, order = heappop(calendar)
                if order.due == now:
                    self._expire(now, order)
            elif arrival < stop:
                now = arrival
                act, side = actions[bisect_right(ladders[state], draw)]
                act(now, side)
            else:
                break
        self.now = stop

    def _order(self, side: int, tick: int, size: int) -> Order:
        self.next_id += 1
        return Order(self.next_id, side, tick, size)

    def _schedule(self, now: int, order: Order, brief: int, life: float) -> None:
        """Decide when an order's life ends: flickers in ns, others in means of their distance."""
        side, best = order.side, self.book.best
        if brief:
            due = now + 1 + int(brief * self.planted_life[side])
        else:
            away = min(abs(order.tick - best[side]), DEEPEST)
            due = now + 1 + int(life * self.mean_life[away] * self.life[side])
        order.due = due
        heappush(self.calendar, (due, order.oid, order))

    def _reschedule(self, side: int, factor: float) -> None:
        for _, _, order in list(self.calendar):
            if order.side == side and order.due > self.now:
                order.due = self.now + 1 + int((order.due - self.now) * factor)
                heappush(self.calendar, (order.due, order.oid, order))

    def _add(self, now: int, side: int) -> None:
        away, size, brief, life = next(self.draws.behind)
        tick = self.book.best[side] + (away if side else -away)
        self._arrive(now, side, tick, size, brief, life)

    def _join(self, now: int, side: int) -> None:
        _, size, brief, life = next(self.draws.joins)
        self._arrive(now, side, self.book.best[side], size, brief, life)

    def _improve(self, now: int, side: int) -> None:
        _, size, _, life = next(self.draws.joins)
        self._arrive(now, side, self.book.best[side] + 1 - 2 * side, size, 0, life)

    def _arrive(self, now: int, side: int, tick: int, size: int, brief: int, life: float) -> None:
        order = self._order(side, tick, size)
        self.book.add(now, order)
        self.added[side] += 1
        self._schedule(now, order, brief, life)
        if size >= 10 and not brief and next(self.draws.uniform) < 0.15:
            order.hidden = size * 3

    def _take(self, now: int, side: int) -> None:
        """Side 0 buys; one that pays up ends what little is left at the quote."""
        size, chance, spell = next(self.draws.trades)
        book, rests = self.book, 1 - side
        tick = book.best[rests]
        quoted = book.lots[rests][tick]
        if quoted <= _CHUNK and chance < 0.6 and (self.lag - 5) * (1 - 2 * side) > 1:
            size = quoted
        elif chance > 0.03:
            size = min(size, quoted)
        self.next_id += 1
        oid, own, hidden = self.next_id, None, 0
        if spell < 0.03:
            own = self._crosser(side, quoted)
            if own is not None:
                oid, size = own.oid, own.size
        elif spell < 0.05:
            hidden = 1 + int(chance * 4)
        self.high, self.low = max(self.high, tick), min(self.low, tick)
        book.take(now, rests, oid, size, hidden, own)
        self.excited += self.kick

    def _crosser(self, side: int, quoted: int) -> Order | None:
        """The newest order at the own best quote, if the other side can fill it whole."""
        queue = self.book.queues[side][self.book.best[side]]
        order = queue[next(reversed(queue))]
        return order if order.size < quoted else None

    def _withdraw(self, now: int, side: int) -> None:
        queue = self.book.queues[side][self.book.best[side]]
        self.book.cancel(now, queue[next(reversed(queue))])

    def _expire(self, now: int, order: Order) -> None:
        chance = next(self.draws.uniform)
        if chance < MODIFIED:
            self._modify(now, order, chance / MODIFIED)
        elif chance < MODIFIED + REPLACED:
            self._replace(now, order)
        else:
            self.book.cancel(now, order)

    def _modify(self, now: int, order: Order, chance: float) -> None:
        away, size, brief, life = next(self.draws.behind)
        tick = order.tick
        if chance < 0.6:
            tick = self._moved(order, min(away, 3))
            size = order.size
        elif chance < 0.8:
            size = max(1, order.size // 2)
        else:
            size += order.size
        if tick == order.tick and size == order.size:
            size = size // 2 or 2
        self.book.modify(now, order, tick, size)
        self._schedule(now, order, brief, life)

    def _moved(self, order: Order, ticks: int) -> int:
        """Where a repriced order goes: never across the other side's best quote."""
        up = next(self.draws.uniform) < self.upward
        tick = order.tick + (ticks if up else -ticks)
        bid, ask = self.book.best
        return max(tick, bid + 1) if order.side else min(tick, ask - 1)

    def _replace(self, now: int, order: Order) -> None:
        """Cancel and come back at once, a tick or two away, with nearly the same size."""
        away, _, brief, life = next(self.draws.behind)
        tick = self._moved(order, min(away, 2))
        size = max(1, order.size + (away % 3) - 1)
        self.book.cancel(now, order, last=0)
        fresh = self._order(order.side, tick, size)
        self.book.add(now, fresh)
        self._schedule(now, fresh, brief, life)

    def _populate(self, rng: np.random.Generator) -> None:
        """Fill the book as it would stand after a long time at the start's activity."""
        busy = self.activity(self.start) ** 0.5
        bid = int(np.floor(self.path.tick))
        thick = depth_profile() * busy / mean_size()
        for away in reversed(range(FAR)):
            for side in (0, 1):
                count = rng.poisson(thick[away]) if away <= DEEPEST else away % 2
                tick = bid + side + (away if side else -away)
                lives = residual_lives(rng, max(count, away == 0))
                for size, life in zip(sizes(rng, len(lives)).tolist(), lives.tolist(), strict=True):
                    order = self._order(side, tick, size)
                    self.book.add(0, order)
                    order.due = self._first_due(away, life / busy)
                    heappush(self.calendar, (order.due, order.oid, order))

    def _first_due(self, away: int, life: float) -> int:
        if away > DEEPEST:
            return self.end + 1
        return self.start + 1 + int(life * self.mean_life[away])
