"""What can happen to an order book, plausible and implausible, one act at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reference.records import F_LAST, F_SNAPSHOT, TICK_SIZE_E9, Record
from reference.scribe import BASE_TICK, Scribe

F_BAD_TS_RECV = 8
ORIGINS_NS = (3_600_000_000_000, 60_000_000_000, 55_000_000_000, 4_500_000_000, 0)


def act(scribe: Scribe) -> None:
    """Do one thing, in the open event if there is one."""
    if not scribe.is_open:
        scribe.advance()
    scribe.is_open = True
    ACTS[scribe.pick(len(ACTS))](scribe)


def some_order(scribe: Scribe) -> Record:
    """The latest record of a resting order; one is added if there is none."""
    if not scribe.resting:
        add(scribe)
    known = sorted(scribe.resting)
    return scribe.resting[known[scribe.pick(len(known))]]


def add(scribe: Scribe) -> None:
    """A new order; rarely one of no size."""
    side = scribe.side()
    size = 0 if scribe.pick(16) == 15 else scribe.size()
    if not scribe.resting:
        size = max(size, 1)
    scribe.put("A", scribe.new_id(), side, scribe.tick(side), size)


def add_again(scribe: Scribe) -> None:
    """An add of an id that rests."""
    old, side = some_order(scribe), scribe.side()
    scribe.put("A", old.order_id, side, scribe.tick(side), scribe.pick(4))


def cancel(scribe: Scribe) -> None:
    """All of an order, nothing (which is all), a part, or more than there is."""
    old = some_order(scribe)
    size = (old.size, 0, old.size - 1, 1, old.size + 3)[scribe.pick(5)]
    scribe.put("C", old.order_id, old.side, _tick(old), size)


def resize(scribe: Scribe) -> None:
    """Another size, perhaps the same, perhaps none."""
    old = some_order(scribe)
    scribe.put("M", old.order_id, old.side, _tick(old), scribe.pick(8))


def reprice(scribe: Scribe) -> None:
    """Another price, perhaps another size, rarely none."""
    old = some_order(scribe)
    size = old.size if scribe.pick(2) == 0 else scribe.pick(8)
    scribe.put("M", old.order_id, old.side, scribe.tick(old.side), size)


def switch_side(scribe: Scribe) -> None:
    """A modify that also changes the side."""
    old = some_order(scribe)
    side = "A" if old.side == "B" else "B"
    scribe.put("M", old.order_id, side, scribe.tick(side), scribe.pick(4))


def execute(scribe: Scribe) -> None:
    """Fills of a resting order, and what the venue says of it before, between or after them."""
    old = some_order(scribe)
    most = old.size if scribe.pick(3) else 6
    parts = [1 + scribe.pick(most) for _ in range((1, 1, 2, 3)[scribe.pick(4)])]
    scribe.put("T", 90, "A" if old.side == "B" else "B", _tick(old), sum(parts))
    said_at = scribe.pick(len(parts) + 1)
    for place, part in enumerate(parts):
        if place == said_at:
            _consequence(scribe, old, sum(parts))
        scribe.put("F", old.order_id, old.side, _tick(old), part)
    if said_at == len(parts):
        _consequence(scribe, old, sum(parts))


def _consequence(scribe: Scribe, old: Record, filled: int) -> None:
    """Of a fill: a smaller order, none, a part too much or too little, a refreshed iceberg."""
    tick, left = _tick(old), max(old.size - filled, 0)
    choice = scribe.pick(12)
    if choice >= 7 or choice == 0:
        if left:
            scribe.put("M", old.order_id, old.side, tick, left)
        else:
            scribe.put("C", old.order_id, old.side, tick, old.size)
    elif choice == 1:
        scribe.put("C", old.order_id, old.side, tick, filled)
    elif choice == 2:
        scribe.put("M", old.order_id, old.side, tick, old.size + scribe.pick(3))
    elif choice == 3:
        scribe.put("C", old.order_id, old.side, tick, old.size)
        scribe.put("A", old.order_id, old.side, tick, scribe.size())
    elif choice == 4:
        scribe.put("M", old.order_id, old.side, tick, scribe.pick(4))
    elif choice == 5:
        scribe.put("M", old.order_id, old.side, tick, left)
        scribe.put("M", old.order_id, old.side, tick, scribe.pick(8))
    elif choice == 6 and scribe.pick(2):
        scribe.put("M", old.order_id, old.side, scribe.tick(old.side), scribe.pick(6))


def execute_flagged(scribe: Scribe) -> None:
    """A fill as XNAS tells it: T, F and C of one ts_event and sequence, each with F_LAST."""
    old = some_order(scribe)
    part = (old.size, 1)[scribe.pick(2)]
    first = len(scribe.records)
    scribe.put("T", 90, "A" if old.side == "B" else "B", _tick(old), part)
    scribe.put("F", old.order_id, old.side, _tick(old), part)
    if scribe.pick(8):
        scribe.put("C", old.order_id, old.side, _tick(old), part)
    told, shift = scribe.records[first], (0, 0, 0, 1)[scribe.pick(4)]
    for place in range(first, len(scribe.records)):
        # now and then the last one is of another message, and so of another event
        later = shift if place + 1 == len(scribe.records) else 0
        scribe.records[place] = replace(
            scribe.records[place],
            flags=scribe.records[place].flags | F_LAST,
            ts_event=told.ts_event,
            sequence=1_000_000 + first + later,
        )


def trade_through(scribe: Scribe) -> None:
    """A resting order modified into the market: its own fill, on the side that trades."""
    old = some_order(scribe)
    against = "A" if old.side == "B" else "B"
    at, part = scribe.tick(against), scribe.size()
    scribe.put("T", old.order_id, old.side, at, part)
    scribe.put("F", old.order_id, old.side, at, part)
    scribe.put("M", old.order_id, old.side, scribe.tick(old.side), max(old.size - part, 0))


def hide(scribe: Scribe) -> None:
    """A fill that the book never hears of."""
    old = some_order(scribe)
    scribe.put("F", old.order_id, "BAN"[scribe.pick(3)], _tick(old), scribe.size())


def unknown(scribe: Scribe) -> None:
    """A cancel, modify or fill of an id that does not rest, or of none."""
    side, order_id = scribe.side(), scribe.new_id()
    tick = scribe.tick(side)
    action = "CMF"[scribe.pick(3)]
    if action == "F":
        order_id = (order_id, 0)[scribe.pick(2)]
        side = (side, "N")[scribe.pick(2)]
    scribe.put(action, order_id, side, tick, scribe.pick(6))


def unknown_spread(scribe: Scribe) -> None:
    """Fills of an unknown id at several prices, around an order of it."""
    order_id, side = scribe.new_id(), scribe.side()
    for _ in range(1 + scribe.pick(3)):
        scribe.put("F", order_id, scribe.side(), scribe.tick(side), scribe.size())
    scribe.put("A", order_id, side, scribe.tick(side), scribe.size())
    scribe.put("M", order_id, side, scribe.tick(side), scribe.pick(5))
    scribe.put("F", order_id, side, scribe.tick(side), scribe.size())


def print_trade(scribe: Scribe) -> None:
    """A trade that names no resting order, of either side or none."""
    side = "BAN"[scribe.pick(3)]
    scribe.put("T", 0 if side == "N" else 91, side, scribe.tick("B"), scribe.size())


def make_no_sense(scribe: Scribe) -> None:
    """A record of no known action, or of an order without a side, whether it rests or not."""
    order_id = some_order(scribe).order_id if scribe.pick(2) else scribe.new_id()
    if scribe.pick(2):
        scribe.put("X", order_id, "BAN"[scribe.pick(3)], scribe.tick("B"), scribe.size())
        return
    kept = dict(scribe.resting)
    scribe.put("ACM"[scribe.pick(3)], order_id, "N", scribe.tick("B"), scribe.pick(4))
    scribe.resting = kept


def say_nothing(scribe: Scribe) -> None:
    """A record that only carries a flag."""
    scribe.put("N", 0, "N", BASE_TICK, 0)


def clear(scribe: Scribe) -> None:
    """The whole book goes; perhaps a snapshot follows."""
    flags = F_SNAPSHOT | F_BAD_TS_RECV if scribe.pick(2) else 0
    scribe.put("R", 0, "N", 0, 0, flags=flags)
    undefined = replace(scribe.records[-1], price=2**63 - 1)
    scribe.records[-1] = undefined
    if flags:
        snapshot(scribe)


def snapshot(scribe: Scribe) -> None:
    """Orders that rested already, each with the time at which it was first seen."""
    lag_ns = scribe.lag_ns
    for _ in range(1 + scribe.pick(4)):
        scribe.lag_ns = ORIGINS_NS[scribe.pick(len(ORIGINS_NS))]
        side = scribe.side()
        flags = F_SNAPSHOT | F_BAD_TS_RECV
        scribe.put("A", scribe.new_id(), side, scribe.tick(side), scribe.size(), flags=flags)
    scribe.lag_ns = lag_ns


def _tick(record: Record) -> int:
    return record.price // TICK_SIZE_E9


ACTS: tuple[Callable[[Scribe], None], ...] = (
    *[add] * 24,
    *[cancel] * 10,
    *[resize] * 8,
    *[reprice] * 10,
    *[execute] * 18,
    *[execute_flagged] * 5,
    *[trade_through] * 4,
    *[unknown] * 4,
    *[print_trade] * 3,
    *[hide] * 2,
    *[unknown_spread] * 2,
    *[add_again] * 2,
    *[switch_side] * 2,
    *[say_nothing] * 2,
    *[make_no_sense] * 2,
    *[snapshot] * 2,
    clear,
)
"""What can happen, as often as it stands here."""
