"""A picture of the catalog: what is asked for, found and drawn, as a chart or a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from spymaster.charts.day import level_day
from spymaster.charts.files import check_installed, check_name, save, unchecked
from spymaster.charts.gex import gex, within_reach
from spymaster.charts.hedge import hedge, minutes
from spymaster.charts.level import level
from spymaster.charts.look import LIGHT, Look
from spymaster.errors import UsageError
from spymaster.read import tracked
from spymaster.read.catalog import catalog
from spymaster.read.exposure import exposure, latest_exposure
from spymaster.settings import Settings
from spymaster.warehouse import duck

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True)
class Picture:
    """A chart and what a person is told of it."""

    chart: alt.TopLevelMixin
    title: str
    count: int
    """Of the buckets, or the strikes, that it shows."""


def level_chart(
    settings: Settings,
    level_id: str,
    *,
    session: date | None = None,
    start: time | None = None,
    end: time | None = None,
    look: Look = LIGHT,
) -> alt.TopLevelMixin:
    """Return the picture of a level's session as a chart.

    Parameters
    ----------
    level_id : str
        A tracked level, such as PM_HIGH.
    session : date
        The latest that has the level by default.
    start, end : time
        Local times that cut the picture; the window's by default.
    look : Look
        ``LIGHT`` or ``DARK``.

    Raises
    ------
    UsageError
        If nothing was computed for the level there, naming what was.
    """
    check_installed()
    with catalog(settings) as connection:
        return of_level(
            connection, settings, level_id, session=session, start=start, end=end, look=look
        ).chart


def gex_chart(
    settings: Settings,
    *,
    session: date | None = None,
    at: time | None = None,
    expiry_set: str = "all",
    look: Look = LIGHT,
) -> alt.TopLevelMixin:
    """Return gamma exposure by strike as a chart.

    Parameters
    ----------
    session : date
        The latest that has any by default.
    at : time
        Local; the last bucket that ended by then. The session's last by default.
    expiry_set : str
        ``0dte``, ``5d`` or ``all``.
    look : Look
        ``LIGHT`` or ``DARK``.

    Raises
    ------
    UsageError
        For an unknown set, or if there is no exposure by that time.
    """
    check_installed()
    with catalog(settings) as connection:
        return of_gex(
            connection, settings, session=session, at=at, expiry_set=expiry_set, look=look
        ).chart


def plot_level(
    settings: Settings,
    level_id: str,
    path: Path,
    *,
    session: date | None = None,
    start: time | None = None,
    end: time | None = None,
    look: Look = LIGHT,
) -> int:
    """Write the picture of a level's session and return how many buckets it shows.

    The parameters are those of ``level_chart``; ``path`` ends in .png, .svg or .html.
    """
    check_name(path)
    with catalog(settings) as connection:
        found = of_level(
            connection, settings, level_id, session=session, start=start, end=end, look=look
        )
    save(found.chart, path, found.title)
    return found.count


def plot_gex(
    settings: Settings,
    path: Path,
    *,
    session: date | None = None,
    at: time | None = None,
    expiry_set: str = "all",
    look: Look = LIGHT,
) -> int:
    """Write gamma exposure by strike and return how many strikes the picture shows.

    The parameters are those of ``gex_chart``; ``path`` ends in .png, .svg or .html.
    """
    check_name(path)
    with catalog(settings) as connection:
        found = of_gex(
            connection, settings, session=session, at=at, expiry_set=expiry_set, look=look
        )
    save(found.chart, path, found.title)
    return found.count


def of_level(
    connection: duck.Connection,
    settings: Settings,
    level_id: str,
    *,
    session: date | None = None,
    start: time | None = None,
    end: time | None = None,
    look: Look = LIGHT,
    options: bool = True,
) -> Picture:
    """Return the same on a connection that is open; ``options``: whether they stand beside."""
    session = (
        tracked.built(connection, session) if session else tracked.latest(connection, level_id)
    )
    low, high = _bounds(settings, session, start, end)
    day = level_day(connection, level_id, session, low, high, settings.zone)
    found = exposure(connection, session, day.options_at) if day.options else None
    title = f"{level_id}, {session}"
    with unchecked():
        chart = level(day, found, settings.zone, look, options=options)
    return Picture(chart, title, len(day.states))


def of_gex(
    connection: duck.Connection,
    settings: Settings,
    *,
    session: date | None = None,
    at: time | None = None,
    expiry_set: str = "all",
    look: Look = LIGHT,
) -> Picture:
    """Return the same on a connection that is open."""
    session = tracked.built(connection, session) if session else latest_exposure(connection)
    until = datetime.max if at is None else settings.placed(session, at)
    found = exposure(connection, session, until, expiry_set)
    if found is None:
        by = "" if at is None else f" by {at:%H:%M:%S}"
        raise UsageError(f"no gamma exposure of {session}{by}, expiries {expiry_set}")
    symbol = next((one.symbol for one in found.futures if one.forward == found.forward), "")
    title = f"Gamma exposure by strike, {symbol} {session}".replace("  ", " ")
    with unchecked():
        chart = gex(found, title, settings.zone, look, expiry_set)
    return Picture(chart, title, len(within_reach(found)))


def of_hedge(
    connection: duck.Connection,
    settings: Settings,
    session: date,
    *,
    expiry_set: str = "all",
    look: Look = LIGHT,
) -> Picture:
    """Return what option flow made dealers trade in a session that has options."""
    rows = minutes(connection, session, expiry_set)
    with unchecked():
        chart = hedge(rows, settings.zone, look)
    return Picture(chart, f"Option flow that hedged, {session}", len(rows))


def _bounds(
    settings: Settings, session: date, start: time | None, end: time | None
) -> tuple[datetime | None, datetime | None]:
    return (
        None if start is None else settings.placed(session, start, is_start=True),
        None if end is None else settings.placed(session, end),
    )
