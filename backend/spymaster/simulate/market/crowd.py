"""Everybody who trades: what each kind of event does to the book, and when each order leaves."""

from __future__ import annotations

from heapq import heappush

import numpy as np

from spymaster.simulate.market.book import Book, Order
from spymaster.simulate.market.intensity import NO_LAG
from spymaster.simulate.market.laws import (
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

FIRST_ID = 6_413_000_000_000
FAR = 400
"""Ticks from the best quote where the oldest orders rest; they outlive the session."""
_FINISHED = 25
"""Lots left at a best quote that one aggressive order may finish off."""
_LARGE, _ICEBERGS, _RESERVE = 10, 0.15, 3
"""Orders from this size on are icebergs this often, with so many times their size hidden."""
_FINISH, _THROUGH = 0.6, 0.04
"""Shares of those who are late that finish a quote, and that go on to the next price."""
_OWN, _HIDDEN = 0.03, 0.02
"""Shares of trades that are a resting order modified through the market, and that meet an
iceberg which never showed."""


class Crowd:
    """The orders of a session and their ways."""

    def __init__(self, book: Book, draws: Draws, scale: Scale, end: int) -> None:
        self.book, self.draws, self.end = book, draws, end
        self.calendar: list[tuple[int, int, Order]] = []
        """When each order's life ends; an entry that no longer agrees with its order is void."""
        self.mean_life: list[float] = scale.lifetimes().tolist()
        self.life = [1.0, 1.0]
        """What lives of orders that stay are multiplied by now, bid and ask."""
        self.planted_life = [1.0, 1.0]
        """What all lives are multiplied by while a plant lasts, bid and ask."""
        self.upward = 0.5
        """Share of price changes that go up."""
        self.lag = NO_LAG
        """Class of the distance from the mid to where it is heading."""
        self.added = [0, 0]
        """New orders at or behind the best quote since this was last reset, bid and ask."""
        self.finished = 1 << 30 if scale.mechanical else _FINISHED
        self.next_id = FIRST_ID

    def order(self, side: int, tick: int, size: int) -> Order:
        """Return an order that has yet to rest."""
        self.next_id += 1
        return Order(self.next_id, side, tick, size)

    def due(self, order: Order, when: int) -> None:
        """Set when an order's life ends."""
        order.due = when
        heappush(self.calendar, (when, order.oid, order))

    def rest(self, now: int, order: Order, when: int) -> None:
        """Rest an order that stays until then, unless it trades."""
        self.book.add(now, order)
        self.due(order, when)

    def plant_lives(self, now: int, side: int, factor: float, near: tuple[int, int]) -> None:
        """Multiply what is left of all lives on a side, between two ticks."""
        change = factor / self.planted_life[side]
        self.planted_life[side] = factor
        if change == 1.0:
            return
        for when, _, order in list(self.calendar):
            if order.side == side and when == order.due and near[0] <= order.tick <= near[1]:
                self.due(order, now + 1 + int((when - now) * change))

    def populate(
        self, rng: np.random.Generator, start: int, bid: int, activity: float, *, near: bool
    ) -> None:
        """Fill the book as it would stand after a long time, or only far from the best quotes."""
        busy = activity**0.5
        thick = depth_profile() * busy / mean_size()
        for away in range(FAR, -1, -1):
            for side in (0, 1):
                tick = bid + side + (away if side else -away)
                if away > DEEPEST:
                    self._stack(rng, side, tick, [self.end] * (away % 2))
                elif near:
                    count = max(int(rng.poisson(thick[away])), int(away == 0))
                    lives = residual_lives(rng, count) / busy * self.mean_life[away]
                    self._stack(rng, side, tick, (start + lives).tolist())

    def add(self, now: int, side: int) -> None:
        """Rest a new order behind the best quote."""
        away, size, brief, life = next(self.draws.behind)
        self.added[side] += 1
        self._arrive(now, side, self.book.best[side] + (away if side else -away), size, brief, life)

    def join(self, now: int, side: int) -> None:
        """Rest a new order at the best quote."""
        _, size, brief, life = next(self.draws.joins)
        self.added[side] += 1
        self._arrive(now, side, self.book.best[side], size, brief, life)

    def improve(self, now: int, side: int) -> None:
        """Rest a new order inside the spread, to stay."""
        _, size, _, life = next(self.draws.joins)
        self._arrive(now, side, self.book.best[side] + 1 - 2 * side, size, 0, life)

    def take(self, now: int, side: int) -> None:
        """Side 0 buys, 1 sells; who is late pays up and finishes what is left at the quote."""
        size, chance, spell = next(self.draws.trades)
        rests = 1 - side
        quoted = self.book.lots[rests][self.book.best[rests]]
        late = (self.lag - NO_LAG) * (1 - 2 * side) > 1
        if late and quoted <= self.finished and chance < _FINISH:
            size = quoted if chance >= _THROUGH else quoted + size
        else:
            size = min(size, quoted)
        own = self._crosser(side, quoted) if spell < _OWN else None
        if own is not None:
            self.book.take(now, rests, own.oid, own.size, own=own)
            return
        hidden = 1 + int(chance * 4) if _OWN < spell < _OWN + _HIDDEN else 0
        self.next_id += 1
        self.book.take(now, rests, self.next_id, size, hidden)

    def withdraw(self, now: int, side: int) -> None:
        """Cancel the newest order at the best quote."""
        queue = self.book.queues[side][self.book.best[side]]
        self.book.cancel(now, queue[next(reversed(queue))])

    def expire(self, now: int, order: Order) -> None:
        """End an order's life: mostly by a cancel, at times by a change that starts it anew."""
        chance = next(self.draws.uniform)
        if chance < MODIFIED:
            self._modify(now, order, chance / MODIFIED)
        elif chance < MODIFIED + REPLACED:
            self._replace(now, order)
        else:
            self.book.cancel(now, order)

    def _arrive(self, now: int, side: int, tick: int, size: int, brief: int, life: float) -> None:
        order = self.order(side, tick, size)
        self.book.add(now, order)
        self._schedule(now, order, brief, life)
        if size >= _LARGE and not brief and next(self.draws.uniform) < _ICEBERGS:
            order.hidden = size * _RESERVE

    def _schedule(self, now: int, order: Order, brief: int, life: float) -> None:
        """Flickers live for so many ns, others for so many means of their distance."""
        side = order.side
        if brief:
            lasts = brief * self.planted_life[side]
        else:
            away = min(abs(order.tick - self.book.best[side]), DEEPEST)
            lasts = life * self.mean_life[away] * self.life[side]
        self.due(order, now + 1 + int(lasts))

    def _crosser(self, side: int, quoted: int) -> Order | None:
        """The newest order at the own best quote, if the other side can fill it whole."""
        queue = self.book.queues[side][self.book.best[side]]
        order = queue[next(reversed(queue))]
        return order if order.size < quoted else None

    def _modify(self, now: int, order: Order, chance: float) -> None:
        away, extra, brief, life = next(self.draws.behind)
        tick, size = order.tick, order.size
        if chance < 0.6:
            tick = self._moved(order, min(away, 3))
        elif chance < 0.8:
            size = max(1, size // 2)
        else:
            size += extra
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
        """Cancel and come back in the same event, a tick or two away, with nearly the size."""
        away, _, brief, life = next(self.draws.behind)
        tick = self._moved(order, min(away, 2))
        self.book.cancel(now, order, last=0)
        fresh = self.order(order.side, tick, max(1, order.size + away % 3 - 1))
        self.book.add(now, fresh)
        self._schedule(now, fresh, brief, life)

    def _stack(self, rng: np.random.Generator, side: int, tick: int, ends: list[float]) -> None:
        for size, when in zip(sizes(rng, len(ends)).tolist(), ends, strict=True):
            self.rest(0, self.order(side, tick, size), int(when) + 1)
