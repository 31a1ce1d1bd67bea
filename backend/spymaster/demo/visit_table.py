"""The demo's table of visits: net around each arrival, and what left on either side, as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from spymaster.blocks import block, filled
from spymaster.demo.visits import MINUTE, Visit

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

UP, DOWN, FAINT = "blue", "yellow", "dim"
"""What favours up and down, as on the screen; terminals have no orange that all of them show."""
FLOWS = ("asks", "bids")
WIDE = 112
"""Characters from which on there is room for numbers beside the bars."""


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

    def shown(at: int) -> str:
        value = values.get(at)
        return " " if value is None else block(value, scale)

    before = "".join(map(shown, range(1 - MINUTE, 1)))
    after = "".join(map(shown, range(1, MINUTE + 1)))
    return f"{before}│{after}"


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
