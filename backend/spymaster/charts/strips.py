"""What net and vacuum say over time, where they say nothing and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from spymaster.charts.apart import hatch
from spymaster.charts.day import LevelDay, Row
from spymaster.charts.frame import MARGIN, Frame
from spymaster.charts.heat import POINTS
from spymaster.charts.look import SMALL, STATE_END
from spymaster.charts.spans import Span

if TYPE_CHECKING:
    import altair as alt

    from spymaster.charts.frame import Part

    Across = Callable[[str], alt.X]
    """From a field to where a layer draws it on the clock."""
    Upward = Callable[[str], alt.Y]

NET, VACUUM = 110, 76
"""Heights, px."""
LETTER_PX = 5.6
"""Width of a letter at ``SMALL``, about."""


def net(day: LevelDay, frame: Frame) -> Part:
    """Return the net of the last minute: blue above 0, orange below."""
    look = frame.look
    title = "Net of the last minute: above 0 the road up opens, below 0 the road down"
    return _strip(day, frame, "net_60s", (look.up, look.down), NET, title, labels=False)


def vacuum(day: LevelDay, frame: Frame) -> Part:
    """Return the vacuum of the last minute, which has no direction."""
    look = frame.look
    title = "Vacuum of the last minute: above 0 both sides leave, below 0 both stack"
    return _strip(day, frame, "vacuum_60s", (look.dim, look.faint), VACUUM, title, labels=True)


def _strip(
    day: LevelDay,
    frame: Frame,
    what: str,
    colors: tuple[str, str],
    height: int,
    title: str,
    *,
    labels: bool,
) -> Part:
    import altair as alt

    scale = alt.Scale(domain=[-STATE_END, STATE_END], nice=False, clamp=True)
    axis = alt.Axis(
        title=None,
        minExtent=MARGIN,
        maxExtent=MARGIN,
        values=[-STATE_END, 0, STATE_END],
        format="+.1f",
        grid=True,
    )

    # every layer says the same of both axes: a reader of the grammar may take any one's word
    def x(field: str) -> alt.X:
        return frame.x(field, title=frame.city if labels else None)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=scale, axis=axis)

    areas = list(_areas(day, frame, what, colors, x, y))
    narrow = {span.words for span in day.undefined if not has_room(span, frame)}
    if not labels and narrow:
        title += f"; hatched: {', '.join(sorted(narrow))}"
    parts = [*_hatched(day.undefined, frame, height, x, y), *areas, _arrivals(day, frame, x)]
    return alt.layer(*parts, width=frame.width, height=height, title=title)


def _areas(
    day: LevelDay, frame: Frame, what: str, colors: tuple[str, str], x: Across, y: Upward
) -> Iterator[Part]:
    """Yield what is above 0 and what is below, each in its colour."""
    import altair as alt

    rows = list(_runs(day.states, frame, what))
    base = alt.Chart(frame.tables.add(rows, "at", "up", "down", "zero", "run"))
    for field, color in zip(("up", "down"), colors, strict=True):
        yield base.mark_area(color=color, opacity=0.9).encode(
            x=x("at"), y=y(field), y2=alt.Y2("zero:Q"), detail=alt.Detail("run:N")
        )


def _runs(states: list[Row], frame: Frame, what: str) -> Iterator[Row]:
    """Yield a number that is there, with the run of buckets that it is of."""
    run = 0
    for before, row in pairwise([None, *states[:: -(-len(states) // POINTS)]]):
        assert row is not None
        value = row[what]
        run += before is None or before[what] is None
        if value is not None:
            at = frame.ms(row["bucket_end"])
            yield {"at": at, "up": max(value, 0), "down": min(value, 0), "zero": 0.0, "run": run}


def _hatched(
    spans: list[Span],
    frame: Frame,
    height: int,
    x: Across,
    y: Upward,
) -> Iterator[Part]:
    """Yield strokes over what is not defined, and the reason where there is room for it."""
    import altair as alt

    def value(px: float) -> float:
        return (px / height - 0.5) * 2 * STATE_END

    strokes = [
        {"x": frame.ms_at(left), "x2": frame.ms_at(right), "y": value(foot), "y2": value(top)}
        for span in spans
        for left, foot, right, top in hatch(frame.px(span.start), frame.px(span.end), float(height))
    ]
    yield (
        alt.Chart(frame.tables.add(strokes, "x", "x2", "y", "y2"))
        .mark_rule(color=frame.look.rule, strokeWidth=1)
        .encode(x=x("x"), x2=alt.X2("x2:T"), y=y("y"), y2=alt.Y2("y2:Q"))
    )
    said = [_reason(span, frame) for span in spans if has_room(span, frame)]
    tall = {"low": value(height / 2 - 2 * SMALL + 5), "high": value(height / 2 + 2 * SMALL - 5)}
    if not said:
        return
    base = alt.Chart(
        frame.tables.add([row | tall for row in said], "x", "left", "right", "low", "high", "word")
    )
    yield base.mark_rect(color=frame.look.ground).encode(
        x=x("left"), x2=alt.X2("right:T"), y=y("low"), y2=alt.Y2("high:Q")
    )
    yield base.mark_text(color=frame.look.dim, fontSize=SMALL, lineBreak="\n").encode(
        x=x("x"), y=alt.value(height / 2 - SMALL / 2), text=alt.Text("word:N")
    )


def has_room(span: Span, frame: Frame) -> bool:
    """Whether the reason fits into its hatch."""
    return frame.px(span.end) - frame.px(span.start) > 2 * _half(span)


def _reason(span: Span, frame: Frame) -> Row:
    middle = (frame.px(span.start) + frame.px(span.end)) / 2
    return {
        "x": frame.ms_at(middle),
        "left": frame.ms_at(middle - _half(span)),
        "right": frame.ms_at(middle + _half(span)),
        "word": _halves(span),
    }


def _half(span: Span) -> float:
    """Half of the width of a reason, px."""
    return (max(map(len, _halves(span).split("\n"))) + 1) * LETTER_PX / 2


def _halves(span: Span) -> str:
    """Return a reason in two lines: asks above, out of reach."""
    words = span.words.split()
    most = (len(words) + 1) // 2 if len(words) < 5 else 2
    return f"{' '.join(words[:most])}\n{' '.join(words[most:])}".strip()


def _arrivals(day: LevelDay, frame: Frame, x: Across) -> Part:
    import altair as alt

    rows = [{"at": frame.ms(touch.at)} for touch in day.touches]
    return (
        alt.Chart(frame.tables.add(rows, "at"))
        .mark_rule(strokeDash=[1, 3], color=frame.look.ink, strokeWidth=1)
        .encode(x=x("at"))
    )
