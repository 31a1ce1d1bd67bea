"""What came of every touch, in words above the time at which price came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spymaster.charts.apart import apart
from spymaster.charts.day import LevelDay
from spymaster.charts.frame import Frame
from spymaster.charts.look import SMALL, Look
from spymaster.setups.touches import Touch

if TYPE_CHECKING:
    from spymaster.charts.frame import Part

LANE = 74
"""Height, px."""
TURNED_PX = SMALL + 3
"""Room that a word takes which stands on its end."""


def lane(day: LevelDay, frame: Frame) -> Part:
    """Return what came of every touch, in words that stand where price came."""
    import altair as alt

    places = apart([frame.px(touch.at) for touch in day.touches], TURNED_PX)
    rows = [
        {
            "at": frame.ms(touch.at),
            "stands": frame.ms_at(place),
            "foot": 1.0,
            "top": 0.85,
            "word": came(touch),
            "color": _direction(touch, frame.look),
        }
        for touch, place in zip(day.touches, places, strict=True)
    ]
    base = alt.Chart(frame.tables.add(rows, "at", "stands", "foot", "top", "word", "color"))
    y = alt.Y("foot:Q", scale=alt.Scale(domain=[0, 1]), axis=None)
    x = frame.x("at", labels=False, grid=False).axis(None)
    leaders = base.mark_rule(color=frame.look.faint).encode(
        x=x, x2=alt.X2("stands:T"), y=y, y2=alt.Y2("top:Q")
    )
    said = base.mark_text(
        angle=270, align="right", baseline="middle", fontSize=SMALL, fontWeight="bold"
    ).encode(
        x=frame.x("stands", labels=False, grid=False).axis(None),
        y=alt.Y("top:Q"),
        text=alt.Text("word:N"),
        color=alt.Color("color:N", scale=None),
    )
    return alt.layer(leaders, said, width=frame.width, height=LANE, view={"stroke": None})


def came(touch: Touch) -> str:
    """Return what came of a touch as a picture marks it."""
    if touch.outcome:
        return touch.outcome.upper()
    return (touch.why or "not judged").replace("_", " ")


def _direction(touch: Touch, look: Look) -> str:
    """Return the colour of where price went."""
    if touch.outcome not in ("break", "reject"):
        return look.dim
    return look.up if (touch.outcome == "break") == touch.from_below else look.down
