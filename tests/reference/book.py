"""An order book that says, change by change, what happened to every order.

A second derivation of ``book.changes``: loops and dicts, written from the rules alone. One
instrument, records in file order, event by event (up to and including F_LAST, or to the end of
the records; a T or F with F_LAST ends none where the next record has its ts_event and sequence).
The numbered rules are those of the design. Where they are silent:

- Rule 1: an F counts for its order whatever its side. Fills are consumed in file order by the
  decreases of the event, also across an R, wherever in the event the F stand.
- Rule 2: an A of an id that rests pulls the whole old size, without consuming fills, then adds.
- Rule 3: a size of 0 leaves nothing resting. M to 0 is a decrease of everything; A or M of an
  id that does not rest, with size 0, is no change. C of an unknown id is an ``unknown_cancel``
  of the record's size at its own side and tick.
- Rule 6: an M that changes the side is a decrease of the whole old order and an add of a new one.
- Rule 7: an order is known if it rested when the event began: the rest of its fills is one
  ``hidden_fill`` where it rested then. Else the rest is ``unknown_fill``: the earliest F are
  consumed first, so it is taken from the last ones, each at its own side and price; an F
  without a side leaves no row. Both kinds carry the row and time of the order's last F.
- Rule 8: a snapshot without R is an A flagged F_SNAPSHOT right after a record of an earlier UTC
  date. What rests then is a ``clear`` of that A, whose own change comes after.
- Rule 8: what changes nothing because of its action or its side is counted once per record.
- Rule 9: every record that comes before counts for the latest ts_recv, whatever its action.
- An order's age counts from the ``ts_event`` of the record that brought it into the book, and is
  never negative. It is none where no order of the book is meant.
- ``orders_delta`` is +1 on the change by which an order starts to rest at its side and tick and
  -1 on the last change by which it leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from reference.records import (
    F_LAST,
    F_SNAPSHOT,
    SIDES,
    TICK_SIZE_E9,
    Change,
    Order,
    Record,
    change_of,
    side_of,
    tick_of,
)

NS_PER_DAY = 86_400_000_000_000


class Book:
    """The resting orders of one instrument.

    Attributes
    ----------
    resting : dict of int to Order
        By order id, as of the last complete event.
    n_ignored : int
        Records of no known action, and records of orders without a side.
    """

    def __init__(self, tick_size_e9: int = TICK_SIZE_E9) -> None:
        self.resting: dict[int, Order] = {}
        self._tick_size_e9 = tick_size_e9
        self._event: list[Record] = []
        self._fills: dict[int, list[Record]] = {}
        self._unused: dict[int, int] = {}
        self.n_ignored = 0
        self._now_ns = self._day_ns = 0

    def feed(self, record: Record) -> list[Change]:
        """Take the next record; return the changes of the events that it shows to be over."""
        found = self.flush() if self._event and self._is_over(record) else []
        self._now_ns = max(self._now_ns, record.ts_recv)
        self._event.append(replace(record, ts_recv=self._now_ns))
        if record.flags & F_LAST and record.action not in ("T", "F"):
            found += self.flush()
        return found

    def _is_over(self, following: Record) -> bool:
        """Whether an event whose last record is known ends before the next one."""
        last = self._event[-1]
        is_same = (last.ts_event, _sequence(last)) == (following.ts_event, _sequence(following))
        return last.flags & F_LAST > 0 and not is_same

    def flush(self) -> list[Change]:
        """Return the changes of the event that has begun, as if its last record had come."""
        event, self._event = self._event, []
        self._fills = {}
        for record in event:
            if record.action == "F":
                self._fills.setdefault(record.order_id, []).append(record)
        self._unused = {o: sum(f.size for f in fills) for o, fills in self._fills.items()}
        at_start = {o: self.resting[o] for o in self._fills if o in self.resting}
        found: list[Change] = []
        for record in event:
            found += self._apply(record)
        for order_id, fills in self._fills.items():
            if order_id in at_start:
                found += self._hidden(fills, at_start[order_id])
            else:
                found += self._unattributed(fills)
        return found

    def _apply(self, record: Record) -> list[Change]:
        day_before, self._day_ns = self._day_ns, _day(record)
        if record.action in ("T", "F", "N"):
            return []
        if record.action not in ("A", "C", "M", "R"):
            self.n_ignored += 1
            return []
        is_opening = (
            record.action == "A" and record.flags & F_SNAPSHOT and _day(record) > day_before
        )
        swept = self._clear(record) if is_opening else []
        if record.action != "R" and record.side not in SIDES:
            self.n_ignored += 1
            return swept
        return swept + self._take(record)

    def _take(self, record: Record) -> list[Change]:
        if record.action == "A":
            return self._add(record)
        if record.action == "C":
            return self._cancel(record)
        if record.action == "M":
            return self._modify(record)
        return self._clear(record)

    def _add(self, record: Record) -> list[Change]:
        old = self.resting.pop(record.order_id, None)
        kind = "snapshot" if record.flags & F_SNAPSHOT else "add"
        pulled = [] if old is None else [change_of(record, old, "pull", old.size, -1, -1)]
        return pulled + self._rest(record, kind)

    def _rest(self, record: Record, kind: str, *, is_unknown: bool = False) -> list[Change]:
        """A new order, unless its size is 0."""
        if record.size == 0:
            return []
        order = Order(side_of(record), self._tick(record), record.size, record.ts_event)
        self.resting[record.order_id] = order
        change = change_of(record, order, kind, record.size, 1, 1)
        return [replace(change, is_unknown=is_unknown)]

    def _cancel(self, record: Record) -> list[Change]:
        order = self.resting.get(record.order_id)
        if order is None:
            return self._unknown_cancel(record)
        if record.size == 0 or record.size >= order.size:
            del self.resting[record.order_id]
            return self._decrease(record, order, order.size)
        self.resting[record.order_id] = replace(order, size=order.size - record.size)
        return self._decrease(record, order, record.size)

    def _unknown_cancel(self, record: Record) -> list[Change]:
        meant = Order(side_of(record), self._tick(record), record.size, record.ts_event)
        change = change_of(record, meant, "unknown_cancel", record.size, 0, 0)
        return [replace(change, age_ns=None, is_unknown=True)]

    def _decrease(self, record: Record, order: Order, qty: int) -> list[Change]:
        """Rule 4: fills first, the rest is pulled; the order leaves with its last lot."""
        fill = min(qty, self._unused.get(record.order_id, 0))
        pull = qty - fill
        leaves = -1 if qty == order.size else 0
        found = []
        if fill:
            self._unused[record.order_id] -= fill
            found.append(change_of(record, order, "fill", fill, -1, 0 if pull else leaves))
        if pull:
            found.append(change_of(record, order, "pull", pull, -1, leaves))
        return found

    def _modify(self, record: Record) -> list[Change]:
        old = self.resting.get(record.order_id)
        if old is None:
            return self._rest(record, "add", is_unknown=True)
        if record.size == 0:
            del self.resting[record.order_id]
            return self._decrease(record, old, old.size)
        if side_of(record) != old.side:
            return self._decrease(record, old, old.size) + self._rest(record, "add")
        new = replace(old, tick=self._tick(record), size=record.size)
        self.resting[record.order_id] = new
        return self._move(record, old, new) if new.tick != old.tick else self._resize(record, old)

    def _resize(self, record: Record, old: Order) -> list[Change]:
        """Rule 5, and rule 4 downward."""
        grown = record.size - old.size
        if grown > 0:
            kind = "refill" if record.order_id in self._fills else "size_up"
            return [change_of(record, old, kind, grown, 1, 0)]
        return self._decrease(record, old, -grown)

    def _move(self, record: Record, old: Order, new: Order) -> list[Change]:
        """Rule 6."""
        unused = self._unused.get(record.order_id, 0)
        fill = min(max(old.size - new.size, 0), unused)
        moved = min(old.size - fill, new.size)
        pull = old.size - fill - moved
        way = "up" if new.tick > old.tick else "down"
        if fill:
            self._unused[record.order_id] -= fill
        found = [
            change_of(record, old, "fill", fill, -1, 0),
            change_of(record, old, "pull", pull, -1, 0),
            change_of(record, old, f"out_{way}", moved, -1, -1),
            change_of(record, new, f"in_{way}", moved, 1, 1),
            change_of(record, new, "size_up", new.size - moved, 1, 0),
        ]
        return [change for change in found if change.qty]

    def _clear(self, record: Record) -> list[Change]:
        gone, self.resting = self.resting, {}
        return [
            replace(change_of(record, order, "clear", order.size, -1, -1), order_id=order_id)
            for order_id, order in gone.items()
        ]

    def _hidden(self, fills: list[Record], order: Order) -> list[Change]:
        """Rule 7, for an order that rested when the event began."""
        left = self._unused[fills[0].order_id]
        return [change_of(fills[-1], order, "hidden_fill", left, 0, 0)] if left else []

    def _unattributed(self, fills: list[Record]) -> list[Change]:
        """Rule 7, for an order that did not."""
        left = self._unused[fills[0].order_id]
        found: list[Change] = []
        for fill in reversed(fills):
            part = min(left, fill.size)
            left -= part
            if part and fill.side in SIDES:
                at = Order(side_of(fill), self._tick(fill), part, fill.ts_event)
                change = change_of(fills[-1], at, "unknown_fill", part, 0, 0)
                found.insert(0, replace(change, age_ns=None))
        return found

    def _tick(self, record: Record) -> int:
        return tick_of(record, self._tick_size_e9)


def is_cut_between(past: Record, following: Record) -> bool:
    """Whether an event ends with a record, where another one follows."""
    is_same = (past.ts_event, _sequence(past)) == (following.ts_event, _sequence(following))
    goes_on = past.action in ("T", "F") and is_same
    return past.flags & F_LAST > 0 and not goes_on


def _sequence(record: Record) -> int:
    return record.sequence or record.row_no + 1


def _day(record: Record) -> int:
    return record.ts_recv // NS_PER_DAY


def changes(records: Iterable[Record], tick_size_e9: int = TICK_SIZE_E9) -> Iterator[Change]:
    """Yield every change that the records of one instrument, in file order, make.

    Examples
    --------
    >>> add = Record(1, "A", "B", 4800_000_000_000, 3, F_LAST, 10, 11, 0)
    >>> cut = Record(1, "M", "B", 4800_000_000_000, 1, F_LAST, 20, 21, 1)
    >>> [(c.kind, c.qty, c.delta, c.tick, c.age_ns) for c in changes([add, cut])]
    [('add', 3, 3, 19200, 0), ('pull', 2, -2, 19200, 10)]
    """
    book = Book(tick_size_e9)
    for record in records:
        yield from book.feed(record)
    yield from book.flush()
