"""The demo's page: what it says on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from spymaster.demo.visit_table import FAINT, Visits, signed
from spymaster.demo.visits import ANSWER_S, Watched

if TYPE_CHECKING:
    from rich.console import RenderableType

LEGEND = (
    ("↑ ↓", "price came from below, from above"),
    ("net", "above 0 the road up opens, below 0 the road down"),
    ("vacuum", "above 0 both sides leave, below 0 both stack"),
    ("before│after", "net of five seconds, a minute each, ▁ is -{0:.2f} and █ is {0:.2f}"),
    ("asks", "within $5 above: pulled, of all that was pulled and added"),
    ("bids", "the same within $5 below; half a bar is balance"),
    ("next", "what price did first in {1} minutes: $2 beyond, $2 back or neither"),
    ("hidden", "what the simulator had drawn, hid in the orders, and made price do"),
    ("", "net, vacuum, asks and bids are of the minute after arrival"),
)
"""What is what; {0} is the end of the scale, {1} how long price is given."""


def insight(session: date, levels: Sequence[Watched], worth: str) -> Iterator[RenderableType]:
    """Yield what came to which level, which side left, what happened, and what that was worth."""
    from rich.text import Text

    came = [(visit, level) for level in levels for visit in level.visits]
    yield Text(f"\n{session}, invented: price came {len(came)} times to its levels\n", "bold")
    if strongest := _strongest(levels):
        visit = strongest.visits[_strongest_at(strongest)]
        side = "below" if visit.from_below else "above"
        said = (
            f"At {visit.at:%H:%M:%S} price came from {side} to {strongest.level_id} at"
            f" {visit.price:.2f}. In the minute after, {_side('asks above', visit.asks_pulled)},"
            f" {_side('bids below', visit.bids_pulled)}: the road"
            f" {'up' if (visit.net or 0) > 0 else 'down'} opened, net {signed(visit.net)}. "
        )
        yield Text.assemble(said, (f"What price did: {visit.answer}.", "bold"))
    yield Text(worth)


def _strongest(levels: Sequence[Watched]) -> Watched | None:
    """Return the level with the visit of the largest net, up or down, that had an answer."""
    told = [level for level in levels if _answered(level)]
    return max(
        told, key=lambda level: abs(level.visits[_strongest_at(level)].net or 0), default=None
    )


def _strongest_at(level: Watched) -> int:
    return max(_answered(level), key=lambda at: abs(level.visits[at].net or 0))


def _answered(level: Watched) -> list[int]:
    return [
        at
        for at, visit in enumerate(level.visits)
        if visit.net is not None and visit.answer in ("break", "reject")
    ]


def _side(name: str, pulled: float | None) -> str:
    """Return whether a side left, or was stacked, and how much of its flow that was."""
    if pulled is None:
        return f"{name} did nothing"
    if pulled > 0.5:  # half a bar is balance
        return f"{name} left ({pulled:.0%} pulled)"
    return f"{name} were stacked ({1 - pulled:.0%} added)"


def visits(levels: Sequence[Watched]) -> Iterator[RenderableType]:
    """Yield the visits to every level, in tables that take the width they are given.

    The level of the strongest net comes first, those that price did not come to last.
    """
    from rich.text import Text

    scale, first = _scale(levels), _strongest(levels)
    yield Text()
    yield Visits((), scale)
    for level in sorted(levels, key=lambda one: (one is not first, not one.visits)):
        yield Text.assemble((level.level_id, "bold"), f"  {_where(level)}")
        if level.visits:
            yield Visits(level.visits, scale)


def legend(levels: Sequence[Watched]) -> Iterator[RenderableType]:
    """Yield what is what in the table of visits."""
    from rich.text import Text

    yield Text()
    yield _legend(_scale(levels))


def commands(steps: Iterable[tuple[str, str]]) -> Iterator[RenderableType]:
    """Yield each command below what it shows, as text that can be typed as it is."""
    from rich.text import Text

    yield Text("\nWhere to look next", "bold")
    for shows, command in steps:
        yield Text(shows, FAINT)
        yield command


def _scale(levels: Sequence[Watched]) -> float:
    """The largest net that a sparkline shows."""
    nets = [net for level in levels for visit in level.visits for net in visit.nets.values()]
    return max((abs(net) for net in nets if net is not None), default=0) or 1


def _legend(scale: float) -> RenderableType:
    from rich.table import Table

    table = Table.grid(padding=(0, 2, 0, 0))
    for name, meaning in LEGEND:
        table.add_row(name, meaning.format(scale, ANSWER_S // 60), style=FAINT)
    return table


def _where(level: Watched) -> str:
    low, high = f"{level.low:.2f}", f"{level.high:.2f}"
    place = low if low == high else f"{low} to {high}"
    came = "" if level.visits else ", price did not come"
    if level.shown_at:
        came = f", {'also' if level.visits else 'price came'} with {', '.join(level.shown_at)}"
    return f"at {place}, known {level.known:%H:%M}{came}"
