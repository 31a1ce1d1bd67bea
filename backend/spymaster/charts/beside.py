"""What options do at the steps of the ladder, in the rows of the heat beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spymaster.charts.day import LevelDay, Row
from spymaster.charts.frame import Frame
from spymaster.charts.heat import TALL, reach
from spymaster.charts.look import TEXT

if TYPE_CHECKING:
    import altair as alt

    from spymaster.charts.frame import Part

BARS = 104
"""Width of a ladder, px."""


def ladder(day: LevelDay, frame: Frame) -> alt.HConcatChart:
    """Return what was bought at each step in the last minute, and what dealers trade there."""
    import altair as alt

    look, at = frame.look, frame.clock(day.options_at)
    flow = [
        *_bars(day.options, "long_share_60s", 1, look.up),
        *_bars(day.options, "short_share_60s", -1, look.down),
    ]
    hedge = _bars(day.options, "hedge_naive_all", 1, look.dim)
    whence = "last touch" if day.touches else "the end"
    parts = [
        _ladder(day, frame, flow, [f"Options, minute to {at} ({whence})", "← short | long →"], "%"),
        _ladder(day, frame, hedge, ["Dealers' futures per $1 of a rise", "← sell | buy →"], "+.0f"),
    ]
    return alt.hconcat(*parts, spacing=10)


def _bars(rows: list[Row], what: str, sign: int, color: str) -> list[Row]:
    return [
        {"low": row["low"], "high": row["high"], "value": sign * row[what], "color": color}
        for row in rows
        if row[what] is not None
    ]


def _ladder(day: LevelDay, frame: Frame, bars: list[Row], title: list[str], form: str) -> Part:
    import altair as alt

    ends = reach(day, widened=True)
    most = max((abs(bar["value"]) for bar in bars), default=1.0) or 1.0
    x = alt.X(
        "value:Q",
        scale=alt.Scale(domain=[-most, most], nice=False),
        axis=alt.Axis(title=None, tickCount=3, format=form, grid=False),
    )
    y = alt.Y("low:Q", scale=alt.Scale(domain=list(ends), nice=False), axis=None)
    bars_of = [{**bar, "zero": 0.0} for bar in bars]
    drawn = (
        alt.Chart(frame.tables.add(bars_of, "low", "high", "value", "color", "zero"))
        .mark_rect(clip=True, height={"band": 1})
        .encode(
            x=x,
            x2=alt.X2("zero:Q"),
            y=y,
            y2=alt.Y2("high:Q"),
            color=alt.Color("color:N", scale=None),
        )
    )
    words = alt.TitleParams(title[0], subtitle=title[1:], fontSize=TEXT - 1, limit=BARS * 2)
    return drawn.properties(width=BARS, height=TALL, title=words)
