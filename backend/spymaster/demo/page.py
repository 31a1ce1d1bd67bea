"""The demo's page: what it says on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from spymaster.demo.visits import ANSWER_S, MINUTE, Visit, Watched

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

BLOCKS = "▁▂▃▄▅▆▇█"
PARTS = " ▏▎▍▌▋▊▉█"
UP, DOWN, FAINT = "blue", "yellow", "dim"
"""What favours up and down, as on the screen; terminals have no orange that all of them show."""
FLOWS = ("asks", "bids")
WIDE = 112
"""Characters from which on there is room for numbers beside the bars."""
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


class Visits:
    """A table of the visits to one level, or its head; a wide one says in numbers too."""

    def __init__(self, visits: Sequence[Visit], scale: float) -> None:
        self.visits, self.scale = visits, scale

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table that fits the console."""
        from rich.table import Table

        is_wide = options.max_width >= WIDE
        table = Table(
            box=None,
            padding=(0, 2 if is_wide else 1, 0, 0),
            pad_edge=False,
            header_style=FAINT,
            show_header=not self.visits,
        )
        bar, named = (14, ("asks above pulled", "bids below pulled")) if is_wide else (7, FLOWS)
        before_after = "before".rjust(MINUTE) + "│after"
        width = bar + 5 if is_wide else bar
        for name, wide in (
            *(("time", 8), ("", 1), ("net", 5), ("vacuum", 6), (before_after, 2 * MINUTE + 1)),
            *((name, width) for name in named),
            *(("next", 6), ("hidden", 6)),
        ):
            right = name in ("net", "vacuum")
            table.add_column(name, no_wrap=True, width=wide, justify="right" if right else "left")
        for visit in self.visits:
            table.add_row(*self._cells(visit, bar, with_number=is_wide))
        yield table

    def _cells(self, visit: Visit, width: int, *, with_number: bool) -> list[RenderableType]:
        return [
            f"{visit.at:%H:%M:%S}",
            "↑" if visit.from_below else "↓",
            signed(visit.net),
            signed(visit.vacuum),
            sparkline(visit.nets, self.scale),
            _bar(visit.asks_pulled, width, UP, with_number=with_number),
            _bar(visit.bids_pulled, width, DOWN, with_number=with_number),
            visit.answer or "-",
            visit.planted or "-",
        ]


def sparkline(values: Mapping[int, float | None], scale: float) -> str:
    """Return a minute before and a minute after arrival, bucket by bucket; gaps where null.

    >>> sparkline({-1: -0.5, 0: 0.0, 1: 0.5, 2: None, 3: 0.1}, 0.5)
    '          ▁▅│█ ▅         '
    """

    def block(value: float | None) -> str:
        if value is None:
            return " "
        at = (value / scale + 1) / 2 * len(BLOCKS)
        return BLOCKS[min(max(int(at), 0), len(BLOCKS) - 1)]

    before = "".join(block(values.get(at)) for at in range(1 - MINUTE, 1))
    after = "".join(block(values.get(at)) for at in range(1, MINUTE + 1))
    return f"{before}│{after}"


def filled(share: float, width: int) -> str:
    """Return the filled part of a bar, to an eighth of a character.

    >>> filled(0.5, 3), filled(0, 3), filled(1, 3)
    ('█▌', '', '███')
    """
    whole, eighths = divmod(round(share * width * 8), 8)
    return "█" * whole + (PARTS[eighths] if eighths else "")


def _bar(share: float | None, width: int, color: str, *, with_number: bool) -> RenderableType:
    from rich.text import Text

    if share is None:
        return Text("-", FAINT)
    done = filled(share, width)
    number = f" {share:4.0%}" if with_number else ""
    return Text.assemble((done, color), ("·" * (width - len(done)), FAINT), number)


def signed(value: float | None) -> str:
    """Return a number with its sign, a dash where there is none."""
    return "-" if value is None else f"{value:+.2f}"


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
