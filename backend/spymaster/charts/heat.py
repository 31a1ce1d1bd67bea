"""The book around a level over time: which way each step leans, and where size rests."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from spymaster.charts.apart import apart
from spymaster.charts.day import LevelDay, Row
from spymaster.charts.frame import MARGIN, Frame
from spymaster.charts.look import LEAN_END, SHARE_END, SMALL, TEXT

if TYPE_CHECKING:
    import altair as alt

    from spymaster.charts.frame import Part

TALL, LOW = 340, 150
"""Heights of the two heats, px."""
NEAR = 5.0
"""Shown around a level without a ladder, points."""
WIDEST = 2.0
"""Most that the prices of the picture reach, against those of the ladder."""
POINTS = 800
"""Most points of a line."""
BESIDE = 8
"""From a level to the middle of a touch's triangle, px."""
NEXT_TO = 6
"""From the right edge to a label, px."""


def reach(day: LevelDay, *, widened: bool) -> tuple[float, float]:
    """Return from where to where the prices of a heat go, points.

    All of the ladder, where one was built; widened to where price was, within reason.
    """
    edges = [row[edge] for row in day.heat for edge in ("low", "high")]
    edges = edges or [row["level"] + side for row in day.states for side in (-NEAR, NEAR)]
    low, high = min(edges), max(edges)
    room = (WIDEST - 1) * (high - low) / 2
    mids = [row["mid"] for row in day.states if row["mid"] is not None]
    if widened and mids:
        low = min(low, max(min(mids), low - room))
        high = max(high, min(max(mids), high + room))
    return low, high


def has(day: LevelDay, what: str) -> bool:
    """Return whether the ladder says anywhere what a heat shows, ``lean`` or ``share``."""
    return any(row[what] is not None for row in day.heat)


def lean(day: LevelDay, frame: Frame) -> Part:
    """Return price over the lean of every step, with the levels and when price came to this one."""
    import altair as alt

    look = frame.look
    ends = reach(day, widened=True)
    scale = alt.Scale(
        domain=[-LEAN_END, 0, LEAN_END],
        range=[look.down, look.ground, look.up],
        interpolate="rgb",
        clamp=True,
    )
    cells = _cells(day, frame, "lean", ends).encode(
        color=alt.Color("lean:Q", scale=scale, legend=None)
    )
    parts = [cells, *_lines(day, frame, ends), *_labels(day, frame, ends)]
    title = (
        "Book of the last minute, step by step: blue favours up (asks pulled, bids added), "
        f"orange favours down; full from a lean of {LEAN_END} on"
        if has(day, "lean")
        else "Price and levels; pressure.ladder_5s says nothing of the book around them here"
    )
    return alt.layer(*parts, width=frame.width, height=TALL, title=title)


def resting(day: LevelDay, frame: Frame) -> Part:
    """Return what rests on every step of the ladder, as a share of all of it."""
    import altair as alt

    look = frame.look
    ends = reach(day, widened=False)
    scale = alt.Scale(
        domain=[0, SHARE_END], range=[look.ground, look.ink], interpolate="rgb", clamp=True
    )
    cells = _cells(day, frame, "share", ends).encode(
        color=alt.Color("share:Q", scale=scale, legend=None)
    )
    title = f"Where size rests: share of the ladder's depth, black from {SHARE_END:.0%} on"
    if look.name == "dark":
        title = title.replace("black", "white")
    parts = [cells, *_lines(day, frame, ends, around=False)]
    return alt.layer(*parts, width=frame.width, height=LOW, title=title)


def _cells(day: LevelDay, frame: Frame, what: str, ends: tuple[float, float]) -> Part:
    import altair as alt

    rows = [
        row | {"start": frame.ms(row["column_start"]), "end": frame.ms(row["column_end"])}
        for row in day.heat
        if row[what] is not None
    ]
    return (
        alt.Chart(frame.tables.add(rows, "start", "end", "low", "high", what))
        .mark_rect(clip=True)
        .encode(
            x=frame.x("start"),
            x2=alt.X2("end:T"),
            y=_price("low", ends),
            y2=alt.Y2("high:Q"),
        )
    )


def _price(field: str, ends: tuple[float, float]) -> alt.Y:
    import altair as alt

    scale = alt.Scale(domain=list(ends), nice=False, zero=False)
    axis = alt.Axis(title="points", minExtent=MARGIN, maxExtent=MARGIN, format=".2f", grid=False)
    return alt.Y(f"{field}:Q", scale=scale, axis=axis)


