"""Five-second sums of book changes and trades, in plain dicts.

A second derivation of ``book.flow_5s``, ``book.depth_5s``, ``market.bbo_5s`` and
``market.trades_5s``. A window is [start, end) in ns, a whole number of buckets long; bucket k
ends at start + (k + 1) x 5 s and holds what was received in the 5 s before. What was received
before the window only builds its opening state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from reference.records import TICK_SIZE_E9, Change, Record, tick_of

BUCKET_NS = 5_000_000_000
GAINS = ("snapshot", "add", "size_up", "refill", "in_up", "in_down")
LOSSES = ("pull", "fill", "out_up", "out_down", "clear")
BESIDE = ("hidden_fill", "unknown_fill", "unknown_cancel")
"""Kinds that leave the depth as it is."""
KINDS = GAINS + LOSSES + BESIDE
COUNTED = ("add", "pull", "fill")
AGES_NS = {"500ms": 500_000_000, "5s": 5_000_000_000, "60s": 60_000_000_000}

Place = tuple[str, int]
"""Side and tick."""
Row = dict[str, Any]


@dataclass
class Queue:
    """What rests at one side and tick."""

    depth: int = 0
    """Lots."""
    orders: int = 0


@dataclass
class Bucket:
    """One bucket of a window: what changed in it, and the book before and after."""

    end_ns: int
    """Exclusive end, ns since 1970 UTC."""
    changes: list[Change] = field(default_factory=list)
    before: dict[Place, Queue] = field(default_factory=dict)
    """Only places that hold an order."""
    after: dict[Place, Queue] = field(default_factory=dict)


def buckets(changes: Iterable[Change], start_ns: int, end_ns: int) -> Iterator[Bucket]:
    """Yield every bucket of the window in order."""
    ends = _ends(start_ns, end_ns)
    sorted_out: dict[int, list[Change]] = {end: [] for end in ends}
    book: dict[Place, Queue] = {}
    for change in changes:
        if change.ts_recv < start_ns:
            book = _after(book, [change], in_place=True)
        elif change.ts_recv < end_ns:
            sorted_out[_end_of(change.ts_recv, start_ns)].append(change)
    for end, found in sorted_out.items():
        after = _after(book, found)
        yield Bucket(end, found, book, after)
        book = after


def flow_5s(changes: Iterable[Change], start_ns: int, end_ns: int) -> list[Row]:
    """Return a row for every bucket, side and tick with at least one change.

    ``depth_twa_ns`` is the integer sum of lots x ns that ``depth_twa`` (lots) is 5 s of.
    """
    rows = []
    for bucket in buckets(changes, start_ns, end_ns):
        by_place: dict[Place, list[Change]] = {}
        for change in bucket.changes:
            by_place.setdefault((change.side, change.tick), []).append(change)
        rows += [_flow(bucket, place, by_place[place]) for place in sorted(by_place)]
    return rows


def depth_5s(changes: Iterable[Change], start_ns: int, end_ns: int) -> Iterator[Row]:
    """Yield a row for every side and tick that holds size at a bucket's end."""
    for bucket in buckets(changes, start_ns, end_ns):
        changed = {(change.side, change.tick) for change in bucket.changes}
        for (side, tick), queue in sorted(bucket.after.items()):
            yield {
                "bucket_end_ns": bucket.end_ns,
                "side": side,
                "tick": tick,
                "depth_qty": queue.depth,
                "n_orders": queue.orders,
                "is_changed": (side, tick) in changed,
            }


def bbo_5s(changes: Iterable[Change], start_ns: int, end_ns: int) -> list[Row]:
    """Return the best quotes at every bucket's end; None where a side is empty."""
    rows = []
    for bucket in buckets(changes, start_ns, end_ns):
        row: Row = {"bucket_end_ns": bucket.end_ns}
        for side in ("bid", "ask"):
            tick = best(bucket.after, side)
            queue = None if tick is None else bucket.after[side, tick]
            row[f"{side}_tick"] = tick
            row[f"{side}_qty"] = queue and queue.depth
            row[f"n_{side}"] = queue and queue.orders
        rows.append(row)
    return rows


def best(places: Iterable[Place], side: str) -> int | None:
    """Return the tick of a side's best quote among places that hold size, None without any."""
    ticks = [tick for at, tick in places if at == side]
    if not ticks:
        return None
    return max(ticks) if side == "bid" else min(ticks)


