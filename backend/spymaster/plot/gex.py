"""Gamma exposure by strike at one moment: calls up, puts down, their net, and what stands out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, time
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

STRIKES = """
    select
        round(front_strike / {step}) * {step} as place,
        sum(gex_call) / 1e6 as calls,
        -sum(gex_put) / 1e6 as puts,
        sum(gex_net) / 1e6 as net
    from options.gex_5s
    where session = {session} and bucket_end = {at} and days <= {days} and gex_gross is not null
    group by place
    order by place
"""
PROFILE = """
    select {columns}
    from options.gex_profile_5s
    where session = {session} and expiry_set = {expiry_set} and bucket_end <= {until}
        and gex_gross is not null
    order by bucket_end desc
    limit 1
"""
COLUMNS = (
    "bucket_end",
    "forward",
    "gex_total",
    "gex_gross",
    "zero_gamma",
    "call_wall_gex",
    "put_wall_gex",
)
EXPIRY_SETS = {"0dte": 0, "5d": 5, "all": 2**31 - 1}
"""Days from the session to the last expiry of each."""
STEP = 5
"""Points: strikes of other futures fall between those of the session's contract."""
SHOWN = 0.97
"""Share of the gross exposure that the picture reaches out to."""
CALLS, PUTS, FLIP = BIDS, ASKS, "#2ca02c"


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
        For an unknown set, or if there is no exposure at that time.
    """
    check_name(path)
    if expiry_set not in EXPIRY_SETS:
        raise UsageError(f"expiry set {expiry_set!r}: allowed are {', '.join(EXPIRY_SETS)}")
    with catalog(settings) as connection:
        session = session or _latest(connection)
        profile = _profile(connection, settings, session, at, expiry_set)
        query = STRIKES.format(
            step=STEP,
            session=duck.literal(session),
            at=duck.literal(profile["bucket_end"]),
            days=EXPIRY_SETS[expiry_set],
        )
        strikes = _within_reach(connection.execute(query).fetchall(), profile)
    ended = profile["bucket_end"].replace(tzinfo=UTC).astimezone(settings.zone)
    title = f"Gamma exposure by strike, {ended:%Y-%m-%d %H:%M:%S}, expiries {expiry_set}"
    save(_draw(title, strikes, profile), path, title)
    return len(strikes)


def _latest(connection: duck.Connection) -> date:
    query = "select max(session) from options.gex_profile_5s where gex_gross is not null"
    ((latest,),) = connection.execute(query).fetchall()
    if latest is None:
        raise UsageError("no gamma exposure; land an option chain with its statistics, then run")
    found: date = latest
    return found


def _profile(
    connection: duck.Connection,
    settings: Settings,
    session: date,
    at: time | None,
    expiry_set: str,
) -> Mapping[str, Any]:
    until = at or time.max
    last = from_ns(local_ns(session, until, settings.zone)).replace(tzinfo=None)
    query = PROFILE.format(
        columns=", ".join(COLUMNS),
        session=duck.literal(session),
        expiry_set=duck.literal(expiry_set),
        until=duck.literal(last),
    )
    row = connection.execute(query).fetchone()
    if row is None:
        by = "" if at is None else f" by {at:%H:%M:%S}"
        raise UsageError(f"no gamma exposure of {session}{by}, expiries {expiry_set}")
    return dict(zip(COLUMNS, row, strict=True))


def _within_reach(strikes: Sequence[Any], profile: Mapping[str, Any]) -> list[Any]:
    """Return the strikes nearest to the forward that hold nearly all, and what is marked."""
    marked = [profile[name] for name in COLUMNS[4:] if profile[name] is not None]
    reach = max((abs(mark - profile["forward"]) for mark in marked), default=0.0)
    enough, held = SHOWN * sum(calls - puts for _, calls, puts, _ in strikes), 0.0
    for strike, calls, puts, _ in sorted(strikes, key=lambda row: abs(row[0] - profile["forward"])):
        held += calls - puts
        reach = max(reach, abs(strike - profile["forward"]))
        if held >= enough:
            break
    return [row for row in strikes if abs(row[0] - profile["forward"]) <= reach + STEP]


def _draw(title: str, strikes: Sequence[Any], profile: Mapping[str, Any]) -> Figure:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(LOOK):
        figure = Figure(figsize=(12, 6), layout="constrained")
        axes = figure.subplots()
        places = [row[0] for row in strikes]
        axes.bar(places, [row[1] for row in strikes], 0.8 * STEP, color=CALLS, label="calls")
        axes.bar(places, [row[2] for row in strikes], 0.8 * STEP, color=PUTS, label="puts")
        nets = [row[3] for row in strikes]
        axes.plot(places, nets, color=INK, linewidth=1.2, marker=".", label="net")
        axes.axhline(0, color=INK, linewidth=0.6)
        _mark(axes, profile)
        net, gross = profile["gex_total"] / 1e6, profile["gex_gross"] / 1e6
        axes.set_title(title, loc="left")
        axes.set_title(f"net {net:+,.0f}, gross {gross:,.0f}", loc="right", fontsize=9)
        axes.set_xlabel("strike, points of the session's contract")
        axes.set_ylabel("$ million per 1 %")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
        return figure


def _mark(axes: Axes, profile: Mapping[str, Any]) -> None:
    """Draw the walls, zero gamma and the forward, those that are known."""
    for name, price, color, style in (
        ("call wall", profile["call_wall_gex"], CALLS, "--"),
        ("put wall", profile["put_wall_gex"], PUTS, "--"),
        ("zero gamma", profile["zero_gamma"], FLIP, "-."),
        ("forward", profile["forward"], FAINT, "-"),
    ):
        if price is not None:
            label = f"{name} {price:.2f}"
            axes.axvline(price, color=color, linewidth=1.2, linestyle=style, zorder=0, label=label)
