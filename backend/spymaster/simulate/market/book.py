"""A first-in, first-out order book that writes down every record it causes.

Ticks are counted from ``base``, so that a price is a list index; side 0 is the bid, 1 the ask.
"""

from __future__ import annotations

from collections.abc import Callable

ADD, CANCEL, MODIFY, TRADE, FILL = range(5)
"""Actions, as the tape spells them ``A C M T F``."""
WIDTH = 1 << 14
"""Ticks that the book spans."""


class Order:
    """A resting order; the engine decides when its life ends."""

    __slots__ = ("due", "hidden", "oid", "shown", "side", "size", "tick")

    def __init__(self, oid: int, side: int, tick: int, size: int) -> None:
        self.oid = oid
        self.side = side
        self.tick = tick
        self.size = size
        self.due = 0
        self.hidden = 0
        self.shown = size


class Book:
    """Both sides, one queue per tick.

    Parameters
    ----------
    put : callable
        Takes one flat record: (ns, order id, tick, size, code), code from ``code_of``.
    """

    def __init__(self, put: Callable[[tuple[int, ...]], None]) -> None:
        self.put = put
        self.queues: tuple[list[dict[int, Order]], ...] = tuple(
            [{} for _ in range(WIDTH)] for _ in range(2)
        )
        self.lots = ([0] * WIDTH, [0] * WIDTH)
        self.best = [0, WIDTH - 1]
        self.traded = [WIDTH, -1]
        """Lowest and highest tick traded since that was last forgotten."""
        self.n_takes = 0

    def forget_trades(self) -> None:
        """Start the range of traded ticks anew."""
        self.traded = [WIDTH, -1]

    def rest(self, order: Order) -> None:
        """Put an order at the end of its queue."""
        side, tick = order.side, order.tick
        self.queues[side][tick][order.oid] = order
        self.lots[side][tick] += order.size
        if (tick > self.best[0]) if side == 0 else (tick < self.best[1]):
            self.best[side] = tick

    def lift(self, order: Order) -> None:
        """Take an order out of its queue, wherever it stands."""
        side, tick = order.side, order.tick
        del self.queues[side][tick][order.oid]
        lots = self.lots[side]
        lots[tick] -= order.size
        if not lots[tick] and tick == self.best[side]:
            self.fall(side)

    def fall(self, side: int) -> None:
        """Find the next best quote after a queue emptied."""
        lots, tick, step = self.lots[side], self.best[side], 2 * side - 1
        while not lots[tick]:
            tick += step
        self.best[side] = tick

    def add(self, now: int, order: Order, last: int = 1) -> None:
        """Rest a new order and say so."""
        self.rest(order)
        self.put((now, order.oid, order.tick, order.size, order.side * 2 + last))

    def cancel(self, now: int, order: Order, last: int = 1) -> None:
        """Withdraw a whole order."""
        self.lift(order)
        order.due = -1
        self.put((now, order.oid, order.tick, order.size, 4 * CANCEL + order.side * 2 + last))

    def modify(self, now: int, order: Order, tick: int, size: int) -> None:
        """Change price or size; priority survives only a smaller size."""
        if tick == order.tick and size <= order.size:
            self.lots[order.side][tick] += size - order.size
            order.size = size
        else:
            self.lift(order)
            order.tick, order.size = tick, size
            self.rest(order)
        order.shown = size
        self.put((now, order.oid, tick, size, 4 * MODIFY + order.side * 2 + 1))

    def take(
        self, now: int, buyer: int, oid: int, size: int, hidden: int = 0, own: Order | None = None
    ) -> int:
        """Trade an incoming order against the other side and return the lots it got.

        Parameters
        ----------
        buyer : int
            1 if it buys, so also the side it trades against.
        hidden : int, lots
            Part filled by an iceberg that never showed; its F carries an id nobody knows.
        own : Order, optional
            The resting order that was modified through the market to trade.
        """
        self.n_takes += 1
        touched: dict[int, tuple[Order, int]] = {}
        left, through = size, 0
        while left and through < 3:
            tick = self.best[buyer]
            prints = self._match(buyer, tick, left, touched)
            got = sum(lots for _, lots in prints)
            left -= got
            if hidden:
                prints.append((oid + (1 << 40), hidden))
            self._print(now, buyer, oid, tick, got + hidden, prints, own)
            self.traded = [min(self.traded[0], tick), max(self.traded[1], tick)]
            hidden = 0
            if not self.lots[buyer][tick]:
                self.fall(buyer)
            through += 1
        self._settle(now, touched, own)
        return size - left

    def _match(
        self, side: int, tick: int, left: int, touched: dict[int, tuple[Order, int]]
    ) -> list[tuple[int, int]]:
        queue, prints = self.queues[side][tick], []
        while left and queue:
            oid = next(iter(queue))
            order = queue[oid]
            touched.setdefault(oid, (order, order.size))
            lots = min(left, order.size)
            left -= lots
            order.size -= lots
            self.lots[side][tick] -= lots
            prints.append((oid, lots))
            if not order.size:
                del queue[oid]
                if order.hidden:
                    self._refill(order)
        return prints

    def _refill(self, order: Order) -> None:
        """An iceberg shows its next part and goes to the end of the queue."""
        order.size = min(order.shown, order.hidden)
        order.hidden -= order.size
        self.queues[order.side][order.tick][order.oid] = order
        self.lots[order.side][order.tick] += order.size

    def _print(
        self,
        now: int,
        buyer: int,
        oid: int,
        tick: int,
        lots: int,
        prints: list[tuple[int, int]],
        own: Order | None,
    ) -> None:
        taker = 2 * (1 - buyer)
        self.put((now, oid, tick, lots, 4 * TRADE + taker))
        if own is not None:
            self.put((now, oid, tick, lots, 4 * FILL + taker))
        for resting, part in prints:
            self.put((now, resting, tick, part, 4 * FILL + 2 * buyer))

    def _settle(self, now: int, touched: dict[int, tuple[Order, int]], own: Order | None) -> None:
        """End the event: what filled up leaves, what is left says its new size."""
        if own is not None:
            self.lift(own)
            own.due = -1
            self.put((now, own.oid, own.tick, own.size, 4 * CANCEL + own.side * 2))
        final = len(touched) - 1
        for i, (order, before) in enumerate(touched.values()):
            code = order.side * 2 + (i == final)
            if order.size:
                self.put((now, order.oid, order.tick, order.size, 4 * MODIFY + code))
            else:
                order.due = -1
                self.put((now, order.oid, order.tick, before, 4 * CANCEL + code))
