"""Price against one level, the pressure above and below it, and where it presses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spymaster.errors import UsageError
from spymaster.plot.figure import ASKS, BIDS, FAINT, INK, LOOK, check_name, save
from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.units import from_ns, local_ns
from spymaster.warehouse import duck

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STATES = """
    select
        states_5s.bucket_end, bbo_5s.mid, states_5s.price, net, vacuum, net_d1, vacuum_d1
    from pressure.states_5s({session}) as states_5s
    left join market.bbo_5s({session}) as bbo_5s using (session, instrument_id, bucket_end)
    where states_5s.level_id = {level} and states_5s.bucket_end between {start} and {end}
    order by states_5s.bucket_end
"""
LADDER = """
    select bucket_end, "offset", ask_pull_add, bid_pull_add
    from pressure.ladder_5s({session})
    where level_id = {level} and bucket_end between {start} and {end}
    order by bucket_end, "offset"
"""
OFFSETS = tuple(range(-5, 6))
SMOOTH = 6
"""Buckets of the running mean drawn over net and vacuum: half a minute."""


def plot_level(
    settings: Settings,
    level: str,
    path: Path,
    *,
    session: date | None = None,
    start: time | None = None,
    end: time | None = None,
) -> int:
    """Draw a level's session and return how many buckets the picture shows.

    Parameters
    ----------
    level : str
        A tracked level, such as PM_HIGH.
    path : Path
        Where to; ends in .png, .svg or .html.
    session : date
        The latest that has the level by default.
    start, end : time
        Local times that cut the picture; the window's by default.

    Raises
    ------
    UsageError
        If nothing was computed for the level there, naming what was.
    """
    check_name(path)
    with catalog(settings) as connection:
        session = session or _latest(connection, level)
        bounds = _bounds(settings, session, start, end)
        values = {
            "level": duck.literal(level),
            "session": duck.literal(session),
            "start": duck.literal(bounds[0]),
            "end": duck.literal(bounds[1]),
        }
        states = connection.execute(STATES.format(**values)).fetchall()
        ladder = connection.execute(LADDER.format(**values)).fetchall()
    if not states:
        raise UsageError(f"{level}: no bucket of {session} between {bounds[0]} and {bounds[1]} UTC")
    title = f"{level}, {session}"
    save(_draw(title, states, ladder), path, title)
    return len(states)


def _latest(connection: duck.Connection, level: str) -> date:
    found = connection.execute(
        "select level_id, max(session) from pressure.states_5s group by level_id order by level_id"
    ).fetchall()
    sessions = dict(found)
    if level not in sessions:
        known = ", ".join(sessions) or "none; run the models first"
        raise UsageError(f"{level}: no such tracked level; there are: {known}")
    latest: date = sessions[level]
    return latest


def _bounds(
    settings: Settings, session: date, start: time | None, end: time | None
) -> tuple[datetime, datetime]:
    first, last = start or time(0), end or time(23, 59, 59)
    ends = (local_ns(session, at, settings.zone) for at in (first, last))
    low, high = (from_ns(ns).replace(tzinfo=None) for ns in ends)
    return low, high


def _draw(title: str, states: Sequence[Any], ladder: Sequence[Any]) -> Figure:
    import matplotlib as mpl
    from matplotlib.dates import ConciseDateFormatter
    from matplotlib.figure import Figure

    with mpl.rc_context(LOOK):
        figure = Figure(figsize=(12, 9), layout="constrained")
        heights = (3, 2.4, 1.6, 1.6)
        price, strip, net, vacuum = figure.subplots(4, 1, sharex=True, height_ratios=heights)
        times = [row[0] for row in states]
        _draw_price(price, title, times, states)
        _draw_ladder(figure, strip, times, ladder)
        _draw_state(net, times, states, 3, ("net", "above 0 the road up opens"))
        _draw_state(vacuum, times, states, 4, ("vacuum", "above 0 both sides leave"))
        vacuum.xaxis.set_major_formatter(ConciseDateFormatter(vacuum.xaxis.get_major_locator()))
        vacuum.set_xlabel("UTC")
        return figure


def _draw_price(axes: Axes, title: str, times: list[Any], states: Sequence[Any]) -> None:
    axes.plot(times, [row[1] for row in states], color=INK, linewidth=1, label="mid")
    axes.step(times, [row[2] for row in states], color=ASKS, linewidth=1, label="level")
    axes.set_ylabel("points")
    axes.set_title(title, loc="left")
    axes.legend(loc="best", frameon=False)


def _draw_ladder(figure: Figure, axes: Axes, times: list[Any], ladder: Sequence[Any]) -> None:
    """Asks at and above the level, bids below it: red where pulled, blue where added."""
    import numpy as np
    from matplotlib.dates import date2num

    at = {moment: column for column, moment in enumerate(times)}
    grid = np.full((len(OFFSETS), len(times)), np.nan)
    for moment, offset, ask, bid in ladder:
        value = ask if offset >= 0 else bid
        if moment in at and value is not None:
            grid[offset + 5, at[moment]] = value
    left, right = date2num(times[0]), date2num(times[-1])
    image = axes.imshow(
        grid,
        aspect="auto",
        origin="lower",
        cmap="coolwarm",
        vmin=-1,
        vmax=1,
        interpolation="nearest",
        extent=(left, right, -5.5, 5.5),
    )
    axes.axhline(0.5, color=INK, linewidth=0.6)
    axes.axhline(-0.5, color=INK, linewidth=0.6)
    axes.set_ylabel("$ from level")
    axes.set_title("asks above, bids below the level", loc="left", fontsize=8, color=FAINT)
    axes.set_yticks(OFFSETS[::5])
    bar = figure.colorbar(image, ax=axes, pad=0.01, fraction=0.03)
    bar.set_label("pulled - added")


def _draw_state(
    axes: Axes, times: list[Any], states: Sequence[Any], column: int, names: tuple[str, str]
) -> None:
    values = [_or_gap(row[column]) for row in states]
    slopes = [_or_gap(row[column + 2]) for row in states]
    axes.axhline(0, color=FAINT, linewidth=0.6)
    axes.plot(times, slopes, color=FAINT, linewidth=0.5, label="first difference")
    axes.plot(times, _running_mean(values), color=BIDS, linewidth=1.2, label="30 s mean")
    axes.set_ylim(-1, 1)
    axes.set_ylabel(names[0])
    axes.set_title(names[1], loc="left", fontsize=8, color=FAINT)
    axes.legend(loc="upper right", frameon=False, ncols=2)


def _or_gap(value: float | None) -> float:
    """Return a number that leaves a gap where there is none."""
    return float("nan") if value is None else value


def _running_mean(values: Sequence[float]) -> list[float]:
    """The mean of the last ``SMOOTH`` values that are there; a gap where none is."""
    means = []
    for at in range(len(values)):
        there = [value for value in values[max(at + 1 - SMOOTH, 0) : at + 1] if value == value]
        means.append(sum(there) / len(there) if there else float("nan"))
    return means
