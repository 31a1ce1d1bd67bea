"""A setup seen before a decision, and what came of it, in plain Python.

A second derivation of ``setups.*``. Where the contract leaves a choice:

- The level stands in each bucket where it stood then; distance and barriers go by where it stood at
  the touch.
- Front and back of the level put near and far together, each only where it is reached itself.
- The intensity of a flow over a piece of time is against the depth of each of its buckets.
- A mean queue imbalance is over buckets in which both queues are not empty, and needs half of the
  piece's buckets.
- A hole is a bucket without a mid, or one in which nothing could have landed.
- Half a tick is rounded away from 0.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from reference.buckets import BUCKET_NS, Row
from reference.cells import Level, Moment, cell, is_used, reach, ticks_of
from reference.features import LEAST_REACH, beta, dist_ticks, intensity, touch_places
from reference.paths import volatility
from reference.profiles import quotes
from reference.touches import NS_PER_SECOND, Levels

SEGMENTS = ((0, 15), (15, 30), (30, 60), (60, 120))
"""Seconds before the decision, from and to."""
PLACES = (
    *("front_at", "front_near", "front_far", "back_near", "back_far", "touch_front", "touch_back"),
)
OTHER = {"ask": "bid", "bid": "ask"}
ABOVE = {"ask": "above", "bid": "below"}
"""Where a side rests passively."""
FLOWS = ("add_qty", "pull_qty", "fill_qty", "in_qty", "out_away_qty", "out_toward_qty")
Segments = dict[tuple[int, str], Row]
"""By piece of time and place."""


@dataclass(frozen=True)
class Decision:
    """A touch, and when one decides what to do about it."""

    cluster_id: str
    touched_ns: int
    wait_s: int
    dir: int
    tick: int
    mid: float
    """Ticks."""
    sigma: float
    n_buckets: int

    @property
    def at_ns(self) -> int:
        """When it is taken."""
        return self.touched_ns + self.wait_s * NS_PER_SECOND

    @property
    def front(self) -> str:
        """The side that stops the travel."""
        return "ask" if self.dir > 0 else "bid"


def decisions(
    touches: Iterable[Row], moments: Sequence[Moment], levels: Levels, waits: Iterable[int]
) -> list[Decision]:
    """Return the decisions about touches, of those of which price and volatility are known."""
    by_end = {moment.end_ns: moment for moment in moments}
    sigmas, nowhere = volatility(moments), Level("", 0)
    waits, found = list(waits), []
    for touch in touches:
        for wait in waits:
            at = touch["bucket_end_ns"] + wait * NS_PER_SECOND
            moment, sigma = by_end.get(at), sigmas.get(at)
            mid = dist_ticks(moment, nowhere) if moment else None
            # volatility is told by level, so there has to be one
            told = moment and any(is_used(row, moment) for rows in levels.values() for row in rows)
            if mid is None or sigma is None or not told:
                continue
            way = 1 if touch["approach"] == "from_below" else -1
            window = [at - n * BUCKET_NS for n in range(24)]
            known = [
                end
                for end in window
                if end in by_end
                and any(is_used(row, by_end[end]) for row in levels[touch["cluster_id"]])
            ]
            found.append(
                Decision(
                    cluster_id=touch["cluster_id"],
                    touched_ns=touch["bucket_end_ns"],
                    wait_s=wait,
                    dir=way,
                    tick=touch["tick"],
                    mid=mid,
                    sigma=sigma,
                    n_buckets=len(known),
                )
            )
    return found


def segments(decision: Decision, moments: Sequence[Moment], levels: Levels) -> Segments:
    """Return what came, went and rested in each piece of time and place; None where not known."""
    by_end = {moment.end_ns: moment for moment in moments}
    found: Segments = {}
    for number, (low, high) in enumerate(SEGMENTS):
        ends = _ends(decision.at_ns, low, high)
        here = [by_end[end] for end in ends if end in by_end]
        for place in PLACES:
            seen = [one for one in (_seen(decision, place, m, levels) for m in here) if one]
            found[number, place] = _added(seen, len(ends))
    return found


def _ends(at_ns: int, low: int, high: int) -> list[int]:
    """Ends of the buckets in (at - high, at - low], oldest first."""
    return [at_ns - s * NS_PER_SECOND for s in range(high - 5, low - 1, -5)]


def _seen(decision: Decision, place: str, moment: Moment, levels: Levels) -> list[Row] | None:
    """Return the cells of a place in one bucket, None where the level is not used."""
    which, _, where = place.partition("_")
    if which == "touch":
        return _from_quote(moment, decision.front if where == "front" else OTHER[decision.front])
    side = decision.front if which == "front" else OTHER[decision.front]
    used = [row for row in levels[decision.cluster_id] if is_used(row, moment)]
    if not used:
        return None
    zone = "at" if where == "at" else ABOVE[side]
    bands = {"at": (0,), "near": (1, 2), "far": (3, 4, 5)}[where]
    rows = []
    for band in bands:
        ticks = ticks_of(zone, band, used[0].tick)
        row = cell(moment, side, zone, ticks)
        away = {tick: abs(tick - used[0].tick) for tick in ticks}
        row |= _moments(moment, side, away)
        row |= {"reached": reach(moment, side, ticks) * len(ticks), "n_ticks": len(ticks)}
        rows.append(row)
    return rows


def _from_quote(moment: Moment, side: str) -> list[Row]:
    """Return the 20 ticks from a side's own best quote, flows by the quote at the start."""
    at_start = touch_places(moment.best_start[side], side)
    at_end = touch_places(moment.best_end[side], side)
    ticks = [tick for _, tick in at_start]
    row = cell_or_nothing(moment, side, ticks)
    start = {tick: j for (_, tick), j in at_start.items()}
    end = {tick: j for (_, tick), j in at_end.items()}
    row |= _moments(moment, side, start) | {"depth_start": _depth(moment.depth_start, side, start)}
    row |= {
        "moment_end": sum(j * moment.depth_end.get((side, t), 0) for t, j in end.items()),
        "depth_end": _depth(moment.depth_end, side, end),
    }
    return [row | {"reached": Fraction(1), "n_ticks": 1}]


