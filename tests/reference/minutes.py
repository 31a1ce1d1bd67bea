"""The last minute around a level as one, in plain Python.

A second derivation of the columns ``_60s`` of ``pressure.states_5s``, of ``why`` and of the lean of
``pressure.ladder_5s``. Where the contract leaves a choice:

- Centres are compared as the minute ends and as it starts, each about where the level stood then.
- A side is in reach over a minute where its mean reach is at least 0.2 over all its buckets, and in
  the first and in the last one.
- A level is new in its first bucket, for a minute in its first twelve; the window's own first
  minute is called warming up.
- A side has no depth where it is in reach and nothing rests as the time starts or as it ends.
- The depth of a minute is what rested on average, over time.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from statistics import median

from reference.buckets import BUCKET_NS, Row
from reference.cells import Level, Moment, cells_5s, reach, ticks_of
from reference.families import MINUTE
from reference.features import (
    LEAST_REACH,
    STATE_BANDS,
    beta,
    centre,
    displacement,
    dist_ticks,
)
from reference.paths import Run

SIDES = {"above": "ask", "below": "bid"}
POOLED = ("net_60s", "vacuum_60s", "p_above_60s", "p_below_60s")
HALF_MINUTE = 6


class Side:
    """Bands 1 to 5 of one side, in one bucket."""

    def __init__(self, moment: Moment, level: Level, zone: str) -> None:
        side = SIDES[zone]
        bands = [ticks_of(zone, band, level.tick) for band in STATE_BANDS]
        places = {(side, tick): abs(tick - level.tick) for ticks in bands for tick in ticks}
        self.reach = sum(reach(moment, side, ticks) for ticks in bands) / len(bands)
        self.is_reached = self.reach >= LEAST_REACH
        self.start = centre(moment.depth_start, places)
        self.end = centre(moment.depth_end, places)
        flow = [moment.flow[place] for place in places if place in moment.flow]
        self.pulled = sum(row["pull_qty"] for row in flow)
        self.added = sum(row["add_qty"] for row in flow)


def minutes(run: Run, first_ns: int) -> list[Row]:
    """Return reach, support, reasons and the pooled twins of a level, bucket by bucket of a run.

    Parameters
    ----------
    first_ns
        End of the window's first bucket.
    """
    sides = [{zone: Side(*place, zone) for zone in SIDES} for place in run]
    rows: list[Row] = []
    for at, (moment, level) in enumerate(run):
        begun = run[0][0].end_ns
        new = "warming_up" if begun == first_ns else "level_new"
        last = sides[max(at + 1 - MINUTE, 0) : at + 1]
        above, below = (sides[at][zone] for zone in SIDES)
        has_quote = dist_ticks(moment, level) is not None
        rows.append(
            {
                "reach_above": float(above.reach),
                "reach_below": float(below.reach),
                "n_above": above.pulled + above.added,
                "n_below": below.pulled + below.added,
                "why": _why(last[-1:], None if at else "level_new", has_quote=has_quote),
            }
            | _pooled(last, None if len(last) == MINUTE else new)
        )
    for name in POOLED:
        for at, row in enumerate(rows):
            now, then = row[name], rows[at - HALF_MINUTE][name] if at >= HALF_MINUTE else None
            row[f"{name}_c30s"] = None if now is None or then is None else now - then
    return rows


def _pooled(last: Sequence[dict[str, Side]], short: str | None) -> Row:
    found: list[float | None] = []
    for zone in SIDES:
        own = [sides[zone] for sides in last]
        is_known = _in_reach(own) and short is None
        pulled, added = sum(side.pulled for side in own), sum(side.added for side in own)
        found.append(displacement(own[0].start, own[-1].end) if is_known else None)
        found.append(beta(pulled, added) if is_known else None)
    above, below = _mean(*found[:2]), _mean(*found[2:])
    opposed = None if below is None else -below
    why = short or _why(last, None, has_quote=True)
    return {
        "p_above_60s": above,
        "p_below_60s": opposed,
        "net_60s": _mean(above, opposed),
        "vacuum_60s": _mean(above, below),
        "why_60s": why,
    }


def _in_reach(own: Sequence[Side]) -> bool:
    mean = sum(side.reach for side in own) / len(own)
    return own[0].is_reached and own[-1].is_reached and mean >= LEAST_REACH


def _why(last: Sequence[dict[str, Side]], new: str | None, *, has_quote: bool) -> str | None:
    """Return the first reason that applies; None where nothing keeps net from being there."""
    sides = {zone: [sides[zone] for sides in last] for zone in SIDES}
    in_reach = {zone: _in_reach(own) for zone, own in sides.items()}
    deep = {z: own[0].start is not None and own[-1].end is not None for z, own in sides.items()}
    flows = {zone: any(side.pulled + side.added for side in own) for zone, own in sides.items()}
    if all((*in_reach.values(), *deep.values(), *flows.values())):
        return None
    reasons = {
        new: new is not None,
        "no_quote": not has_quote,
        "no_depth": any(in_reach[zone] and not deep[zone] for zone in sides),
        "asks_above_out_of_reach": not in_reach["above"],
        "bids_below_out_of_reach": not in_reach["below"],
        "no_flow_above": not flows["above"],
        "no_flow_below": not flows["below"],
    }
    return next(reason for reason, applies in reasons.items() if applies)


def _mean(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else (a + b) / 2


def leans(run: Run, shares: dict[int, list[Fraction]]) -> dict[tuple[int, int], Row]:
    """Return lean and usual share of each step of the ladder, by end of bucket and offset.

    Parameters
    ----------
    shares
        Of each step the shares so far, to which those of the run are added.
    """
    found: dict[tuple[int, int], Row] = {}
    steps: dict[int, list[Row]] = {}
    for moment, level in run:
        cells = [row for row in cells_5s([moment], level) if row["band"] <= 5]
        whole = sum(row["depth_end"] for row in cells)
        for offset in range(-5, 6):
            own = [row for row in cells if _offset(row) == offset]
            steps.setdefault(offset, []).append(_step(own))
            seen = shares.setdefault(offset, [])
            rests = [row["depth_end"] for row in own if row["reach"] >= float(LEAST_REACH)]
            if rests and whole:
                seen.append(Fraction(sum(rests), whole))
            found[moment.end_ns, offset] = {
                "lean_60s": _lean(steps[offset]),
                "depth_share_median": float(median(seen)) if seen else None,
            }
    return found


def _offset(row: Row) -> int:
    return -row["band"] if row["zone"] == "below" else int(row["band"])


def _step(cells: Sequence[Row]) -> Row:
    (ask,) = (row for row in cells if row["side"] == "ask")
    (bid,) = (row for row in cells if row["side"] == "bid")
    return {
        "up": ask["pull_qty"] + bid["add_qty"],
        "down": bid["pull_qty"] + ask["add_qty"],
        "depth": Fraction(ask["depth_twa_ns"] + bid["depth_twa_ns"], BUCKET_NS),
    }


def _lean(steps: Sequence[Row]) -> float | None:
    if len(steps) < MINUTE:
        return None
    up, down = (sum(step[way] for step in steps[-MINUTE:]) for way in ("up", "down"))
    whole = up + down + sum(step["depth"] for step in steps[-MINUTE:]) / MINUTE
    return float(Fraction(up - down) / whole) if whole else None
