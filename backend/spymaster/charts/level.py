"""The picture of a level: price against it, the book around it, and what came of each touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from spymaster.charts import arrivals, gex, heat, strips
from spymaster.charts.beside import BARS, ladder
from spymaster.charts.day import LevelDay
from spymaster.charts.frame import Frame
from spymaster.charts.look import LARGE, Look
from spymaster.read.exposure import Exposure

if TYPE_CHECKING:
    import altair as alt

WIDTH = 800
SHOWN = 0.75
"""Share of the gross gamma that is shown beside; the walls are always."""
STRIKES = (2 * BARS - 20, 330)
"""Size of the strikes beside, px."""


def level(
    day: LevelDay, found: Exposure | None, zone: ZoneInfo, look: Look, *, options: bool = True
) -> alt.TopLevelMixin:
    """Return the picture of a level over a span.

    Parameters
    ----------
    found : Exposure
        The gamma beside it.
    options : bool
        Whether options stand beside; where they have a place of their own they need not.
    """
    import altair as alt

    frame = Frame(day.start, day.end, zone, WIDTH, look)
    left = [heat.lean(day, frame)]
    if day.touches:
        left.append(arrivals.lane(day, frame))
    if heat.has(day, "share"):
        left.append(heat.resting(day, frame))
    left += [strips.net(day, frame), strips.vacuum(day, frame)]
    apart = alt.Resolve(scale=alt.ScaleResolveMap(color="independent"))
    column = alt.vconcat(*left, spacing=8, resolve=apart)
    beside = [_options(day, found, frame)] if options and day.options else []
    chart: Any = alt.hconcat(column, *beside, spacing=16)
    words = alt.TitleParams(title(day, frame), subtitle=said(day), fontSize=LARGE)
    chart.title, chart.config, chart.datasets = words, look.config, frame.tables
    return chart


def _options(day: LevelDay, found: Exposure | None, frame: Frame) -> alt.VConcatChart:
    import altair as alt

    steps = ladder(day, frame)
    if found is None:
        return alt.vconcat(steps)
    marks = {day.level_id: day.states[-1]["level"], **found.marks}
    words = alt.TitleParams(
        f"Gamma by strike at {frame.clock(found.at)}",
        subtitle="dealers long calls, short puts; tick: net",
    )
    near = gex.within_reach(found, SHOWN)
    strikes = gex.bars(found, near, marks, frame.look, frame.tables, STRIKES, words, names=False)
    return alt.vconcat(steps, strikes, spacing=24)


def title(day: LevelDay, frame: Frame) -> str:
    """Return which level of which contract and day, at what price, by whose clock."""
    prices = [row["level"] for row in day.states]
    low, high = f"{min(prices):.2f}", f"{max(prices):.2f}"
    price = low if low == high else f"{low} to {high}"
    start, end = (frame.clock(at).removesuffix(":00") for at in (day.start, day.end))
    span = f"{start} to {end} {frame.city}"
    return f"{day.level_id} {price}, {day.contract}, {day.session:%A %Y-%m-%d}, {span}"


def said(day: LevelDay) -> str:
    """Return how often price came, and what the words below the heat mean."""
    if not day.touches:
        return "Price did not come to the level."
    barriers = [touch.barrier_ticks for touch in day.touches if touch.barrier_ticks is not None]
    far = " to ".join(map(str, sorted({min(barriers), max(barriers)}))) if barriers else "some"
    times = "once" if len(day.touches) == 1 else f"{len(day.touches)} times"
    if not day.touches[0].given:
        return f"Price came {times}. No outcomes were computed."
    return (
        f"Price came {times}. Within {day.touches[0].given}: BREAK, it"
        f" went {far} ticks on before as far back; REJECT, back first; CHOP, neither."
    )
