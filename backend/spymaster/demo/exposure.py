"""The demo's options: gamma exposure by strike, and what options press for around each level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from spymaster.demo.page import FAINT, filled, signed
from spymaster.read.exposure import Exposure, Strike, exposure
from spymaster.settings import Settings
from spymaster.warehouse import duck

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

CALLS, PUTS = "blue", "red"
BAR = 13
"""Characters to either side."""
AROUND = 8
"""Strikes shown to either side of the forward, and out to the walls."""
LADDERS = """
    with seen as (
        select
            levels_5s.level_id,
            max(levels_5s.bucket_end) as last,
            max(touches.bucket_end) as came
        from pressure.levels_5s
        left join pressure.touches using (level_id)
        group by levels_5s.level_id
    )
    select
        level_id, bucket_end, came is not null, pressure_5s.price, gex_share, gex_net_ratio,
        long_short_pressure_60s, vol_demand_60s, long_short_pressure_60s_support
    from options.pressure_5s
    inner join seen using (level_id)
    where expiry_set = 'all' and bucket_end = coalesce(came, last)
    order by level_id, pressure_5s.price desc
"""
LEGEND = (
    ("gamma", "share of the chain's within a strike of this price"),
    ("net", "calls' less puts' of it; above 0 dealers damp moves, below 0 they feed them"),
    ("long/short", "calls bought and puts sold against the opposite, contracts of a minute"),
    ("vol", "options bought against sold, the same minute"),
    ("n", "contracts traded in that minute"),
)


@dataclass(frozen=True)
class Rung:
    """A price of a level's ladder; what is null in SQL is None."""

    price: float
    gamma_share: float | None
    net: float | None
    long_short: float | None
    vol_demand: float | None
    traded: float | None


@dataclass(frozen=True)
class Ladder:
    """The options around a level when price last came to it, or as the window closed."""

    level_id: str
    at: datetime
    """Local."""
    has_come: bool
    rungs: tuple[Rung, ...]
    """From above."""


def read_exposure(connection: duck.Connection, session: date) -> Exposure | None:
    """Return the exposure as the window closes."""
    return exposure(connection, session, datetime.max)


def read_ladders(connection: duck.Connection, settings: Settings) -> list[Ladder]:
    """Return a ladder for each level that has been used."""
    rows = connection.execute(LADDERS).fetchall()
    ladders = []
    for (level_id, at, has_come), own in groupby(rows, key=lambda row: row[:3]):
        local = settings.local(at)
        rungs = tuple(Rung(*row[3:]) for row in own)
        ladders.append(Ladder(level_id, local, has_come, rungs))
    return ladders


def strikes(found: Exposure | None, settings: Settings) -> Iterator[RenderableType]:
    """Yield calls and puts of each strike as bars, with what stands out beside them."""
    from rich.text import Text

    if found is None:
        yield Text("\nNo gamma exposure", "bold")
        return
    at = settings.local(found.at)
    yield Text(f"\nGamma exposure by strike, {at:%H:%M:%S}, $ million per 1 %\n", "bold")
    yield _bars(found)


def _bars(found: Exposure) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style=FAINT)
    for name in ("strike", "puts".rjust(BAR), "calls".ljust(BAR), "net", ""):
        table.add_column(name, no_wrap=True, justify="right" if name == "net" else "left")
    shown = _shown(found)
    most = max(max(strike.calls, strike.puts) for strike in shown) or 1.0
    for strike in sorted(shown, key=lambda each: -each.price):
        table.add_row(
            f"{strike.price:.0f}",
            Text(leftward(strike.puts / most, BAR), PUTS),
            Text(filled(strike.calls / most, BAR), CALLS),
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
    reach = max(abs(price - found.forward) for price in (found.call_wall, found.put_wall))
    reach = max(reach, AROUND * found.step) + found.step / 2
    return [each for each in found.strikes if abs(each.price - found.forward) <= reach]


def _marks(found: Exposure, strike: Strike) -> Iterator[str]:
    for name, price in found.marks.items():
        if found.nearest(price) == strike.price:
            is_wall = name.endswith("wall")
            yield name if is_wall else f"{name} {price:.2f}"


def ladders(found: list[Ladder]) -> Iterator[RenderableType]:
    """Yield a table for each level, and what its columns say."""
    from rich.table import Table
    from rich.text import Text

    yield Text("\nOptions around each level, a strike apart, all expiries\n", "bold")
    legend = Table.grid(padding=(0, 2, 0, 0))
    for name, meaning in LEGEND:
        legend.add_row(name, meaning, style=FAINT)
    yield legend
    for ladder in found:
        when = "when price last came" if ladder.has_come else "price did not come, at the end"
        yield Text.assemble("\n", (ladder.level_id, "bold"), f"  {ladder.at:%H:%M:%S}, {when}")
        yield _rungs(ladder)


def _rungs(ladder: Ladder) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=FAINT)
    for name in ("price", "gamma", "net", "long/short", "vol", "n"):
        table.add_column(name, no_wrap=True, justify="right")
    for rung in ladder.rungs:
        table.add_row(
            f"{rung.price:.2f}",
            "-" if rung.gamma_share is None else f"{rung.gamma_share:.1%}",
            signed(rung.net),
            signed(rung.long_short),
            signed(rung.vol_demand),
            "-" if rung.traded is None else f"{rung.traded:.0f}",
        )
    return table
