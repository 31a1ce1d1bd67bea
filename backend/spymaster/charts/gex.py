"""Gamma exposure by strike at one moment: calls right, puts left, net, and what stands out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from spymaster.charts.apart import apart
from spymaster.charts.frame import Tables
from spymaster.charts.look import LARGE, SMALL, TEXT, Look
from spymaster.charts.spans import city
from spymaster.read.exposure import Exposure, Future, Strike

if TYPE_CHECKING:
    import altair as alt

    from spymaster.charts.frame import Part

SHOWN = 0.93
"""Share of the gross exposure that the picture reaches out to."""
STRIKE_PX = 13
"""Height of a strike, px; a picture of many is not taller than ``TALLEST``."""
TALLEST = 900
THICKNESS = 0.8
"""Share of a strike's height that its bar takes."""
WIDTH = 640
MILLION = 1e6
Marks = dict[str, float]


def gex(
    found: Exposure, title: str, zone: ZoneInfo, look: Look, expiry_set: str
) -> alt.VConcatChart:
    """Return the picture of an exposure, with what its numbers are made of said above it."""
    import altair as alt

    strikes, tables = within_reach(found), Tables()
    marks = {_named(name, found): price for name, price in found.marks.items()}
    at = found.at.replace(tzinfo=UTC).astimezone(zone)
    said = [
        f"{at:%Y-%m-%d %H:%M:%S} {city(zone)}, expiries: "
        f"{expiry_set}. Net {found.net / MILLION:+,.0f}, gross {found.gross / MILLION:,.0f} "
        "$ million per 1 %.",
        "Naive sign: dealers long calls (right, +), short puts (left, -). Where net is above 0 they"
        " damp moves, below 0 they feed them.",
        *_sources(found.futures),
    ]
    tall = min(STRIKE_PX * len(strikes), TALLEST)
    words = alt.TitleParams(title, subtitle=said, fontSize=LARGE, subtitlePadding=4)
    chart = bars(found, strikes, marks, look, tables, (WIDTH, tall), words)
    # alone in a column: who embeds a single view may set its width, and labels stand beside it
    whole = alt.vconcat(chart)
    whole.config, whole.datasets = look.config, tables
    return whole


def bars(
    found: Exposure,
    strikes: Sequence[Strike],
    marks: Marks,
    look: Look,
    tables: Tables,
    size: tuple[int, int],
    title: alt.TitleParams,
    *,
    names: bool = True,
) -> Part:
    """Return bars of every strike, and marks by what they are called at their price."""
    import altair as alt

    width, height = size
    half = found.step / 2
    ends = (strikes[0].price - half, strikes[-1].price + half)
    x, y = _values(strikes), _prices(ends, named=names)
    rows = _bars(strikes, THICKNESS * half, look)
    drawn = (
        alt.Chart(tables.add(rows, "low", "high", "value", "zero", "color"))
        .mark_rect(clip=True)
        .encode(
            x=x,
            x2=alt.X2("zero:Q"),
            y=y,
            y2=alt.Y2("high:Q"),
            color=alt.Color("color:N", scale=None),
        )
    )
    nets = [{"low": each.price, "value": each.net / MILLION} for each in strikes]
    net = (
        alt.Chart(tables.add(nets, "low", "value"))
        .mark_tick(
            orient="vertical", color=look.ink, thickness=2, size=0.75 * height / len(strikes)
        )
        .encode(x=x, y=y)
    )
    parts = [drawn, net, *_marks(marks, look, tables, ends, y, size)]
    return alt.layer(*parts, width=width, height=height, title=title)


def _prices(ends: tuple[float, float], *, named: bool) -> alt.Y:
    """Return the axis of strikes from one end to another."""
    import altair as alt

    return alt.Y(
        "low:Q",
        scale=alt.Scale(domain=list(ends), nice=False, zero=False),
        axis=alt.Axis(
            title="strike, points of the session's contract" if named else None,
            grid=False,
            format=".0f",
        ),
    )


def _values(strikes: Sequence[Strike]) -> alt.X:
    """Return the axis of gamma, as long to both sides, so that 0 stands in the middle."""
    import altair as alt

    # 1 where no strike has any: an axis from 0 to 0 has no place for a bar
    most = max(max(each.calls, each.puts) for each in strikes) / MILLION or 1.0
    return alt.X(
        "value:Q",
        scale=alt.Scale(domain=[-1.05 * most, 1.05 * most], nice=False),
        axis=alt.Axis(title="← puts | $ million per 1 % | calls →", tickCount=5, format="+,.0f"),
    )


def within_reach(found: Exposure, share: float = SHOWN) -> list[Strike]:
    """Return the strikes nearest to the forward that hold nearly all, and what is marked."""

    def distance(price: float) -> float:
        return abs(price - found.forward)

    reach, held = max(map(distance, found.marks.values())), 0.0
    for strike in sorted(found.strikes, key=lambda each: distance(each.price)):
        if held >= share * found.gross:
            break
        held += strike.calls + strike.puts
        reach = max(reach, distance(strike.price))
    return [strike for strike in found.strikes if distance(strike.price) <= reach + found.step]


def _bars(strikes: Sequence[Strike], half: float, look: Look) -> Iterator[dict[str, float | str]]:
    for each in strikes:
        for value, color in ((each.calls, look.up), (-each.puts, look.down)):
            yield {
                "low": each.price - half,
                "high": each.price + half,
                "value": value / MILLION,
                "zero": 0.0,
                "color": color,
            }


def _marks(
    marks: Marks,
    look: Look,
    tables: Tables,
    ends: tuple[float, float],
    y: alt.Y,
    size: tuple[int, int],
) -> Iterator[Part]:
    """Yield a line at each price that stands out, and its name at the right edge."""
    import altair as alt

    width, height = size
    seen = sorted((price, name) for name, price in marks.items() if ends[0] <= price <= ends[1])
    places = apart([price for price, _ in seen], (SMALL + 4) * (ends[1] - ends[0]) / height)
    rows = [
        {"low": price, "stands": place, "name": f"{name} {price:.2f}"}
        for (price, name), place in zip(seen, places, strict=True)
    ]
    base = alt.Chart(tables.add(rows, "low", "stands", "name"))
    yield base.mark_rule(strokeDash=[4, 3], color=look.dim).encode(y=y)
    yield base.mark_text(align="left", fontSize=TEXT, color=look.ink).encode(
        x=alt.value(width + 6), y=alt.Y("stands:Q"), text=alt.Text("name:N")
    )


def _named(name: str, found: Exposure) -> str:
    """Return what a mark is called; the forward by its future, and what others are there."""
    own = [each.symbol for each in found.futures if each.forward == found.forward]
    return f"forward {own[0]}" if name == "forward" and own else name


def _sources(futures: Sequence[Future]) -> Iterator[str]:
    """Yield of which day the open interest is, and at what price each future stands."""
    days = sorted(
        {str(day) for each in futures for day in (each.interest_from, each.interest_to) if day}
    )
    yield f"Open interest of {' to '.join(days[:: max(len(days) - 1, 1)]) or 'no day'}."
    said = (
        f"{each.symbol} {each.forward:.2f} ({'quote' if each.is_quoted else 'implied by options'})"
        for each in futures
    )
    more = ", strikes of others stand at the nearest of the first" if len(futures) > 1 else ""
    yield f"Forwards: {', '.join(said)}{more}."
