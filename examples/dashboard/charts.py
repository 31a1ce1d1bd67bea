"""The dashboard's pictures, over frames as ``catalog.py`` gives them."""

from __future__ import annotations

import altair as alt
import pandas as pd

UP, DOWN, LEVEL = "#1a85b8", "#d1495b", "#e09f3e"
"""What presses up and down, and the level: told apart by every kind of sight."""
TIME = alt.Axis(format="%H:%M", title=None, labelFlush=True)
LEFT = {"minExtent": 56, "maxExtent": 56}
"""Charts below each other share their left edge."""


def pressure_strip(ladder: pd.DataFrame, states: pd.DataFrame, ink: str) -> alt.Chart:
    """Return price over the pressure of each $1 step around a level, half a minute a column."""
    prices = pd.concat([ladder["low"], ladder["high"], states["mid"]])
    reach = alt.Scale(domain=[prices.min(), prices.max()], nice=False)
    steps = (
        alt.Chart(ladder)
        .mark_rect()
        .encode(
            x=alt.X("bin_start:T", axis=TIME),
            x2="bin_end:T",
            y=alt.Y("low:Q", scale=reach, axis=alt.Axis(title="points", **LEFT)),
            y2="high:Q",
            color=alt.Color(
                "pressure:Q",
                scale=alt.Scale(domain=[-1, 0, 1], range=[DOWN, "#8882", UP]),
                legend=alt.Legend(
                    title="presses down or up", orient="top", gradientLength=160, titleOrient="left"
                ),
            ),
            tooltip=[
                alt.Tooltip("bin_start:T", format="%H:%M:%S", title="from"),
                alt.Tooltip("offset:Q", title="step, $ from level"),
                alt.Tooltip("pressure:Q", format="+.2f"),
            ],
        )
    )
    lines = alt.Chart(states).encode(x="bucket_end:T")
    mid = lines.mark_line(color=ink, strokeWidth=1.4).encode(y=alt.Y("mid:Q", scale=reach))
    level = lines.mark_line(color=LEVEL, strokeWidth=1.6, strokeDash=[6, 3])
    return (steps + level.encode(y=alt.Y("level:Q", scale=reach)) + mid).properties(height=360)


def state(states: pd.DataFrame, name: str, color: str) -> alt.Chart:
    """Return net or vacuum over time: its half-minute mean over every bucket's own value."""
    base = alt.Chart(states).encode(x=alt.X("bucket_end:T", axis=TIME))
    reach = max(0.25, 1.2 * states[f"{name}_30s"].abs().max())
    scale = alt.Scale(domain=[-reach, reach], nice=False)
    axis = alt.Axis(title=name, tickCount=5, **LEFT)
    each = base.mark_line(strokeWidth=0.6, opacity=0.35, color=color, clip=True)
    mean = base.mark_line(strokeWidth=1.8, color=color).encode(
        y=f"{name}_30s:Q",
        tooltip=[
            alt.Tooltip("bucket_end:T", format="%H:%M:%S", title="bucket end"),
            alt.Tooltip(f"{name}:Q", format="+.2f"),
            alt.Tooltip(f"{name}_30s:Q", format="+.2f", title="mean of 30 s"),
        ],
    )
    zero = alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(opacity=0.4).encode(y="at:Q")
    shown = zero + each.encode(y=alt.Y(f"{name}:Q", scale=scale, axis=axis)) + mean
    return shown.properties(height=130)


def exposure(strikes: pd.DataFrame, level: float, price: float, ink: str) -> alt.Chart:
    """Return gamma exposure by strike, calls to the right and puts to the left."""
    tall = strikes.assign(calls=strikes["gex_call"] / 1e6, puts=-strikes["gex_put"] / 1e6).melt(
        id_vars="strike", value_vars=["calls", "puts"], var_name="of", value_name="millions"
    )
    bars = (
        alt.Chart(tall)
        .mark_bar(size=6, orient="horizontal")
        .encode(
            y=alt.Y("strike:Q", scale=alt.Scale(zero=False, nice=False, padding=8), title="strike"),
            x=alt.X("millions:Q", title="$ million per 1 %"),
            color=alt.Color(
                "of:N",
                scale=alt.Scale(domain=["calls", "puts"], range=[UP, DOWN]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=["strike:Q", "of:N", alt.Tooltip("millions:Q", format="+,.1f")],
        )
    )
    marks = pd.DataFrame({"at": [level, price], "is": ["level", "price"]})
    rules = (
        alt.Chart(marks)
        .mark_rule(strokeDash=[6, 3], strokeWidth=1.4)
        .encode(
            y="at:Q",
            color=alt.Color("is:N", scale=alt.Scale(range=[LEVEL, ink]), legend=None),
        )
    )
    layers = alt.layer(bars, rules).resolve_scale(color="independent")
    return layers.properties(height=620)