def trades_5s(
    records: Iterable[Record], start_ns: int, end_ns: int, tick_size_e9: int = TICK_SIZE_E9
) -> list[Row]:
    """Return lots traded by the aggressor's side, for every bucket and tick that traded."""
    columns = {"B": "buy_qty", "A": "sell_qty", "N": "unsided_qty"}
    found: dict[tuple[int, int], Row] = {}
    for record in records:
        if record.action != "T" or not start_ns <= record.ts_recv < end_ns:
            continue
        grain = _end_of(record.ts_recv, start_ns), tick_of(record, tick_size_e9)
        row = found.setdefault(grain, dict.fromkeys([*columns.values(), "n_trades"], 0))
        row[columns[record.side]] += record.size
        row["n_trades"] += 1
    return [{"bucket_end_ns": end, "tick": tick, **found[end, tick]} for end, tick in sorted(found)]


def breaches(flow: Iterable[Row]) -> list[str]:
    """Return what breaks conservation in rows of ``flow_5s``, one line each; none is right."""
    found = []
    moved: dict[tuple[int, str], int] = {}
    for row in flow:
        at = f"{row['bucket_end_ns']} {row['side']} {row['tick']}"
        gained = sum(row[f"{kind}_qty"] for kind in GAINS)
        lost = sum(row[f"{kind}_qty"] for kind in LOSSES)
        if row["depth_end"] - row["depth_start"] != gained - lost:
            found.append(f"{at}: depth moved by other than {gained} - {lost}")
        if min(value for name, value in row.items() if name != "side") < 0:
            found.append(f"{at}: a negative quantity")
        grain = row["bucket_end_ns"], row["side"]
        arrived, left = (row[f"{way}_up_qty"] + row[f"{way}_down_qty"] for way in ("in", "out"))
        moved[grain] = moved.get(grain, 0) + arrived - left
    for (end, side), net in moved.items():
        if net:
            found.append(f"{end} {side}: in - out = {net}")
    return found


def _ends(start_ns: int, end_ns: int) -> range:
    if (end_ns - start_ns) % BUCKET_NS:
        raise ValueError(f"window of {end_ns - start_ns} ns is no whole number of 5 s buckets")
    return range(start_ns + BUCKET_NS, end_ns + 1, BUCKET_NS)


def _end_of(ts_recv: int, start_ns: int) -> int:
    return start_ns + ((ts_recv - start_ns) // BUCKET_NS + 1) * BUCKET_NS


def _after(
    book: dict[Place, Queue], changes: list[Change], *, in_place: bool = False
) -> dict[Place, Queue]:
    """The book once the changes have happened."""
    after = book if in_place else dict(book)
    for change in changes:
        place = change.side, change.tick
        was = after.get(place, Queue())
        now = Queue(was.depth + change.delta, was.orders + change.orders_delta)
        after[place] = now
        if now == Queue():
            del after[place]
    return after


def _flow(bucket: Bucket, place: Place, changes: list[Change]) -> Row:
    before = bucket.before.get(place, Queue())
    after = bucket.after.get(place, Queue())
    lot_ns = before.depth * BUCKET_NS
    for change in changes:
        lot_ns += change.delta * (bucket.end_ns - change.ts_recv)
    row: Row = {"bucket_end_ns": bucket.end_ns, "side": place[0], "tick": place[1]}
    for kind in KINDS:
        row[f"{kind}_qty"] = sum(change.qty for change in changes if change.kind == kind)
    for kind in COUNTED:
        row[f"n_{kind}"] = sum(change.kind == kind for change in changes)
    row["n_unknown"] = sum(change.is_unknown for change in changes)
    for name, least in AGES_NS.items():
        row[f"pull_{name}_qty"] = sum(change.qty for change in changes if _pulled(change, least))
    row |= {"depth_start": before.depth, "depth_end": after.depth}
    row |= {"depth_twa_ns": lot_ns, "depth_twa": lot_ns / BUCKET_NS}
    row["orders_end"] = after.orders
    return row


def _pulled(change: Change, least_age_ns: int) -> bool:
    return change.kind == "pull" and change.age_ns is not None and change.age_ns >= least_age_ns
