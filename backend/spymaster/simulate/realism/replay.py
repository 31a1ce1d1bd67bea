"""A plain second look at a session's records: the book again, and what it did per bucket."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from spymaster.land.dbn import Records
from spymaster.simulate.market.tape import F_LAST, F_SNAPSHOT, TICK_E9
from spymaster.units import BUCKET_NS, NS_PER_SECOND

LEVELS = 10
"""Ticks from the best quote, the best included, whose depth is measured."""


@dataclass
class Bucket:
    """Five seconds of a session."""

    mid: float = 0.0
    """Ticks, at the end."""
    ofi: int = 0
    """Order-flow imbalance at the best quotes (Cont, Kukanov, Stoikov), lots."""
    volume: int = 0
    records: int = 0


@dataclass
class Replay:
    """Follows records and measures from a time on.

    Parameters
    ----------
    since_ns : int, ns since 1970 UTC
        Earlier records only build the book.
    """

    since_ns: int
    buckets: dict[int, Bucket] = field(default_factory=lambda: defaultdict(Bucket))
    """By ns since 1970 UTC over the length of a bucket."""
    actions: Counter[str] = field(default_factory=Counter)
    """Records by action."""
    spread_ns: Counter[int] = field(default_factory=Counter)
    """How long each spread, in ticks, was quoted."""
    depth: list[int] = field(default_factory=lambda: [0] * LEVELS)
    """Lots by distance from the best, both sides, summed over samples."""
    n_samples: int = 0
    sizes: Counter[int] = field(default_factory=Counter)
    """New orders by size."""
    lives: list[tuple[int, int]] = field(default_factory=list)
    """(ticks from the own best when it was added, life in ns) of orders that were cancelled."""
    responses: list[tuple[int, float]] = field(default_factory=list)
    """(lots, move of the mid in the direction of the trade a second later, ticks)."""
    n_unknown: int = 0
    """Cancels and modifies of orders that do not rest."""
    n_crossed: int = 0
    """Events that left the book crossed."""

    def __post_init__(self) -> None:
        self._orders: dict[int, tuple[str, int, int]] = {}
        self._born: dict[int, tuple[int, int]] = {}
        self._filled: Counter[int] = Counter()
        self._lots: dict[str, dict[int, int]] = {"B": {}, "A": {}}
        self._best: dict[str, int] = {}
        self._quotes = (0, 0, 0, 0)
        self._at_ns = 0
        self._trades: deque[tuple[int, int, float, bool]] = deque()

    def follow(self, batches: Iterable[Records]) -> Replay:
        """Take records in file order and return itself."""
        for batch in batches:
            columns = (
                batch["action"].astype("U1"),
                batch["side"].astype("U1"),
                batch["order_id"],
                batch["price"] // TICK_E9,
                batch["size"],
                batch["flags"],
                batch["ts_event"],
            )
            for row in zip(*(column.tolist() for column in columns), strict=True):
                self._take(*row)
        return self

    def _take(
        self, action: str, side: str, order: int, tick: int, size: int, flags: int, at: int
    ) -> None:
        live = at >= self.since_ns and not flags & F_SNAPSHOT
        if live:
            self._count(action, side, size, at)
        if action == "A":
            self._add(order, side, tick, size, at if live else -1)
        elif action in "CM":
            self._change(action, order, tick, size, at)
        elif action == "F":
            self._filled[order] += size
        if flags & F_LAST:
            self._filled.clear()
            self._settle(at, live=live)

    def _count(self, action: str, side: str, size: int, at: int) -> None:
        self.actions[action] += 1
        bucket = self.buckets[at // BUCKET_NS]
        bucket.records += 1
        if action == "T":
            bucket.volume += size
            self._trades.append((at, size, (self._quotes[0] + self._quotes[2]) / 2, side == "B"))

    def _add(self, order: int, side: str, tick: int, size: int, at: int) -> None:
        self._orders[order] = (side, tick, size)
        self._shift(side, tick, size)
        if at >= 0:
            self.sizes[size] += 1
            self._born[order] = (abs(tick - self._best[side]), at)

    def _change(self, action: str, order: int, tick: int, size: int, at: int) -> None:
        if order not in self._orders:
            self.n_unknown += 1
            return
        side, was, lots = self._orders.pop(order)
        if action == "M":
            self._orders[order] = (side, tick, size)
            self._shift(side, tick, size)
        elif order in self._born and not self._filled[order]:
            away, born = self._born[order]
            self.lives.append((away, at - born))
        self._shift(side, was, -lots)

    def _shift(self, side: str, tick: int, lots: int) -> None:
        queue, out = self._lots[side], 1 if side == "A" else -1
        queue[tick] = queue.get(tick, 0) + lots
        best = self._best.get(side, tick)
        if lots > 0:
            self._best[side] = tick if (best - tick) * out > 0 else best
            return
        if not queue[tick]:
            del queue[tick]
        while queue and best not in queue:
            best += out
        self._best[side] = best

    def _settle(self, at: int, *, live: bool) -> None:
        bid, ask = self._best["B"], self._best["A"]
        quotes = (bid, self._lots["B"][bid], ask, self._lots["A"][ask])
        self.n_crossed += bid >= ask
        if live:
            bucket = self.buckets[at // BUCKET_NS]
            bucket.mid = (bid + ask) / 2
            bucket.ofi += _flow(self._quotes, quotes)
            self.spread_ns[self._quotes[2] - self._quotes[0]] += at - self._at_ns
            self._answer(at, bucket.mid)
            if at // BUCKET_NS != self._at_ns // BUCKET_NS:
                self._sample(bid, ask)
        self._quotes, self._at_ns = quotes, max(at, self.since_ns)

    def _answer(self, at: int, mid: float) -> None:
        while self._trades and at - self._trades[0][0] >= NS_PER_SECOND:
            _, lots, before, bought = self._trades.popleft()
            self.responses.append((lots, mid - before if bought else before - mid))

    def _sample(self, bid: int, ask: int) -> None:
        self.n_samples += 1
        bids, asks = self._lots["B"], self._lots["A"]
        for away in range(LEVELS):
            self.depth[away] += bids.get(bid - away, 0) + asks.get(ask + away, 0)


def _flow(was: tuple[int, int, int, int], now: tuple[int, int, int, int]) -> int:
    """Net size that arrived at the bid and left the ask between two states of the quotes."""
    bids = (now[1] if now[0] >= was[0] else 0) - (was[1] if now[0] <= was[0] else 0)
    asks = (now[3] if now[2] <= was[2] else 0) - (was[3] if now[2] >= was[2] else 0)
    return bids - asks
