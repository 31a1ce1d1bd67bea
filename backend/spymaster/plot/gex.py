"""Gamma exposure by strike at one moment: calls up, puts down, their net, and what stands out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING

from spymaster.errors import UsageError
from spymaster.plot.figure import ASKS, BIDS, FAINT, INK, LOOK, check_name, save
from spymaster.read.catalog import catalog
from spymaster.read.exposure import Exposure, Strike, exposure, latest_exposure
from spymaster.settings import Settings
from spymaster.units import from_ns, local_ns

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN = 0.97
"""Share of the gross exposure that the picture reaches out to."""
CALLS, PUTS, FLIP = BIDS, ASKS, "#2ca02c"
MARKS = {
    "call wall": (CALLS, "--"),
    "put wall": (PUTS, "--"),
    "zero gamma": (FLIP, "-."),
    "forward": (FAINT, "-"),
}
"""Color and line of each."""
MILLION = 1e6


def plot_gex(
    settings: Settings,
    path: Path,
    *,
    session: date | None = None,
    at: time | None = None,
    expiry_set: str = "all",
) -> int:
    """Draw gamma exposure by strike and return how many strikes the picture shows.

    Parameters
    ----------
    path : Path
        Where to; ends in .png, .svg or .html.
    session : date
        The latest that has any by default.
    at : time
        Local; the last bucket that ended by then. The session's last by default.
    expiry_set : str
        ``0dte``, ``5d`` or ``all``.

    Raises
    ------
    UsageError
        For an unknown set, or if there is no exposure by that time.
    """
    check_name(path)
    with catalog(settings) as connection:
        session = session or latest_exposure(connection)
        until = from_ns(local_ns(session, at or time.max, settings.zone)).replace(tzinfo=None)
        found = exposure(connection, session, until, expiry_set)
    if found is None:
        by = "" if at is None else f" by {at:%H:%M:%S}"
        raise UsageError(f"no gamma exposure of {session}{by}, expiries {expiry_set}")
    ended = settings.local(found.at)
    title = f"Gamma exposure by strike, {ended:%Y-%m-%d %H:%M:%S}, expiries {expiry_set}"
    strikes = _within_reach(found)
    save(_draw(title, strikes, found), path, title)
    return len(strikes)


def _within_reach(found: Exposure) -> list[Strike]:
    """Return the strikes nearest to the forward that hold nearly all, and what is marked."""

    def distance(price: float) -> float:
        return abs(price - found.forward)

    reach, held = max(map(distance, found.marks.values())), 0.0
    for strike in sorted(found.strikes, key=lambda each: distance(each.price)):
        if held >= SHOWN * found.gross:
            break
        held += strike.calls + strike.puts
        reach = max(reach, distance(strike.price))
    return [strike for strike in found.strikes if distance(strike.price) <= reach + found.step]


def _draw(title: str, strikes: Sequence[Strike], found: Exposure) -> Figure:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(LOOK):
        figure = Figure(figsize=(12, 6), layout="constrained")
        axes = figure.subplots()
        places = [strike.price for strike in strikes]
        calls, puts, nets = (
            [value / MILLION for value in column]
            for column in zip(
                *((strike.calls, -strike.puts, strike.net) for strike in strikes), strict=True
            )
        )
        axes.bar(places, calls, 0.8 * found.step, color=CALLS, label="calls")
        axes.bar(places, puts, 0.8 * found.step, color=PUTS, label="puts")
        axes.plot(places, nets, color=INK, linewidth=1.2, marker=".", label="net")
        axes.axhline(0, color=INK, linewidth=0.6)
        _mark(axes, found)
        axes.set_title(title, loc="left")
        total = f"net {found.net / MILLION:+,.0f}, gross {found.gross / MILLION:,.0f}"
        axes.set_title(total, loc="right", fontsize=9)
        axes.set_xlabel("strike, points of the session's contract")
        axes.set_ylabel("$ million per 1 %")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
        return figure


def _mark(axes: Axes, found: Exposure) -> None:
    for name, price in found.marks.items():
        color, line = MARKS[name]
        label = f"{name} {price:.2f}"
        axes.axvline(price, color=color, linewidth=1.2, linestyle=line, zorder=0, label=label)
