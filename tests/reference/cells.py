"""What happens above, at and below a level, cell by cell, in plain dicts.

A second derivation of ``pressure.cells_5s`` from rows of ``flow_5s`` and ``depth_5s``. A cell is
(side, zone, band); 26 of them for every level and bucket. Where the design is silent:

- A tick without a flow row kept its depth through the bucket, so depth at the start needs no
  earlier bucket.
- Bands 1 to 5 are ``band_ticks`` wide, band 6 as wide as those five together.
- Where the opposite side is empty, every tick is within reach.
- A level is used in the buckets that start at or after ``known_at`` and before ``valid_to``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from reference.buckets import AGES_NS, BUCKET_NS, COUNTED, KINDS, Place, Row, best

MOVES = ("in_up", "in_down", "out_up", "out_down")
SUMMED = (
    *[f"{kind}_qty" for kind in KINDS if kind not in MOVES],
    *[f"n_{kind}" for kind in COUNTED],
    "n_unknown",
    *[f"pull_{age}_qty" for age in AGES_NS],
)
"""Columns of flow that a cell only adds up."""
TRAVEL = {
    "above": {"up": "away", "down": "toward"},
    "below": {"up": "toward", "down": "away"},
}
BANDS = range(1, 7)
CELLS = [
    (side, zone, band)
    for side in ("bid", "ask")
    for zone, band in [("above", b) for b in BANDS] + [("at", 0)] + [("below", b) for b in BANDS]
]


@dataclass(frozen=True)
class Level:
    """A price that is watched, and when."""

    level_id: str
    tick: int
    known_at_ns: int = 0
    valid_to_ns: int | None = None
    """Exclusive."""


@dataclass(frozen=True)
class Moment:
    """All there is to know of one bucket."""

    end_ns: int
    flow: dict[Place, Row]
    depth_start: dict[Place, int]
    """Lots, only places that hold some."""
    depth_end: dict[Place, int]
    orders_end: dict[Place, int]
    best_start: dict[str, int | None]
    """Tick of the best quote by side, None where the side is empty."""
    best_end: dict[str, int | None]

    @property
    def start_ns(self) -> int:
        """Inclusive start of the bucket."""
        return self.end_ns - BUCKET_NS


def moments(flow: Iterable[Row], depth: Iterable[Row], ends_ns: Iterable[int]) -> list[Moment]:
    """Return what is known of each bucket, in the order of ``ends_ns``."""
    flow_by_end: dict[int, dict[Place, Row]] = {}
    depth_by_end: dict[int, dict[Place, Row]] = {}
    for rows, by_end in ((flow, flow_by_end), (depth, depth_by_end)):
        for row in rows:
            by_end.setdefault(row["bucket_end_ns"], {})[row["side"], row["tick"]] = row
    return [_moment(end, flow_by_end.get(end, {}), depth_by_end.get(end, {})) for end in ends_ns]


def _moment(end_ns: int, flow: dict[Place, Row], resting: dict[Place, Row]) -> Moment:
    depth_end = {place: row["depth_qty"] for place, row in resting.items()}
    known_start = depth_end | {place: row["depth_start"] for place, row in flow.items()}
    depth_start = {place: depth for place, depth in known_start.items() if depth}
    return Moment(
        end_ns=end_ns,
        flow=flow,
        depth_start=depth_start,
        depth_end=depth_end,
        orders_end={place: row["n_orders"] for place, row in resting.items()},
        best_start={side: best(depth_start, side) for side in ("bid", "ask")},
        best_end={side: best(depth_end, side) for side in ("bid", "ask")},
    )


def is_used(level: Level, moment: Moment) -> bool:
    """Return whether a level is known and valid when the bucket starts."""
    ended = level.valid_to_ns is not None and moment.start_ns >= level.valid_to_ns
    return moment.start_ns >= level.known_at_ns and not ended


def ticks_of(zone: str, band: int, level_tick: int, band_ticks: int = 4) -> list[int]:
    """Return the ticks of a zone's band.

    >>> ticks_of("above", 1, 100), ticks_of("below", 2, 100), ticks_of("at", 0, 100)
    ([101, 102, 103, 104], [92, 93, 94, 95], [100])
    >>> deep = ticks_of("above", 6, 100)
    >>> deep[0], deep[-1]
    (121, 140)
    """
    if zone == "at":
        return [level_tick]
    nearest = (band - 1) * band_ticks + 1
    farthest = 10 * band_ticks if band == 6 else band * band_ticks
    away = 1 if zone == "above" else -1
    return sorted(level_tick + away * k for k in range(nearest, farthest + 1))


def cells_5s(moments: Iterable[Moment], level: Level, band_ticks: int = 4) -> Iterator[Row]:
    """Yield the 26 cells of every bucket in which the level is used."""
    for moment in moments:
        if is_used(level, moment):
            for side, zone, band in CELLS:
                ticks = ticks_of(zone, band, level.tick, band_ticks)
                grain = {"level_id": level.level_id, "bucket_end_ns": moment.end_ns}
                key = {"side": side, "zone": zone, "band": band}
                yield grain | key | cell(moment, side, zone, ticks)


def cell(moment: Moment, side: str, zone: str, ticks: list[int]) -> Row:
    """Return what happens to one side at some ticks of a zone."""
    places = [(side, tick) for tick in ticks]
    flow = [moment.flow[place] for place in places if place in moment.flow]
    row: Row = {name: sum(found[name] for found in flow) for name in SUMMED}
    row |= _travel(flow, zone)
    row["depth_start"] = sum(moment.depth_start.get(place, 0) for place in places)
    row["depth_end"] = sum(moment.depth_end.get(place, 0) for place in places)
    row["depth_twa_ns"] = sum(_lot_ns(moment, place) for place in places)
    row["depth_twa"] = row["depth_twa_ns"] / BUCKET_NS
    row["orders_end"] = sum(moment.orders_end.get(place, 0) for place in places)
    row["reach"] = float(reach(moment, side, ticks))
    return row


def _travel(flow: list[Row], zone: str) -> Row:
    """Moves by direction of travel; at the level itself in is toward and out is away."""
    row = dict.fromkeys(("in_away_qty", "in_toward_qty", "out_away_qty", "out_toward_qty"), 0)
    at_level = {"in": "toward", "out": "away"}
    for found in flow:
        for move in MOVES:
            which, way = move.split("_")
            travel = at_level[which] if zone == "at" else TRAVEL[zone][way]
            row[f"{which}_{travel}_qty"] += found[f"{move}_qty"]
    return row


def _lot_ns(moment: Moment, place: Place) -> int:
    if place in moment.flow:
        return int(moment.flow[place]["depth_twa_ns"])
    return moment.depth_end.get(place, 0) * BUCKET_NS


def reach(moment: Moment, side: str, ticks: list[int]) -> Fraction:
    """Return the share of ticks beyond the opposite best quote, mean of the bucket's two ends."""
    opposite = "bid" if side == "ask" else "ask"
    quotes = moment.best_start[opposite], moment.best_end[opposite]
    return sum((_share_beyond(quote, side, ticks) for quote in quotes), Fraction(0)) / 2


def _share_beyond(quote: int | None, side: str, ticks: list[int]) -> Fraction:
    if quote is None:
        return Fraction(1)
    beyond = [tick for tick in ticks if (tick > quote if side == "ask" else tick < quote)]
    return Fraction(len(beyond), len(ticks))
