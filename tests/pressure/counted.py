"""The lots, orders and distances that features are made of, in plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reference.buckets import GAINS, LOSSES, Place, Row
from reference.cells import CELLS, Level, Moment, reach, ticks_of
from reference.contrasts import pairs
from reference.features import STATE_BANDS, TOUCH_TICKS, touch_places
from reference.orders import Behind, median
from reference.paths import Run, runs
from reference.profiles import gap

Key = tuple[object, ...]
Counted = dict[Key, Row]
CAME = [f"{kind}_qty" for kind in GAINS if kind != "snapshot"]
WENT = [f"{kind}_qty" for kind in LOSSES if kind != "clear"]
ENDS = ("start", "end")


def touch(moments: Iterable[Moment]) -> Counted:
    """Return what each side holds and does behind its own best quote, by end and side."""
    return {(m.end_ns, side): _touch(m, side) for m in moments for side in ("ask", "bid")}


def _touch(moment: Moment, side: str) -> Row:
    away = 1 if side == "ask" else -1
    quotes = {"start": moment.best_start[side], "end": moment.best_end[side]}
    row: Row = {f"best_{end}": quote for end, quote in quotes.items()}
    behind = [moment.flow.get(place) for place in touch_places(quotes["start"], side)]
    for name in ("add_qty", "pull_qty"):
        row[name] = sum(found[name] for found in behind if found)
    for prefix, ticks in (("", TOUCH_TICKS), ("near_", 4)):
        known = [
            found
            for (at, tick), found in moment.flow.items()
            if at == side
            and quotes["start"] is not None
            and away * (tick - quotes["start"]) < ticks
        ]
        row[f"{prefix}came_qty"] = sum(found[name] for found in known for name in CAME)
        row[f"{prefix}went_qty"] = sum(found[name] for found in known for name in WENT)
    for end, depth in zip(ENDS, (moment.depth_start, moment.depth_end), strict=True):
        row |= _spread(depth, touch_places(quotes[end], side), end)
    row["quote_qty"] = moment.depth_end.get((side, quotes["end"] or 0), 0)
    return row


def _spread(depth: dict[Place, int], distances: dict[Place, int], end: str) -> Row:
    lots = {distance: depth.get(place, 0) for place, distance in distances.items()}
    return {
        f"depth_{end}": sum(lots.values()),
        f"moment_{end}": sum(distance * qty for distance, qty in lots.items()),
        f"gap_{end}": gap(lots),
    }


def quoted(moments: Iterable[Moment]) -> Counted:
    """Return the two best quotes and the flow behind them, by end."""
    names = {"qty": "quote_qty", "came": "came_qty", "went": "went_qty"}
    return {
        (m.end_ns,): {
            f"{side}_{short}": _touch(m, side)[name]
            for side in ("ask", "bid")
            for short, name in names.items()
        }
        for m in moments
    }


def cells(moments: Sequence[Moment], levels: Sequence[Level]) -> Counted:
    """Return how far lots rest from the level in each cell, and where they could."""
    found: Counted = {}
    for moment, level, (side, zone, band) in _cells(moments, levels):
        ticks = ticks_of(zone, band, level.tick)
        away = {(side, tick): abs(tick - level.tick) for tick in ticks}
        opposite = "bid" if side == "ask" else "ask"
        row: Row = {"n_ticks": len(ticks)}
        for end, depth, best in (
            ("start", moment.depth_start, moment.best_start),
            ("end", moment.depth_end, moment.best_end),
        ):
            row[f"k_depth_{end}"] = sum(k * depth.get(place, 0) for place, k in away.items())
            quote, way = best[opposite], 1 if side == "ask" else -1
            beyond = [tick for tick in ticks if quote is None or way * (tick - quote) > 0]
            row[f"n_reach_{end}"] = len(beyond)
        found[moment.end_ns, side, zone, band] = row
    return found


def reaches(moments: Sequence[Moment], levels: Sequence[Level]) -> Counted:
    """Return the reach of each cell."""
    return {
        (moment.end_ns, *cell): {
            "reach": float(reach(moment, cell[0], ticks_of(cell[1], cell[2], level.tick)))
        }
        for moment, level, cell in _cells(moments, levels)
    }


def contrasted(moments: Sequence[Moment], levels: Sequence[Level]) -> Counted:
    """Return the mean reach of each pair of cells."""
    known = reaches(moments, levels)
    ends = {end for end, *_ in known}
    return {
        (end, *key): {"reach": sum(known[end, *cell]["reach"] for cell in two) / 2}
        for end in ends
        for key, *two in pairs()
    }


def orders(
    moments: Sequence[Moment], levels: Sequence[Level], known: dict[int, Behind], large_qty: int
) -> Counted:
    """Return what the orders of each cell are, and what leaves them."""
    found: Counted = {}
    for moment, level, (side, zone, band) in _cells(moments, levels):
        places = [(side, tick) for tick in ticks_of(zone, band, level.tick)]
        behind = known[moment.end_ns]
        resting = [order for place in places for order in behind.resting.get(place, ())]
        pulls = [pull for place in places for pull in behind.pulls.get(place, ())]
        sizes = [order.size for order in resting]
        found[moment.end_ns, side, zone, band] = {
            "n_orders": len(sizes),
            "rest_qty": sum(sizes),
            "squared_qty": sum(size * size for size in sizes),
            "largest_qty": max(sizes, default=0),
            "rest_age_ns": median([max(moment.end_ns - one.start_ns, 0) for one in resting]),
            "pull_age_ns": median([pull.age_ns or 0 for pull in pulls]),
            "n_pull": len(pulls),
            "pull_qty": sum(pull.qty for pull in pulls),
            "large_pull_qty": sum(pull.qty for pull in pulls if pull.qty >= large_qty),
            "readd_qty": sum(behind.again.get(place, 0) for place in places),
            "fill_qty": sum(behind.filled.get(place, 0) for place in places),
        }
    return found


def profiles(moments: Sequence[Moment], levels: Sequence[Level]) -> Counted:
    """Return how depth lies in each quarter of the book."""
    found: Counted = {}
    for moment, level in _buckets(moments, levels):
        for side in ("ask", "bid"):
            for zone in ("above", "below"):
                bands = [ticks_of(zone, band, level.tick) for band in STATE_BANDS]
                away = {(side, tick): abs(tick - level.tick) for ticks in bands for tick in ticks}
                row: Row = {"reach": float(sum(reach(moment, side, t) for t in bands) / len(bands))}
                row |= _spread(moment.depth_start, away, "start")
                row |= _spread(moment.depth_end, away, "end")
                found[moment.end_ns, side, zone] = row
    return found


def taped(
    moments: Sequence[Moment], levels: Sequence[Level], trades: Sequence[Row], band_ticks: int = 4
) -> Counted:
    """Return who crossed the spread, everywhere and around the level."""
    names = ("buy_qty", "sell_qty", "near_buy_qty", "near_sell_qty", "through_qty", "into_qty")
    found: Counted = {}
    for moment, level in _buckets(moments, levels):
        row: Row = dict.fromkeys(names, 0)
        for trade in trades:
            k = trade["tick"] - level.tick
            if trade["bucket_end_ns"] != moment.end_ns:
                continue
            for way, sign in (("buy", 1), ("sell", -1)):
                row[f"{way}_qty"] += trade[f"{way}_qty"]
                if abs(k) <= band_ticks:
                    row[f"near_{way}_qty"] += trade[f"{way}_qty"]
                    row["through_qty" if sign * k > 0 else "into_qty"] += trade[f"{way}_qty"]
        found[(moment.end_ns,)] = row
    return found


def _buckets(moments: Sequence[Moment], levels: Sequence[Level]) -> Run:
    return [pair for run in runs(moments, levels) for pair in run]


def _cells(
    moments: Sequence[Moment], levels: Sequence[Level]
) -> Iterable[tuple[Moment, Level, tuple[str, str, int]]]:
    for moment, level in _buckets(moments, levels):
        for cell in CELLS:
            yield moment, level, cell