def cell_or_nothing(moment: Moment, side: str, ticks: list[int]) -> Row:
    """Return what happens to a side at some ticks, zeros where there are none."""
    if ticks:
        return cell(moment, side, ABOVE[side], ticks)
    empty = cell(moment, side, ABOVE[side], [-(10**9) if side == "bid" else 10**9])
    return dict.fromkeys(empty, 0)


def _moments(moment: Moment, side: str, away: Mapping[int, int]) -> Row:
    return {
        f"moment_{end}": sum(j * depth.get((side, tick), 0) for tick, j in away.items())
        for end, depth in (("start", moment.depth_start), ("end", moment.depth_end))
    }


def _depth(depth: Mapping[tuple[str, int], int], side: str, ticks: Iterable[int]) -> int:
    return sum(depth.get((side, tick), 0) for tick in ticks)


def _added(seen: Sequence[list[Row]], wanted: int) -> Row:
    """Return the sums over the buckets of a piece, with depth and its moment at both ends."""
    names = (*FLOWS, "depth_twa_ns", "depth_start", "depth_end", "moment_start", "moment_end")
    reached = sum((row["reached"] for rows in seen for row in rows), Fraction(0))
    ticks = sum(row["n_ticks"] for rows in seen for row in rows)
    if 2 * len(seen) < wanted or reached < LEAST_REACH * ticks:
        return dict.fromkeys(names) | {"n_buckets": len(seen)}
    found: Row = {"n_buckets": len(seen)}
    for rows in seen:
        for row in rows:
            row["in_qty"] = row["in_away_qty"] + row["in_toward_qty"]
    for name in (*FLOWS, "depth_twa_ns"):
        found[name] = sum(row[name] for rows in seen for row in rows)
    for name in ("depth", "moment"):
        found[f"{name}_start"] = sum(row[f"{name}_start"] for row in seen[0])
        found[f"{name}_end"] = sum(row[f"{name}_end"] for row in seen[-1])
    return found


def vector(
    decision: Decision,
    pieces: Segments,
    moments: Sequence[Moment],
    levels: Levels,
    trades: Iterable[Row],
) -> dict[str, float | None]:
    """Return the 56 numbers of a setup by name, as the floats of 32 bits that are kept."""
    by_end = {moment.end_ns: moment for moment in moments}
    prints: dict[int, list[Row]] = {}
    for trade in trades:
        prints.setdefault(trade["bucket_end_ns"], []).append(trade)
    found: dict[str, float | None] = {}
    for number, (low, high) in enumerate(SEGMENTS):
        ends = _ends(decision.at_ns, low, high)
        values = _states(pieces, number) | _touch(pieces, number)
        values |= _tape(decision, ends, by_end, levels, prints)
        found |= {f"{name}_{low}_{high}s": _kept(value) for name, value in values.items()}
    return found


def _kept(value: float | None) -> float | None:
    return None if value is None else struct.unpack("f", struct.pack("f", value))[0]


def _states(pieces: Segments, number: int) -> dict[str, float | None]:
    found = {}
    for side in ("front", "back"):
        parts = [pieces[number, f"{side}_{where}"] for where in ("near", "far")]
        known = [part for part in parts if part["add_qty"] is not None]
        pull, add = (_total(known, name) for name in ("pull_qty", "add_qty"))
        found[f"pull_add__{side}"] = beta(pull, add) if known else None
        found[f"centre_move__{side}"] = _centre_move(known)
    return found


def _centre_move(parts: Sequence[Row]) -> float | None:
    start, end = (_total(parts, f"depth_{at}") for at in ("start", "end"))
    if not start or not end:
        return None
    return beta(
        Fraction(_total(parts, "moment_end"), end), Fraction(_total(parts, "moment_start"), start)
    )


