"""Pressure in SQL against pressure in plain Python: integers to the lot, ratios to 1e-12."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given

from drawn import examples, usual
from pressure import expected
from pressure.harness import END, LARGE_QTY, START, Found, Levels, Pressure, pressure, wide
from pressure.markets import DENSE, LEVELS, market, seeds
from reference.book import changes
from reference.buckets import BUCKET_NS, trades_5s
from reference.cells import Level
from reference.markets import observe
from reference.orders import behind
from reference.records import F_LAST, Record
from reference.scribe import BASE_TICK
from reference.test_cells import said

TOLERANCE = 1e-12
long = examples(300)

SECOND = 1_000_000_000
QUOTES = [said("A", 91, "B", -1, 2), said("A", 92, "A", 1, 2)]
WALK = (-7, -8, -3, -2, 1, -7, -1, 8, 3, 2, 9, -20, 15, -1, -7, -8, 1, 7, 0, 30, 31, 2, 1, 0)
"""Ticks from the level, bucket by bucket."""
CORNERS = {
    "a tenth of the depth exactly, at one end each": [
        *[said("A", 91, "B", -1, 1), said("A", 92, "A", 1, 1), said("A", 93, "B", -6, 9)],
        *[said("A", 94, "A", 7, 8), said("M", 94, "A", 7, 9, 0), said("M", 93, "B", -6, 8, 0)],
    ],
    "flow and depth on both sides of where bands 5 and 6 meet, and where 6 ends": [
        *QUOTES,
        *[
            said("A", n, side, sign * k, 3 + n % 4, n % 3 - 1)
            for side, sign, first in (("A", 1, 1), ("B", -1, 11))
            for n, k in enumerate((19, 20, 21, 22, 39, 40, 41), first)
        ],
        *[said("C", n, "A", 18 + n, 0, SECOND) for n in (2, 3)],
        *[said("C", n, "B", -8 - n, 0, SECOND) for n in (12, 13)],
        *[said("M", n, "A", 20, 4, 2 * SECOND) for n in (1, 4)],
    ],
    "orders again in the last ns of soon and after, of a size a tenth off and more": [
        *QUOTES,
        *[said("A", n, "A", k, 20) for n, k in ((1, 3), (2, 4), (3, 5))],
        *[
            replace(said(action, n, "A", k, 20, 0), flags=flags)
            for n, k in ((1, 3), (2, 4), (3, 5))
            for action, flags in (("F", 0), ("C", F_LAST))
        ],
        said("A", 4, "A", 3, 22, 300_000_000),
        said("A", 5, "A", 4, 20, 300_000_001),
        said("A", 6, "A", 5, 23, 300_000_000),
    ],
    "an order that trades away in parts, and one of its id that comes before it goes": [
        *QUOTES,
        *[said("A", 1, "A", 3, 6), said("A", 2, "A", 3, 6)],
        *[replace(said("F", 1, "A", 3, 4, 0), flags=0), said("M", 1, "A", 3, 2, 0)],
        said("A", 3, "A", 3, 6, 1),
        *[replace(said("F", 1, "A", 3, 2, 2), flags=0), said("C", 1, "A", 3, 2, 2)],
        *[said("A", 1, "A", 3, 6, 3), said("A", 4, "A", 3, 2, 3)],
    ],
    "an even number of ages, and large pulls to the lot": [
        *QUOTES,
        *[said("A", n, "B", -2, n, -n * SECOND) for n in (9, 5, 4, 3)],
        *[said("C", n, "B", -2, 0, n) for n in (3, 4)],
    ],
    "orders at rest when the book is cleared, and their ids again": [
        *QUOTES,
        said("A", 1, "B", -2, 5),
        replace(said("R", 0, "N", 0, 0, 6 * SECOND), price=2**63 - 1),
        *[said("A", 1, "B", -3, 2, 12 * SECOND), said("M", 1, "A", 3, 2, 20 * SECOND)],
        *[said("C", 1, "A", 3, 1, 26 * SECOND), said("C", 1, "A", 3, 1, 40 * SECOND)],
    ],
}


def test_both_derivations_agree_on_every_number_of_the_dense_market() -> None:
    compare(pressure(), market(DENSE))


@pytest.mark.thorough
@usual
@given(seeds)
def test_both_derivations_agree_on_every_number(seed: int) -> None:
    """Around one of the levels."""
    name = list(LEVELS)[seed % len(LEVELS)]
    compare(pressure(), market(seed), {name: LEVELS[name]})


@pytest.mark.slow
@long
@given(seeds)
def test_both_derivations_agree_on_many_markets(seed: int) -> None:
    compare(pressure(), market(seed, acts=300))


def test_price_arrives_turns_too_early_passes_in_one_bucket_and_comes_back() -> None:
    compare(pressure(), numbered(walk(WALK)), {"FIXED": [Level("FIXED", BASE_TICK)]})
    found = pressure().found("pressure.touches")
    # from the second minute on it is so wild that 15 ticks are not away
    assert [(key[0] - START) // BUCKET_NS for key in found] == [4, 10, 12, 13]  # type: ignore[operator]


def test_an_empty_book_has_every_row_and_no_value() -> None:
    silence = Record(0, "N", "N", 0, 0, F_LAST, START, START, 0)
    built = pressure().around([silence], LEVELS)
    cells = built.found("pressure.cells_5s", "FIXED")
    assert len(cells) == 26 * 24
    assert {row["depth_end"] for row in cells.values()} == {0}
    assert {row["reach"] for row in cells.values()} == {1.0}
    states = built.found("pressure.states_5s", "FIXED")
    assert {row["net"] for row in states.values()} == {None}
    assert {row["code"] for row in states.values()} == {0}


@pytest.mark.parametrize("corner", CORNERS)
def test_a_corner_is_the_same_in_both_derivations(corner: str) -> None:
    compare(pressure(), numbered(CORNERS[corner]), {"FIXED": [Level("FIXED", BASE_TICK)]})


def test_a_reach_of_exactly_a_fifth_is_enough() -> None:
    """Of asks: 1 and then 7 of 20 ticks, none of 4 and 8 of 20, 4 of 20."""
    level = {"FIXED": [Level("FIXED", BASE_TICK)]}
    rising = [said("A", 1, "B", 39, 1), said("A", 2, "A", 40, 3), said("M", 1, "B", 33, 1, 0)]
    compare(pressure(), numbered(rising), level)
    ratios = pressure().found("pressure.ratios_5s")
    first = START + BUCKET_NS
    assert ratios[first, "ask", "above", 6]["reach"] == 0.2
    assert ratios[first, "ask", "above", 6]["pull_intensity"] == 0
    compare(pressure(), numbered([said("A", 1, "B", 32, 1), said("A", 2, "A", 40, 3)]), level)
    contrasts = pressure().found("pressure.contrasts_5s")
    assert contrasts[first, "gradient", "ask", "above", 5]["reach"] == 0.2
    assert contrasts[first, "gradient", "ask", "above", 5]["depth_contrast"] == -1
    high = [said("A", 1, "B", 16, 1), said("A", 2, "A", 18, 1), said("A", 3, "A", 20, 1, 0)]
    compare(pressure(), numbered(high), level)
    assert pressure().found("pressure.states_5s")[(first,)]["ask_above_drain"] == -1


def test_a_level_that_comes_back_does_not_know_where_price_was() -> None:
    gone = [
        Level("GONE", BASE_TICK, START, START + 4 * BUCKET_NS),
        Level("GONE", BASE_TICK, START + 6 * BUCKET_NS),
    ]
    compare(pressure(), numbered(walk(6 * [-9] + [0, 0, 9, 0])), {"GONE": gone})
    approach = [row["approach"] for row in pressure().found("pressure.states_5s").values()]
    assert approach[:8] == 4 * ["from_below"] + 2 * [None] + 2 * ["from_above"]


def test_prices_are_those_of_where_the_level_stands() -> None:
    built = wide().around(numbered(walk(WALK)), {"MOVING": LEVELS["MOVING"]})
    stood = {
        START + n * BUCKET_NS: row.tick * 0.25
        for row in LEVELS["MOVING"]
        for n in range(1, 25)
        if row.known_at_ns <= START + (n - 1) * BUCKET_NS < (row.valid_to_ns or END)
    }
    for relation in ("levels_5s", "states_5s", "features_5s"):
        rows = built.rows(f"select bucket_end, price from pressure.{relation}")
        assert {row["bucket_end"]: row["price"] for row in rows} == stood
    touches = built.found("pressure.touches")
    assert touches
    assert all(row["price"] == stood[end_ns] for (end_ns,), row in touches.items())
    for (end_ns, offset), row in built.found("pressure.ladder_5s").items():
        assert row["price"] == stood[end_ns] + offset


def walk(mids: Sequence[int]) -> list[Record]:
    """Return a market whose mid is so many ticks from the level, or half a tick more."""
    return [
        *QUOTES,
        *[
            said("M", order_id, side, mid + way, 2, n * BUCKET_NS)
            for n, mid in enumerate(mids)
            for order_id, side, way in ((91, "B", -1), (92, "A", 1 + n % 3 // 2))
        ],
    ]


def numbered(records: list[Record]) -> list[Record]:
    """Return records in file order."""
    return [replace(record, row_no=n) for n, record in enumerate(records)]


def compare(built: Pressure, records: list[Record], levels: Levels = LEVELS) -> None:
    """Compare every relation around every level."""
    built.around(records, levels)
    # an event that the end of the window cuts is accounted for as if it ended there
    known = [record for record in records if record.ts_recv < END]
    moments, trades = observe(known, START, END), trades_5s(known, START, END)
    orders = behind(known, list(changes(known)), [moment.end_ns for moment in moments])
    agree("touch_5s", built.found("pressure.touch_5s"), expected.touch(moments))
    agree("imbalance_5s", built.found("pressure.imbalance_5s"), expected.quoted(moments))
    for level_id, rows in levels.items():
        for relation, wanted in {
            "cells_5s": expected.cells(moments, rows),
            "ratios_5s": expected.ratios(moments, rows),
            "orders_5s": expected.orders(moments, rows, orders, LARGE_QTY),
            "profiles_5s": expected.profiles(moments, rows),
            "contrasts_5s": expected.contrasted(moments, rows),
            "tape_5s": expected.taped(moments, rows, trades),
            "states_5s": expected.states(moments, rows),
            "ladder_5s": expected.ladder(moments, rows),
            "touches": expected.touched(moments, levels, trades, level_id),
            "phases_5s": expected.phased(moments, levels, trades, level_id),
        }.items():
            agree(relation, built.found(f"pressure.{relation}", level_id), wanted)


def agree(relation: str, found: Found, wanted: expected.Found) -> None:
    """Compare the columns that the reference derives."""
    assert found.keys() == wanted.keys(), relation
    wrong = [
        f"{relation} {key} {name}: SQL has {found[key][name]}, the reference {value}"
        for key, row in wanted.items()
        for name, value in row.items()
        if not _same(found[key][name], value)
    ]
    assert not wrong, "\n".join(wrong[:5])


def _same(found: object, wanted: object) -> bool:
    if isinstance(found, float) and isinstance(wanted, float | int):
        return abs(found - wanted) <= TOLERANCE * max(1.0, abs(wanted))
    return found == wanted
