"""The demo's options: gamma exposure at the strikes that hold most of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from spymaster.blocks import filled
from spymaster.demo.visit_table import DOWN, FAINT, UP
from spymaster.read.exposure import Exposure, Strike, exposure
from spymaster.settings import Settings
from spymaster.warehouse import duck

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

BAR = 13
"""Characters to either side."""
STRIKES = 8
"""Those that hold most."""


def read_exposure(connection: duck.Connection, session: date) -> Exposure | None:
    """Return the exposure as the window closes."""
    return exposure(connection, session, datetime.max)


def strikes(found: Exposure | None, settings: Settings) -> Iterator[RenderableType]:
    """Yield calls and puts of each strike as bars, with what stands out beside them."""
    from rich.text import Text

    if found is None:
        yield Text("\nNo gamma exposure", "bold")
        return
    at = settings.local(found.at)
    yield Text(f"\nGamma at the strikes that hold most, {at:%H:%M:%S}, $ million per 1 %", "bold")
    yield _bars(found)


def _bars(found: Exposure) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style=FAINT)
    for name in ("strike", "puts".rjust(BAR), "calls".ljust(BAR), "net", ""):
        table.add_column(name, no_wrap=True, justify="right" if name == "net" else "left")
    shown = _shown(found)
    most = max(max(strike.calls, strike.puts) for strike in shown) or 1.0
    for strike in shown:
        table.add_row(
            f"{strike.price:.0f}",
            Text(leftward(strike.puts / most, BAR), DOWN),
            Text(filled(strike.calls / most, BAR), UP),
            f"{strike.net / 1e6:+,.0f}",
            ", ".join(_marks(found, strike)),
        )
    return table


def leftward(share: float, width: int) -> str:
    """Return a bar that grows to the left, to half a character.

    >>> leftward(0.5, 3), leftward(0, 3), leftward(1, 3)
    (' ▐█', '   ', '███')
    """
    whole, half = divmod(round(share * width * 2), 2)
    return ("▐" * half + "█" * whole).rjust(width)


def _shown(found: Exposure) -> list[Strike]:
    """Return the strikes that hold most, and those that are marked."""
    marked = {found.nearest(price) for price in found.marks.values()}
    largest = sorted(found.strikes, key=lambda each: -max(each.calls, each.puts))
    rest = [each for each in largest if each.price not in marked]
    named = [each for each in largest if each.price in marked]
    return sorted([*named, *rest[: STRIKES - len(named)]], key=lambda each: -each.price)


def _marks(found: Exposure, strike: Strike) -> Iterator[str]:
    for name, price in found.marks.items():
        if found.nearest(price) == strike.price:
            is_wall = name.endswith("wall")
            yield name if is_wall else f"{name} {price:.2f}"