def _touch(pieces: Segments, number: int) -> dict[str, float | None]:
    sides = {side: pieces[number, f"touch_{side}"] for side in ("front", "back")}
    names = [
        *(f"{name}__touch_{side}" for name in ("pull_add",) for side in sides),
        *(f"{kind}_intensity__touch_{side}" for kind in ("add", "pull") for side in sides),
        *("add_contrast__touch", "pull_contrast__touch"),
    ]
    if any(row["add_qty"] is None for row in sides.values()):
        return dict.fromkeys(names)
    found: dict[str, float | None] = {}
    for side, row in sides.items():
        depth = Fraction(row["depth_twa_ns"], BUCKET_NS)
        found[f"pull_add__touch_{side}"] = beta(row["pull_qty"], row["add_qty"])
        for kind in ("add", "pull"):
            found[f"{kind}_intensity__touch_{side}"] = intensity(row[f"{kind}_qty"], depth)
    for kind in ("add", "pull"):
        flows = [sides[side][f"{kind}_qty"] for side in ("back", "front")]
        found[f"{kind}_contrast__touch"] = beta(*flows)
    return found


def _tape(
    decision: Decision,
    ends: Sequence[int],
    by_end: Mapping[int, Moment],
    levels: Levels,
    prints: Mapping[int, list[Row]],
) -> dict[str, float | None]:
    here = [by_end[end] for end in ends if end in by_end]
    used = [m for m in here if any(is_used(row, m) for row in levels[decision.cluster_id])]
    lots = {
        way: sum(row[f"{way}_qty"] for m in used for row in prints.get(m.end_ns, []))
        for way in ("buy", "sell")
    }
    bought = beta(lots["buy"], lots["sell"]) if 2 * len(used) >= len(ends) else None
    queues = [quotes(moment)["queue_imbalance"][0] for moment in here]
    known = [queue for queue in queues if queue is not None]
    total = 0.0
    for queue in known:
        total += queue
    mean = decision.dir * total / len(known) if known and 2 * len(known) >= len(ends) else None
    return {
        "queue_imbalance__tape": mean,
        "buy_sell__tape": None if bought is None else decision.dir * bought,
    }


def _total(rows: Iterable[Row], name: str) -> int:
    return sum(row[name] for row in rows)


@dataclass(frozen=True)
class Landed:
    """First and last record, ns since 1970 UTC: what a file can tell."""

    first_ns: int
    last_ns: int

    def is_silent(self, end_ns: int) -> bool:
        """Return whether nothing of a bucket could have landed."""
        return end_ns <= self.first_ns or end_ns - BUCKET_NS >= self.last_ns


def barrier(sigma: float, horizon_s: int, floor: int = 4, scale: float = 0.96) -> int:
    """Return how far both barriers are, ticks.

    >>> barrier(0.7, 120), barrier(2.0, 120), barrier(0.7, 600)
    (4, 9, 7)
    """
    return max(floor, math.floor(scale * sigma * math.sqrt(horizon_s // 5) + 0.5))


def outcome(
    decision: Decision,
    moments: Sequence[Moment],
    horizon_s: int,
    window_end_ns: int,
    landed: Landed,
) -> Row:
    """Return what came of a setup."""
    nowhere = Level("", 0)
    mids = {
        moment.end_ns: dist_ticks(moment, nowhere)
        for moment in moments
        if not landed.is_silent(moment.end_ns)
    }
    width = barrier(decision.sigma, horizon_s)
    ends = [decision.at_ns + n * BUCKET_NS for n in range(1, horizon_s // 5 + 1)]
    path = [mids.get(end) for end in ends]
    found: Row = {"barrier_ticks": width, "outcome": None, "why": None, "hit_s": None}
    found |= {"mfe_sigma": None, "mae_sigma": None, "is_through": None}
    if ends[-1] > window_end_ns:
        return found | {"why": "window_ends"}
    if None in path:
        return found | {"why": "hole"}
    moves = [decision.dir * (mid - decision.mid) for mid in path if mid is not None]
    beyond = [decision.dir * (mid - decision.tick) for mid in path if mid is not None]
    hits = [(n, move) for n, move in enumerate(moves, 1) if abs(move) >= width]
    found["outcome"] = "chop"
    if hits:
        found |= {"outcome": "break" if hits[0][1] > 0 else "reject", "hit_s": 5 * hits[0][0]}
    found["mfe_sigma"] = max(0.0, *moves) / decision.sigma
    found["mae_sigma"] = max(0.0, *(-move for move in moves)) / decision.sigma
    return found | {"is_through": max(beyond) >= 2}


def walk(moments: Sequence[Moment], horizon_s: int) -> Row:
    """Return how far the mid went in a step and in a horizon, squares of half ticks."""
    nowhere = Level("", 0)
    mids = {moment.end_ns: dist_ticks(moment, nowhere) for moment in moments}
    known = {end: mid for end, mid in mids.items() if mid is not None}

    def squares(ns: int) -> list[int]:
        moves = [known[end] - known[end - ns] for end in known if end - ns in known]
        return [int(2 * move) ** 2 for move in moves]

    steps, moves = squares(BUCKET_NS), squares(horizon_s * NS_PER_SECOND)
    return {
        "n_steps": len(steps),
        "step_squares": sum(steps),
        "n_moves": len(moves),
        "move_squares": sum(moves),
    }
