"""What the relations of ``pressure`` should hold, put together from the reference derivations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from reference.buckets import Row
from reference.cells import Level, Moment, cell, cells_5s, reach, ticks_of
from reference.contrasts import contrasts, tape
from reference.families import Ratio, cell_ratios
from reference.features import LEAST_REACH, differences, states_5s
from reference.features import ratios as ratios_of
from reference.minutes import leans, minutes
from reference.orders import Behind, order_ratios
from reference.orders import features as order_features
from reference.paths import Run, path, runs, volatility
from reference.phases import phases
from reference.profiles import level_profile, quotes, touch_profile
from reference.touches import Levels, touches

Values = dict[str, float | None]
Found = dict[tuple[object, ...], Values]
"""Columns by end of bucket, ns, and what else tells rows of a level apart."""
QUARTERS = [(side, zone) for side in ("ask", "bid") for zone in ("above", "below")]
SPANS = {
    f"{side}_{zone}{suffix}": (side, zone, bands)
    for side in ("ask", "bid")
    for zone, suffix, bands in (
        ("at", "", range(1)),
        *[(zone, "_near", range(1, 3)) for zone in ("above", "below")],
        *[(zone, "_far", range(3, 6)) for zone in ("above", "below")],
    )
}
"""Side, zone and bands."""
NOT_IN_CELLS = ("level_id", "bucket_end_ns", "side", "zone", "band", "depth_twa_ns")
PLAIN = (
    *("code", "code_touch", "sigma_ticks", "approach", "why", "why_60s"),
    *("reach_above", "reach_below", "n_above", "n_below"),
    *("net_60s_c30s", "vacuum_60s_c30s", "p_above_60s_c30s", "p_below_60s_c30s"),
)
"""Columns of states without differences."""


def cells(moments: Sequence[Moment], levels: Sequence[Level]) -> Found:
    """Return pressure.cells_5s of one level."""
    found: Found = {}
    for run in runs(moments, levels):
        for moment, level in run:
            for row in cells_5s([moment], level):
                key = moment.end_ns, row["side"], row["zone"], row["band"]
                found[key] = {name: row[name] for name in row if name not in NOT_IN_CELLS}
    return found


def ladder(moments: Sequence[Moment], levels: Sequence[Level]) -> Found:
    """Return pressure.ladder_5s of one level."""
    found: Found = {}
    shares: dict[int, list[Fraction]] = {}
    for run in runs(moments, levels):
        leaning = leans(run, shares)
        for offset in range(-5, 6):
            series = [leaning[moment.end_ns, offset] for moment, _ in run]
            moved = differences([row["lean_60s"] for row in series])
            for row, change in zip(series, moved, strict=True):
                row |= {f"lean_60s_{order}": value for order, value in change.items()}
        for moment, level in run:
            rows = [row for row in cells_5s([moment], level) if row["band"] <= 5]
            whole = sum(row["depth_end"] for row in rows)
            for row in rows:
                offset = -row["band"] if row["zone"] == "below" else row["band"]
                step = found.setdefault((moment.end_ns, offset), {})
                step |= {f"{row['side']}_{name}": x for name, x in _step(row, whole).items()}
                step |= leaning[moment.end_ns, offset]
    return found


def _step(row: Row, whole: int) -> Values:
    rated = ratios_of(row)
    is_reached = row["reach"] >= 0.2
    return {
        "reach": row["reach"],
        "depth_share": row["depth_end"] / whole if whole and is_reached else None,
        "pull_add": rated["pull_add"],
        "fill_intensity": rated["fill_intensity"],
    }


def ratios(moments: Sequence[Moment], levels: Sequence[Level]) -> Found:
    """Return pressure.ratios_5s of one level."""
    return _by_run(moments, levels, _cell_series)


def _cell_series(run: Run) -> Iterator[tuple[tuple[object, ...], list[dict[str, Ratio]]]]:
    by_cell: dict[tuple[object, ...], list[Row]] = {}
    for moment, level in run:
        for row in cells_5s([moment], level):
            by_cell.setdefault((row["side"], row["zone"], row["band"]), []).append(row)
    for key, rows in by_cell.items():
        counts = [row["n_add"] + row["n_pull"] + row["n_fill"] for row in rows]
        yield key, [cell_ratios(row, counts[: at + 1]) for at, row in enumerate(rows)]


def orders(
    moments: Sequence[Moment],
    levels: Sequence[Level],
    known: dict[int, Behind],
    large_qty: int | None,
) -> Found:
    """Return pressure.orders_5s of one level; ``known`` are the orders behind each bucket."""

    def series(run: Run) -> Iterator[tuple[tuple[object, ...], list[dict[str, Ratio]]]]:
        found: dict[tuple[object, ...], list[dict[str, Ratio]]] = {}
        for moment, level in run:
            for key, values in order_ratios(moment, level, known[moment.end_ns], large_qty):
                found.setdefault(key, []).append(values)
        yield from found.items()

    return _by_run(moments, levels, series)


def spans(
    moments: Sequence[Moment],
    levels: Sequence[Level],
    known: dict[int, Behind],
    large_qty: int | None,
) -> Found:
    """Return the features of cells put together, by the end of the bucket and the span."""

    def one(moment: Moment, level: Level, side: str, zone: str, bands: range) -> dict[str, Ratio]:
        ticks = [tick for band in bands for tick in ticks_of(zone, band, level.tick)]
        row = cell(moment, side, zone, ticks)
        found = order_features(
            moment.end_ns, [(side, tick) for tick in ticks], known[moment.end_ns], large_qty
        )
        if reach(moment, side, ticks) < LEAST_REACH:
            found = {name: (None, support) for name, (_, support) in found.items()}
        return cell_ratios(row, [0]) | found

    return _by_run(
        moments,
        levels,
        lambda run: (
            ((name,), [one(moment, level, *span) for moment, level in run])
            for name, span in SPANS.items()
        ),
    )


def profiles(moments: Sequence[Moment], levels: Sequence[Level]) -> Found:
    """Return pressure.profiles_5s of one level."""
    return _by_run(
        moments,
        levels,
        lambda run: (
            (quarter, [level_profile(moment, level, *quarter) for moment, level in run])
            for quarter in QUARTERS
        ),
    )


def contrasted(moments: Sequence[Moment], levels: Sequence[Level]) -> Found:
    """Return pressure.contrasts_5s of one level."""

    def series(run: Run) -> Iterator[tuple[tuple[object, ...], list[dict[str, Ratio]]]]:
        found: dict[tuple[object, ...], list[dict[str, Ratio]]] = {}
        for moment, level in run:
            for key, values in contrasts(moment, level, cells_5s([moment], level)):
                found.setdefault(key, []).append(values)
        yield from found.items()

    return _by_run(moments, levels, series)


def taped(moments: Sequence[Moment], levels: Sequence[Level], trades: Sequence[Row]) -> Found:
    """Return pressure.tape_5s of one level."""
    by_end: dict[int, list[Row]] = {}
    for trade in trades:
        by_end.setdefault(trade["bucket_end_ns"], []).append(trade)
    return _by_run(
        moments,
        levels,
        lambda run: [((), [tape(by_end.get(m.end_ns, []), level) for m, level in run])],
    )


def touch(moments: Sequence[Moment]) -> Found:
    """Return pressure.touch_5s."""
    always = Level("", 0)
    return _by_run(
        moments,
        [always],
        lambda run: (
            ((side,), [touch_profile(moment, side) for moment, _ in run]) for side in ("ask", "bid")
        ),
    )


def quoted(moments: Sequence[Moment]) -> Found:
    """Return pressure.imbalance_5s."""
    always = Level("", 0)
    return _by_run(moments, [always], lambda run: [((), [quotes(moment) for moment, _ in run])])


def states(moments: Sequence[Moment], levels: Sequence[Level]) -> Found:
    """Return pressure.states_5s of one level."""
    sigmas = volatility(moments)
    found: Found = {}
    for run in runs(moments, levels):
        rows = [
            next(iter(states_5s([moment], level))) | placed | pooled
            for (moment, level), placed, pooled in zip(
                run, path(run, sigmas), minutes(run, moments[0].end_ns), strict=True
            )
        ]
        names = rows[0].keys() - {"level_id", "bucket_end_ns", *PLAIN}
        for name in names:
            for row, moved in zip(rows, differences([r[name] for r in rows]), strict=True):
                row |= {f"{name}_{order}": value for order, value in moved.items()}
        for row in rows:
            end_ns = row.pop("bucket_end_ns")
            found[(end_ns,)] = {name: row[name] for name in row if name != "level_id"}
    return found


def touched(
    moments: Sequence[Moment], levels: Levels, trades: Sequence[Row], level_id: str
) -> Found:
    """Return the rows of pressure.touches that a level was reached first in."""
    rows = [row for row in touches(moments, levels, trades) if row["level_id"] == level_id]
    return {(row.pop("bucket_end_ns"),): _without(row, "level_id") for row in rows}


def phased(
    moments: Sequence[Moment], levels: Levels, trades: Sequence[Row], level_id: str
) -> Found:
    """Return pressure.phases_5s of one level, which stands in clusters with the others."""
    rows = [row for row in phases(moments, levels, trades) if row["level_id"] == level_id]
    return {(row.pop("bucket_end_ns"),): _without(row, "level_id") for row in rows}


def _without(row: Row, name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}


def _by_run(
    moments: Sequence[Moment],
    levels: Sequence[Level],
    series: Callable[[Run], object],
) -> Found:
    """Columns of every bucket of every run: each feature, what it is over, its differences."""
    found: Found = {}
    for run in runs(moments, levels):
        for key, values in series(run):  # type: ignore[attr-defined]
            for (moment, _), row in zip(run, _columns(values), strict=True):
                found[moment.end_ns, *key] = row
    return found


def _columns(series: list[dict[str, Ratio]]) -> list[Values]:
    rows: list[Values] = [{} for _ in series]
    for name in series[0]:
        values = [found[name][0] for found in series]
        for row, found, moved in zip(rows, series, differences(values), strict=True):
            row |= {name: found[name][0], f"{name}_support": found[name][1]}
            row |= {f"{name}_{order}": value for order, value in moved.items()}
    return rows
