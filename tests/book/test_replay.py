"""The compiled replay against the plain Python book: any stream, any cut, to the lot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import streams
from book.orders import GRID, Row, by_python, listed, merged, replayed, to_records
from drawn import examples
from reference.book import Book
from reference.records import F_LAST, F_SNAPSHOT, Record
from spymaster.book.arrays import CHANGE, REST, TALLY, rows
from spymaster.book.relations import GIVES
from spymaster.book.replay import Room, replay
from spymaster.book.state import State, load, save
from spymaster.errors import DataError
from spymaster.units import UNDEF_PRICE

INTEGERS = {
    "BIGINT": "int64",
    "INTEGER": "int32",
    "TINYINT": "int8",
    "UBIGINT": "uint64",
    "UTINYINT": "uint8",
    "BOOLEAN": "bool",
}
"""Of numpy, for those of DuckDB."""
many = examples(100)
crowded = examples(2_000)
STREAMS = streams.streams(acts=80, ticks=3, crossed=True, steps_back=True)


def whole(told: list[Record]) -> tuple[list[Row], list[Row]]:
    return replayed(to_records(told), [len(told)], State(GRID))


def cut(told: list[Record], size: int) -> tuple[list[Row], list[Row]]:
    return replayed(to_records(told), [size] * -(-len(told) // size), State(GRID))


@many
@given(STREAMS)
def test_every_change_is_the_same_in_both_derivations(told: list[Record]) -> None:
    assert merged(whole(told)[0]) == by_python(told)


@pytest.mark.slow
@crowded
@given(streams.streams(acts=200, ticks=3, crossed=True, steps_back=True))
def test_many_crowded_streams_are_the_same_in_both_derivations(told: list[Record]) -> None:
    assert merged(whole(told)[0]) == by_python(told)


@many
@given(STREAMS)
def test_batches_of_one_and_of_37_give_the_rows_of_the_whole_in_its_order(
    told: list[Record],
) -> None:
    assert cut(told, 1) == cut(told, 37) == whole(told)


@examples(20)
@given(streams.streams(acts=25, ticks=3, crossed=True, steps_back=True))
def test_a_cut_at_any_place_changes_nothing(told: list[Record]) -> None:
    wanted, records = whole(told), to_records(told)
    for place in range(len(told) + 1):
        assert replayed(records, [place, len(told) - place], State(GRID)) == wanted


@many
@given(told=STREAMS, data=st.data())
def test_a_state_that_was_saved_goes_on_as_if_it_had_not_been(
    told: list[Record], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = data.draw(st.integers(0, len(told)))
    records, path = to_records(told), tmp_path_factory.mktemp("state") / "state.npz"
    done = replay(State(GRID), rows(records, 0, place))
    before = listed(done.changes), listed(done.rests)
    save(done.state, path)
    done = replay(load(path), rows(records, place, None), is_end=True)
    assert (before[0] + listed(done.changes), before[1] + listed(done.rests)) == whole(told)


@many
@given(STREAMS)
def test_what_rests_at_the_end_and_what_was_ignored_is_that_of_the_plain_book(
    told: list[Record],
) -> None:
    state, book = State(GRID), Book()
    replayed(to_records(told), [len(told)], state)
    for record in told:
        book.feed(record)
    book.flush()
    found = {
        int(order["order_id"]): (bool(order["is_bid"]), int(order["tick"]), int(order["size"]))
        for order in state.resting
    }
    assert found == {i: (o.side == "bid", o.tick, o.size) for i, o in book.resting.items()}
    assert (state.n_resting, state.n_ignored) == (len(found), book.n_ignored)


def rested_at_ends(told: list[Record]) -> Iterator[tuple[int, Row]]:
    """Which orders the plain book holds at the end of each bucket that something comes after."""
    ends = [GRID.origin_ns + n * GRID.bucket_ns for n in range(1, 40)]
    latest = 0
    for number, end in enumerate(ends, start=1):
        book, earlier = Book(), []
        latest = 0
        for record in told:
            latest = max(latest, record.ts_recv)
            if latest < end:
                earlier.append(record)
        for record in earlier:
            book.feed(record)
        book.flush()
        for order_id, order in book.resting.items():
            yield number, (order_id, order.side == "bid", order.tick, order.size, order.start_ns)


@examples(40)
@given(streams.streams(acts=60, ticks=3, crossed=True, steps_back=True))
def test_rests_are_the_orders_of_the_plain_book_at_ends_of_buckets(told: list[Record]) -> None:
    found = set()
    for seq, order_id, entered_at, qty, tick, first, last, is_bid in whole(told)[1]:
        assert seq >= 0
        for number in range(first, (39 if last == -1 else last) + 1):
            one = number, (order_id, is_bid, tick, qty, entered_at)
            assert one not in found
            found.add(one)
    assert {one for one in found if one[0] < 40} == set(rested_at_ends(told))


def test_an_event_longer_than_any_batch_waits_whole() -> None:
    told = [replace(one, flags=one.flags & ~128) for one in streams.by_chance(5, acts=1_500)]
    assert cut(told, 64) == whole(told)
    assert merged(whole(told)[0]) == by_python(told)


def test_thousands_of_orders_rest_and_leave_in_any_order() -> None:
    rng = np.random.default_rng(3)
    ids = rng.integers(1, 2**63, 20_000, dtype=np.uint64)
    told = [
        Record(int(i), "A", "B", 4_800_000_000_000, 1, 128, at, GRID.origin_ns + at, at)
        for at, i in enumerate(ids)
    ]
    left = rng.permutation(ids)[:15_000]
    told += [
        Record(int(i), "C", "B", 4_800_000_000_000, 1, 128, at, GRID.origin_ns + at, at)
        for at, i in enumerate(left, start=len(told))
    ]
    state = State(GRID)
    changes, _ = replayed(to_records(told), [len(told)], state)
    assert len(changes) == 35_000
    assert set(state.resting["order_id"].tolist()) == set(ids.tolist()) - set(left.tolist())
    assert len(state.orders) == 1 << 16


def test_room_that_is_used_again_holds_the_next_answer() -> None:
    told = to_records(streams.by_chance(1, acts=300))
    wanted = [listed(replay(State(GRID), told).changes)]
    used = Room(1)
    for _ in range(2):
        assert [listed(replay(State(GRID), told, room=used).changes)] == wanted


def test_a_snapshot_of_a_later_day_replaces_the_book_though_nothing_cleared_it() -> None:
    day_ns, price, ask = 86_400_000_000_000, 4_800_000_000_000, 4_800_250_000_000
    start = GRID.origin_ns
    told = [
        Record(1, "A", "B", price, 3, F_LAST, start, start, 0),
        Record(2, "A", "A", ask, 2, F_LAST, start, start, 1),
        Record(7, "A", "B", price, 5, F_SNAPSHOT, start, start + day_ns, 2),
        Record(2, "A", "A", ask, 4, F_SNAPSHOT | F_LAST, start, start + day_ns, 3),
    ]
    changes = merged(whole(told)[0])
    assert changes == by_python(told)
    kinds = sorted(key[1] for key in changes if key[-1] != "rows")
    assert kinds == ["add", "add", "clear", "clear", "snapshot", "snapshot"]


@pytest.mark.parametrize(("off_e9", "tick"), [(0, 0), (125_000_000, 0), (125_000_001, 1)])
def test_a_trade_between_two_ticks_counts_at_the_nearest_of_two_as_near_the_lower(
    off_e9: int, tick: int
) -> None:
    price = 4_800_000_000_000
    told = [Record(9, "F", "B", price + off_e9, 3, F_LAST, 1, GRID.origin_ns, 0)]
    ((_, kind, _, found, *_), _) = merged(whole(told)[0])
    assert (kind, found) == ("unknown_fill", price // GRID.tick_e9 + tick)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"price": 4_800_100_000_000}, "price 4800.1 is not a multiple of the tick size 0.25"),
        ({"row_no": 0}, "records are out of file order: seq .* comes after"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, int], message: str) -> None:
    told = streams.by_chance(0, acts=30)
    add = next(one for one in told[2:] if one.action == "A")
    wrong = [replace(one, **change) if one is add else one for one in told]
    with pytest.raises(DataError, match=message):
        whole(wrong)


@pytest.mark.parametrize("action", ["A", "M", "C"])
def test_an_order_without_a_price_is_named_with_its_place(action: str) -> None:
    start = GRID.origin_ns
    told = [
        Record(7, "A", "B", 4_800_000_000_000, 3, F_LAST, start, start, 0),
        Record(8, action, "B", UNDEF_PRICE, 3, F_LAST, start, start, 41),
    ]
    with pytest.raises(DataError) as raised:
        whole(told)
    assert str(raised.value) == (
        "record 41 of 2024-03-05, order 8: price is undefined (the vendor's UNDEF_PRICE),"
        " not a multiple of the tick size 0.25"
    )


REAL = {
    "glbx/esh4-20231225.mbo.dbn.zst": 11_217,
    "glbx/esm4-20240508.mbo.dbn.zst": 13_598,
}


@pytest.mark.parametrize(("name", "n_resting"), REAL.items())
def test_real_records_are_the_same_in_both_derivations(
    shared_data: Path, name: str, n_resting: int
) -> None:
    told = streams.read(shared_data / name)
    state = State(GRID)
    records = to_records(told)
    changes, _ = replayed(records, [10_000] * -(-len(told) // 10_000), state)
    assert merged(changes) == by_python(told)
    assert replayed(records, [len(told)], State(GRID))[0] == changes
    assert state.n_resting == n_resting


def test_columns_that_are_written_have_the_promised_types() -> None:
    for gives, written in (("changes", CHANGE), ("rests", REST), ("tallies", TALLY)):
        promised = {name: INTEGERS[kind] for name, kind in GIVES[gives].items()}
        assert {name: written[name].name for name in written.names or ()} == promised
