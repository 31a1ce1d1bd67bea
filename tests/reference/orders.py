"""What the orders behind a cell are like, in plain Python.

A second derivation of ``pressure.orders_5s``. Where the families leave a choice:

- Concentration is the Herfindahl index of the resting sizes, less that of as many equal ones, by
  what is left to 1; one order has none.
- The median of an even number of ages is the younger of the middle two.
- Large is a pull of at least the size that nine tenths of the pulls of the session before had at
  most.
- An order trades away with the last of its fills at a place; an add there within 0.3 s after it,
  of the lots that the order traded there to a tenth, is one that comes again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from reference.buckets import BUCKET_NS, Place
from reference.cells import CELLS, Level, Moment, reach, ticks_of
from reference.families import Ratio, balance, share
from reference.features import LEAST_REACH
from reference.records import Change, Order, Record

SOON_NS = 300_000_000


@dataclass(frozen=True)
class Behind:
    """The orders of one bucket."""

    resting: dict[Place, list[Order]]
    """At the bucket's end."""
    pulls: dict[Place, list[Change]]
    again: dict[Place, int]
    """Lots."""
    filled: dict[Place, int]
    """Lots."""


def behind(
    records: Sequence[Record], changes: Sequence[Change], ends_ns: Iterable[int]
) -> dict[int, Behind]:
    """Return the orders behind each bucket, by its end in ns."""
    again = {change.row_no for change in added_again(changes)}
    found: dict[int, Behind] = {}
    orders: dict[int, Order] = {}
    left = iter(changes)
    change = next(left, None)
    for end in ends_ns:
        inside: list[Change] = []
        while change is not None and change.ts_recv < end:
            _replay(records, change, orders)
            inside += [change] if change.ts_recv >= end - BUCKET_NS else []
            change = next(left, None)
        found[end] = Behind(
            resting=_by_place(orders.values()),
            pulls=_grouped([c for c in inside if c.kind == "pull"]),
            again=_lots([c for c in inside if c.kind == "add" and c.row_no in again]),
            filled=_lots([c for c in inside if c.kind == "fill"]),
        )
    return found


def _replay(records: Sequence[Record], change: Change, orders: dict[int, Order]) -> None:
    """Let one more change happen to the orders that rest."""
    if change.kind in ("add", "snapshot"):
        entered = records[change.row_no].ts_event
        orders[change.order_id] = Order(change.side, change.tick, change.qty, entered)
    elif change.delta:
        order = orders[change.order_id]
        tick = change.tick if change.kind.startswith("in_") else order.tick
        orders[change.order_id] = replace(order, size=order.size + change.delta, tick=tick)
        if change.orders_delta == -1 and not change.kind.startswith("out_"):
            del orders[change.order_id]


def added_again(changes: Iterable[Change]) -> Iterator[Change]:
    """Yield the adds that come soon after an order of their size traded away in their place."""
    traded: dict[tuple[int, str, int], int] = {}
    away: dict[Place, list[tuple[int, Change]]] = {}
    for change in changes:
        place = change.side, change.tick
        if change.kind == "fill":
            key = change.order_id, *place
            traded[key] = traded.get(key, 0) + change.qty
            if change.orders_delta == -1:
                away.setdefault(place, []).append((traded.pop(key), change))
        elif change.kind == "add" and any(
            change.row_no > last.row_no
            and change.ts_recv - last.ts_recv <= SOON_NS
            and 10 * abs(change.qty - lots) <= lots
            for lots, last in away.get(place, ())
        ):
            yield change


def order_ratios(
    moment: Moment, level: Level, orders: Behind, large_qty: int | None, band_ticks: int = 4
) -> Iterator[tuple[tuple[str, str, int], dict[str, Ratio]]]:
    """Yield the features of each of the 26 cells."""
    for side, zone, band in CELLS:
        ticks = ticks_of(zone, band, level.tick, band_ticks)
        found = features(moment.end_ns, [(side, tick) for tick in ticks], orders, large_qty)
        if reach(moment, side, ticks) < LEAST_REACH:
            found = {name: (None, support) for name, (_, support) in found.items()}
        yield (side, zone, band), found


def features(
    end_ns: int, places: list[Place], orders: Behind, large_qty: int | None
) -> dict[str, Ratio]:
    """Return what the orders at some places are like."""
    resting = [order for place in places for order in orders.resting.get(place, ())]
    pulls = [pull for place in places for pull in orders.pulls.get(place, ())]
    sizes = [order.size for order in resting]
    again, filled = (
        sum(lots.get(place, 0) for place in places) for lots in (orders.again, orders.filled)
    )
    rest_age = median([max(end_ns - order.start_ns, 0) for order in resting])
    pull_age = median([pull.age_ns or 0 for pull in pulls])
    found = {
        "concentration": concentration(sizes),
        "top_share": share(max(sizes, default=0), sum(sizes)),
        "age_pull_rest": (None, 0.0),
        "large_pull_share": (None, 0.0),
        "readd_share": share(again, again + filled),
    }
    if rest_age is not None and pull_age is not None and rest_age + pull_age:
        value, _ = balance(pull_age, rest_age)
        found["age_pull_rest"] = value, float(len(pulls) + len(resting))
    if large_qty is not None:
        large = sum(pull.qty for pull in pulls if pull.qty >= large_qty)
        found["large_pull_share"] = share(large, sum(pull.qty for pull in pulls))
    return found


def concentration(sizes: list[int]) -> Ratio:
    """Return how few orders hold what rests, and how many there are.

    >>> concentration([2, 2, 2]), concentration([7]), concentration([3, 1])
    ((0.0, 3.0), (None, 0.0), (0.25, 2.0))
    """
    n, whole = len(sizes), sum(sizes)
    if n < 2:
        return None, 0.0
    index = sum(Fraction(size, whole) ** 2 for size in sizes)
    return float((index - Fraction(1, n)) / (1 - Fraction(1, n))), float(n)


def median(values: list[int]) -> int | None:
    """Return the lower median, None of nothing.

    >>> median([5, 1, 3]), median([4, 1, 3, 9]), median([])
    (3, 3, None)
    """
    return sorted(values)[(len(values) - 1) // 2] if values else None


def _by_place(orders: Iterable[Order]) -> dict[Place, list[Order]]:
    found: dict[Place, list[Order]] = {}
    for order in orders:
        found.setdefault((order.side, order.tick), []).append(order)
    return found


def _grouped(changes: Iterable[Change]) -> dict[Place, list[Change]]:
    found: dict[Place, list[Change]] = {}
    for change in changes:
        found.setdefault((change.side, change.tick), []).append(change)
    return found


def _lots(changes: Iterable[Change]) -> dict[Place, int]:
    return {place: sum(c.qty for c in found) for place, found in _grouped(changes).items()}
