"""What the replay adds up, against sums of what the plain Python book says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from hypothesis import given
from hypothesis import strategies as st

import streams
from book.orders import GRID, to_records
from drawn import examples
from reference import book
from reference.records import Record
from spymaster.book.arrays import TALLY, rows
from spymaster.book.replay import CELLS, Room, replay
from spymaster.book.state import State

many = examples(100)
SUMS = TALLY.names[3:] if TALLY.names else ()
AGES_NS = {"500ms": 500_000_000, "5s": 5_000_000_000, "60s": 60_000_000_000}
COUNTED = ("add", "pull", "fill")
Place = tuple[int, str, int]
"""Bucket, side and tick."""


def tallied(told: Sequence[Record], sizes: Sequence[int]) -> tuple[dict[Place, Counter[str]], int]:
    """Return the sums of all records, taken in calls of so many, and how many rows they were."""
    state, records, start, n_rows = State(GRID), to_records(told), 0, 0
    found: dict[Place, Counter[str]] = defaultdict(Counter)
    for number, size in enumerate(sizes, start=1):
        part = rows(records, start, start + size)
        start += size
        for row in replay(state, part, is_end=number == len(sizes)).tallies:
            key = int(row["bucket_no"]), "bid" if row["is_bid"] else "ask", int(row["tick"])
            found[key].update({name: int(row[name]) for name in SUMS})
            n_rows += 1
    return found, n_rows


def by_python(told: Iterable[Record]) -> dict[Place, Counter[str]]:
    """Return the same of the plain Python book."""
    found: dict[Place, Counter[str]] = defaultdict(Counter)
    for one in book.changes(told):
        bucket = max((one.ts_recv - GRID.origin_ns) // GRID.bucket_ns + 1, 0)
        left_ns = min(GRID.origin_ns + bucket * GRID.bucket_ns - one.ts_recv, GRID.bucket_ns)
        sums = found[bucket, one.side, one.tick]
        sums[f"{one.kind}_qty"] += one.qty
        if one.kind in COUNTED:
            sums[f"n_{one.kind}"] += 1
        if one.kind == "pull":
            sums.update(
                {
                    f"pull_{age}_qty": one.qty
                    for age, ns in AGES_NS.items()
                    if (one.age_ns or 0) >= ns
                }
            )
        sums["n_unknown"] += one.is_unknown
        sums["orders_delta"] += one.orders_delta
        sums["delta_ns"] += one.delta * left_ns
    return found


@many
@given(told=streams.streams(acts=80, ticks=3, crossed=True, steps_back=True), data=st.data())
def test_sums_are_those_of_the_plain_book_however_records_are_cut(
    told: list[Record], data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, len(told) + 1))
    found, _ = tallied(told, [size] * -(-len(told) // size))
    assert same(found) == same(by_python(told))


def test_a_table_that_is_full_begins_anew_and_loses_nothing() -> None:
    ticks = [*range(3 * CELLS), *range(CELLS), *range(3 * CELLS)]
    told = [
        Record(at, "A", "B", 250_000_000 * (tick + 1), 1 + at % 7, 128, at, GRID.origin_ns, at)
        for at, tick in enumerate(ticks)
    ]
    found, n_rows = tallied(told, [len(told)])
    assert same(found) == same(by_python(told))
    assert 3 * CELLS < n_rows <= len(told)


@many
@given(told=streams.streams(acts=80, ticks=3, crossed=True, steps_back=True))
def test_sums_do_not_depend_on_whether_changes_are_kept(told: list[Record]) -> None:
    kept, dropped = (
        replay(State(GRID), to_records(told), is_end=True, room=Room(2_000, keeps=keeps))
        for keeps in (True, False)
    )
    assert dropped.tallies.tolist() == kept.tallies.tolist()
    assert len(dropped.changes) == 0


def test_an_order_is_as_old_as_an_age_from_its_very_nanosecond_on() -> None:
    ages_ns = [ns - is_short for ns in AGES_NS.values() for is_short in (0, 1)]
    acts = [(at, *act) for at, ns in enumerate(ages_ns) for act in (("A", 0), ("C", ns))]
    told = [
        Record(at, action, "B", 4_800_000_000_000, 1, 128, ts_event, GRID.origin_ns + row, row)
        for row, (at, action, ts_event) in enumerate(acts)
    ]
    ((_, sums),) = tallied(told, [len(told)])[0].items()
    assert [sums[f"pull_{age}_qty"] for age in AGES_NS] == [5, 3, 1]


def test_what_comes_to_one_place_in_a_call_is_one_row() -> None:
    told = [
        Record(at, "A", "B", 4_800_000_000_000, 1, 128, at, GRID.origin_ns + at, at)
        for at in range(1_000)
    ]
    found, n_rows = tallied(told, [len(told)])
    assert (n_rows, [one["add_qty"] for one in found.values()]) == (1, [1_000])


def same(sums: dict[Place, Counter[str]]) -> dict[Place, dict[str, int]]:
    return {key: {name: one[name] for name in SUMS} for key, one in sums.items()}
