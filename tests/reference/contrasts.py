"""One cell against another, and trades around a level, in plain Python.

A second derivation of ``pressure.contrasts_5s`` and ``pressure.tape_5s``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from reference.buckets import Row
from reference.cells import CELLS, Level, Moment, reach, ticks_of
from reference.families import FLOWS, Ratio, balance
from reference.features import LEAST_REACH

Cell = tuple[str, str, int]
"""Side, zone, band."""
QUANTITIES = FLOWS | {"depth": ("depth_end",), "orders": ("orders_end",)}
OTHER_SIDE = {"bid": "ask", "ask": "bid"}
OTHER_ZONE = {"above": "below", "below": "above", "at": "at"}


def pairs() -> Iterator[tuple[tuple[str, str, str, int], Cell, Cell]]:
    """Yield contrast, side, zone and band of every pair, and its two cells.

    >>> len(list(pairs()))
    49
    """
    for side, zone, band in CELLS:
        first = side, zone, band
        if side == "ask":
            yield ("mirror", *first), first, ("bid", OTHER_ZONE[zone], band)
        elif band:
            yield ("side", *first), first, ("ask", zone, band)
        if band:
            inner = (side, zone, band - 1) if band > 1 else (side, "at", 0)
            yield ("gradient", side, zone, band - 1), inner, first


def contrasts(
    moment: Moment, level: Level, rows: Iterable[Row], band_ticks: int = 4
) -> Iterator[tuple[tuple[str, str, str, int], dict[str, Ratio]]]:
    """Yield the contrasts of the 26 cells of one bucket."""
    cells = {(row["side"], row["zone"], row["band"]): row for row in rows}
    reaches = {
        cell: reach(moment, cell[0], ticks_of(cell[1], cell[2], level.tick, band_ticks))
        for cell in cells
    }
    for key, first, second in pairs():
        found = {}
        for name, columns in QUANTITIES.items():
            a, b = (sum(cells[cell][column] for column in columns) for cell in (first, second))
            value, support = balance(a, b)
            is_reached = Fraction(reaches[first] + reaches[second]) / 2 >= LEAST_REACH
            found[f"{name}_contrast"] = (value if is_reached else None), support
        yield key, found


def tape(trades: Iterable[Row], level: Level, band_ticks: int = 4) -> dict[str, Ratio]:
    """Return who crossed the spread in one bucket, everywhere and within $1 of the level."""
    lots = dict.fromkeys(("buy", "sell", "near_buy", "near_sell", "through", "into"), 0)
    for trade in trades:
        k = trade["tick"] - level.tick
        for way, sign in (("buy", 1), ("sell", -1)):
            qty = trade[f"{way}_qty"]
            lots[way] += qty
            if abs(k) <= band_ticks:
                lots[f"near_{way}"] += qty
                lots["through" if k * sign > 0 else "into"] += qty
    return {
        "buy_sell": balance(lots["buy"], lots["sell"]),
        "buy_sell_near": balance(lots["near_buy"], lots["near_sell"]),
        "through_into": balance(lots["through"], lots["into"]),
    }