def _lines(
    day: LevelDay, frame: Frame, ends: tuple[float, float], *, around: bool = True
) -> Iterator[Part]:
    """Yield price in a casing, the level, the others dashed, and the touches."""
    import altair as alt

    look = frame.look
    moving: dict[str, Any] = {"x": frame.x("at"), "y": _price("price", ends)}
    if around:
        others = frame.tables.add(_others(day, frame), "at", "price", "line")
        yield (
            alt.Chart(others)
            .mark_line(strokeDash=[5, 4], strokeWidth=1.2, color=look.dim, clip=True)
            .encode(**moving, detail=alt.Detail("line:N"))
        )
    every = -(-len(day.states) // POINTS)
    thin = day.states[::-every][::-1]
    level = frame.tables.add(_path(thin, frame, "level"), "at", "price")
    mids = alt.Chart(frame.tables.add(_path(thin, frame, "mid"), "at", "price")).encode(**moving)
    yield alt.Chart(level).mark_line(strokeWidth=2, color=look.ink, clip=True).encode(**moving)
    yield mids.mark_line(strokeWidth=4.5, color=look.ground, clip=True)
    yield mids.mark_line(strokeWidth=1.6, color=look.ink, clip=True)
    yield _touches(day, frame, ends, TALL if around else LOW)


def _path(states: list[Row], frame: Frame, what: str) -> list[Row]:
    return [
        {"at": frame.ms(row["bucket_end"]), "price": row[what]}
        for row in states
        if row[what] is not None
    ]


def _others(day: LevelDay, frame: Frame) -> Iterator[Row]:
    """Yield the ends of the straight pieces of every other level."""
    for name, own in groupby(day.others, key=lambda row: row["level_id"]):
        for price, piece in groupby(own, key=lambda row: row["price"]):
            rows = list(piece)
            for at in (rows[0]["column_start"], rows[-1]["bucket_end"]):
                yield {"at": frame.ms(at), "price": price, "line": name}


def _touches(day: LevelDay, frame: Frame, ends: tuple[float, float], height: int) -> Part:
    import altair as alt

    look = frame.look
    points_per_px = (ends[1] - ends[0]) / height
    level = {row["bucket_end"]: row["level"] for row in day.states}
    rows = [
        {
            "at": frame.ms(touch.at),
            # its point on the level
            "price": level[touch.at] + (-1 if touch.from_below else 1) * BESIDE * points_per_px,
            "shape": "triangle-up" if touch.from_below else "triangle-down",
        }
        for touch in day.touches
    ]
    return (
        alt.Chart(frame.tables.add(rows, "at", "price", "shape"))
        .mark_point(
            size=90, filled=True, color=look.ink, opacity=1, stroke=look.ground, strokeWidth=1.2
        )
        .encode(x=frame.x("at"), y=_price("price", ends), shape=alt.Shape("shape:N", scale=None))
    )


def _labels(day: LevelDay, frame: Frame, ends: tuple[float, float]) -> Iterator[Part]:
    """Yield the names of the lines at the right edge, none over another."""
    import altair as alt

    last = day.states[-1]
    own = f"{day.level_id} {last['level']:.2f}"
    named = {own: last["level"]}
    if last["mid"] is not None:
        named[f"price {last['mid']:.2f}"] = last["mid"]
    ended = {row["level_id"]: row["price"] for row in day.others}
    named |= {f"{name} {price:.2f}": price for name, price in ended.items()}
    inside = sorted((at, name) for name, at in named.items() if ends[0] <= at <= ends[1])
    points_per_px = (ends[1] - ends[0]) / TALL
    places = apart([at for at, _ in inside], (SMALL + 3) * points_per_px)
    rows = [{"price": place, "name": name} for place, (_, name) in zip(places, inside, strict=True)]
    for is_own, style in (
        (True, {"fontSize": TEXT, "fontWeight": "bold"}),
        (False, {"fontSize": SMALL}),
    ):
        shown = [row for row in rows if (row["name"] == own) == is_own]
        yield (
            alt.Chart(frame.tables.add(shown, "price", "name"))
            .mark_text(align="left", color=frame.look.ink, **style)
            .encode(
                x=alt.value(frame.width + NEXT_TO), y=_price("price", ends), text=alt.Text("name:N")
            )
        )
