"""What option flow made dealers trade in the future, minute by minute and since the evening."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from spymaster.charts.frame import MARGIN, Frame
from spymaster.charts.look import Look
from spymaster.warehouse import duck
from spymaster.warehouse.relations import rows_of

if TYPE_CHECKING:
    import altair as alt

    from spymaster.charts.frame import Part

MINUTES = """
    select
        time_bucket(interval 1 minute, bucket_end - interval 5 seconds) as start,
        sum(hedge_futures) as traded,
        arg_max(hedge_call_sum, bucket_end) as calls,
        arg_max(hedge_put_sum, bucket_end) as puts,
        arg_max(hedge_sum, bucket_end) as both
    from options.hedge_5s({session})
    where expiry_set = {expiry_set}
    group by start
    order by start
"""
SUMS = ("calls", "puts", "both")
DASHES = {"calls": [6, 3], "puts": [2, 3], "both": [1, 0]}
"""A second code beside the name at the end of each line."""
WIDTH, BARS, LINES = 800, 150, 130
"""Of both, and their heights, px."""
MINUTE = timedelta(minutes=1)
Minute = dict[str, Any]


def minutes(connection: duck.Connection, session: date, expiry_set: str) -> list[Minute]:
    """Return a row for each minute, times UTC, futures positive where dealers bought."""
    query = MINUTES.format(session=duck.literal(session), expiry_set=duck.literal(expiry_set))
    return rows_of(connection, query)


def hedge(rows: list[Minute], zone: ZoneInfo, look: Look) -> alt.VConcatChart:
    """Return each minute's futures as bars over what has come together since the evening."""
    import altair as alt

    first: datetime = rows[0]["start"]
    frame = Frame(first, rows[-1]["start"] + MINUTE, zone, WIDTH, look)
    chart = alt.vconcat(_bars(rows, frame), _lines(rows, frame), spacing=8)
    chart.config, chart.datasets = look.config, frame.tables
    return chart


def _bars(rows: list[Minute], frame: Frame) -> Part:
    import altair as alt

    look = frame.look
    bars = [
        {
            "start": frame.ms(row["start"]),
            "end": frame.ms(row["start"] + MINUTE),
            "traded": row["traded"],
            "zero": 0.0,
            "color": look.up if row["traded"] > 0 else look.down,
        }
        for row in rows
        if row["traded"] is not None
    ]
    return (
        alt.Chart(frame.tables.add(bars, "start", "end", "traded", "zero", "color"))
        .mark_rect()
        .encode(
            x=frame.x("start"),
            x2=alt.X2("end:T"),
            y=alt.Y("traded:Q", axis=_axis("futures a minute")),
            y2=alt.Y2("zero:Q"),
            color=alt.Color("color:N", scale=None),
        )
        .properties(
            width=frame.width, height=BARS, title="Dealers bought (above 0) and sold, each minute"
        )
    )


def _lines(rows: list[Minute], frame: Frame) -> Part:
    import altair as alt

    points = [
        {"at": frame.ms(row["start"] + MINUTE), "held": row[name], "of": name}
        for name in SUMS
        for row in rows
        if row[name] is not None
    ]
    base = alt.Chart(frame.tables.add(points, "at", "held", "of")).encode(
        x=frame.x("at", title=frame.city), y=alt.Y("held:Q", axis=_axis("futures"))
    )
    names = alt.Scale(domain=list(SUMS), range=[DASHES[name] for name in SUMS])
    lines = base.mark_line(color=frame.look.ink, strokeWidth=1.5).encode(
        strokeDash=alt.StrokeDash("of:N", scale=names, legend=None)
    )
    last = [max((p for p in points if p["of"] == name), key=lambda p: p["at"]) for name in SUMS]
    labels = (
        alt.Chart(frame.tables.add(last, "at", "held", "of"))
        .mark_text(align="left", dx=6, color=frame.look.ink)
        .encode(
            x=frame.x("at", title=frame.city),
            y=alt.Y("held:Q", axis=_axis("futures")),
            text=alt.Text("of:N"),
        )
    )
    title = "Added up since the overnight open: for calls, for puts, for both"
    return alt.layer(lines, labels, width=frame.width, height=LINES, title=title)


def _axis(title: str) -> alt.Axis:
    import altair as alt

    return alt.Axis(title=title, minExtent=MARGIN, maxExtent=MARGIN, format="+,.0f", tickCount=5)
