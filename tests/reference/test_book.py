"""The nine rules of event accounting, each on an example small enough to check by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reference.book import Book, changes
from reference.records import F_LAST, F_SNAPSHOT, Change, Record

BASE = 19_200
SECOND = 1_000_000_000
Said = tuple[Any, ...]


def event(*said: Said, flags: int = 0, at: int = 0) -> list[Record]:
    """One event, a record a second: (action, order id, side, ticks from BASE, size)."""
    records = [
        Record(order_id, action, side, (BASE + tick) * 250_000_000, size, flags, time, time, row)
        for row, (action, order_id, side, tick, size) in enumerate(said, start=at)
        for time in [row * SECOND]
    ]
    return [*records[:-1], replace(records[-1], flags=flags | F_LAST)]


def happened(*events: list[Record]) -> list[Said]:
    """What the last of the events did: kind, qty, side, ticks from BASE, orders delta."""
    book, found = Book(), []
    for records in events:
        found = [change for record in records for change in book.feed(record)] + book.flush()
    return [(c.kind, c.qty, c.side, c.tick - BASE, c.orders_delta) for c in found]


RESTING = event(("A", 1, "B", 0, 5))


def test_an_add_rests_at_its_price() -> None:
    assert happened(RESTING) == [("add", 5, "bid", 0, 1)]


def test_an_add_of_no_size_changes_nothing() -> None:
    assert happened(event(("A", 1, "B", 0, 0))) == []


def test_trades_and_notices_never_change_the_book() -> None:
    assert happened(RESTING, event(("T", 9, "A", 0, 5), ("N", 0, "N", 0, 0))) == []


def test_a_flagged_add_is_a_snapshot() -> None:
    assert happened(event(("A", 1, "A", 3, 2), flags=F_SNAPSHOT)) == [("snapshot", 2, "ask", 3, 1)]


def test_an_add_of_a_resting_id_pulls_all_of_the_old_order_even_beside_a_fill() -> None:
    again = event(("F", 1, "B", 0, 2), ("A", 1, "A", 4, 3))
    assert happened(RESTING, again) == [
        ("pull", 5, "bid", 0, -1),
        ("add", 3, "ask", 4, 1),
        ("hidden_fill", 2, "bid", 0, 0),
    ]


def test_an_add_of_no_size_of_a_resting_id_only_pulls() -> None:
    assert happened(RESTING, event(("A", 1, "B", 0, 0))) == [("pull", 5, "bid", 0, -1)]


@pytest.mark.parametrize("size", [0, 5, 7])
def test_a_cancel_of_nothing_all_or_more_removes_the_order(size: int) -> None:
    assert happened(RESTING, event(("C", 1, "B", 0, size))) == [("pull", 5, "bid", 0, -1)]


def test_a_cancel_of_a_part_leaves_the_rest() -> None:
    assert happened(RESTING, event(("C", 1, "B", 0, 2))) == [("pull", 2, "bid", 0, 0)]


def test_a_cancel_of_an_unknown_id_is_counted_and_moves_nothing() -> None:
    records = event(("C", 4, "A", 1, 3))
    assert list(changes(records)) == [
        Change("unknown_cancel", 3, 0, "ask", BASE + 1, 4, 0, 0, None, 0, True)
    ]


def test_a_modify_of_an_unknown_id_is_an_add() -> None:
    records = event(("M", 4, "A", 1, 3))
    assert list(changes(records)) == [Change("add", 3, 3, "ask", BASE + 1, 4, 0, 0, 0, 1, True)]


def test_a_modify_of_an_unknown_id_to_no_size_changes_nothing() -> None:
    assert happened(event(("M", 4, "A", 1, 0))) == []


@pytest.mark.parametrize(
    "said",
    [
        (("T", 9, "A", 0, 2), ("F", 1, "B", 0, 2), ("M", 1, "B", 0, 3)),
        (("F", 1, "B", 0, 2), ("C", 1, "B", 0, 2)),
        (("C", 1, "B", 0, 2), ("F", 1, "B", 0, 2)),
        (("F", 1, "B", 0, 1), ("M", 1, "B", 0, 3), ("F", 1, "B", 0, 1)),
        (("F", 1, "N", 0, 2), ("M", 1, "B", 0, 3)),
    ],
)
def test_a_partial_fill_is_a_fill_in_every_spelling(said: tuple[Said, ...]) -> None:
    assert happened(RESTING, event(*said)) == [("fill", 2, "bid", 0, 0)]


def test_a_full_fill_takes_the_order_with_it() -> None:
    filled = event(("F", 1, "B", 0, 2), ("F", 1, "B", 0, 3), ("C", 1, "B", 0, 5))
    assert happened(RESTING, filled) == [("fill", 5, "bid", 0, -1)]


def test_a_decrease_beyond_the_fills_is_pulled_and_the_pull_takes_the_order() -> None:
    mixed = event(("F", 1, "B", 0, 2), ("C", 1, "B", 0, 5))
    assert happened(RESTING, mixed) == [("fill", 2, "bid", 0, 0), ("pull", 3, "bid", 0, -1)]


def test_fills_are_consumed_once_in_file_order() -> None:
    twice = event(("M", 1, "B", 0, 4), ("M", 1, "B", 0, 1), ("F", 1, "B", 0, 2))
    assert happened(RESTING, twice) == [
        ("fill", 1, "bid", 0, 0),
        ("fill", 1, "bid", 0, 0),
        ("pull", 2, "bid", 0, 0),
    ]


def test_fills_of_an_earlier_event_are_forgotten() -> None:
    assert happened(RESTING, event(("F", 1, "B", 0, 2)), event(("C", 1, "B", 0, 5))) == [
        ("pull", 5, "bid", 0, -1)
    ]


def test_a_modify_to_no_size_removes_the_order_at_its_old_price() -> None:
    gone = event(("F", 1, "B", 0, 1), ("M", 1, "B", 2, 0))
    assert happened(RESTING, gone) == [("fill", 1, "bid", 0, 0), ("pull", 4, "bid", 0, -1)]


def test_a_modify_to_the_same_price_and_size_changes_nothing() -> None:
    assert happened(RESTING, event(("M", 1, "B", 0, 5))) == []


def test_a_larger_size_is_a_size_up() -> None:
    assert happened(RESTING, event(("M", 1, "B", 0, 8))) == [("size_up", 3, "bid", 0, 0)]


def test_a_larger_size_beside_a_fill_is_a_refill_and_the_fill_was_hidden() -> None:
    refreshed = event(("F", 1, "B", 0, 5), ("M", 1, "B", 0, 6))
    assert happened(RESTING, refreshed) == [
        ("refill", 1, "bid", 0, 0),
        ("hidden_fill", 5, "bid", 0, 0),
    ]


def test_a_larger_size_is_a_refill_even_when_the_fill_comes_later() -> None:
    refreshed = event(("M", 1, "B", 0, 1), ("M", 1, "B", 0, 5), ("F", 1, "B", 0, 4))
    assert happened(RESTING, refreshed) == [("fill", 4, "bid", 0, 0), ("refill", 4, "bid", 0, 0)]


@pytest.mark.parametrize(("to", "way"), [(2, "up"), (-2, "down")])
def test_a_move_leaves_the_old_price_and_arrives_at_the_new(to: int, way: str) -> None:
    assert happened(RESTING, event(("M", 1, "B", to, 5))) == [
        (f"out_{way}", 5, "bid", 0, -1),
        (f"in_{way}", 5, "bid", to, 1),
    ]


def test_a_move_to_a_larger_size_grows_at_the_new_price() -> None:
    assert happened(RESTING, event(("M", 1, "B", 1, 7))) == [
        ("out_up", 5, "bid", 0, -1),
        ("in_up", 5, "bid", 1, 1),
        ("size_up", 2, "bid", 1, 0),
    ]


def test_a_move_to_a_smaller_size_is_filled_then_pulled_at_the_old_price() -> None:
    through = event(("F", 1, "A", 3, 1), ("M", 1, "B", 3, 2))
    assert happened(RESTING, through) == [
        ("fill", 1, "bid", 0, 0),
        ("pull", 2, "bid", 0, 0),
        ("out_up", 2, "bid", 0, -1),
        ("in_up", 2, "bid", 3, 1),
    ]


def test_a_modify_to_the_other_side_ends_the_order_and_starts_a_new_one() -> None:
    switched = event(("F", 1, "B", 0, 1), ("M", 1, "A", 2, 3))
    assert happened(RESTING, switched) == [
        ("fill", 1, "bid", 0, 0),
        ("pull", 4, "bid", 0, -1),
        ("add", 3, "ask", 2, 1),
    ]


def test_a_hidden_fill_belongs_where_the_order_was_when_the_event_began() -> None:
    moved = event(("M", 1, "B", 2, 5), ("F", 1, "B", 2, 3))
    assert happened(RESTING, moved)[-1] == ("hidden_fill", 3, "bid", 0, 0)


def test_a_hidden_fill_has_the_time_row_and_age_of_the_last_fill() -> None:
    records = [
        *RESTING,
        *event(("F", 1, "B", 0, 3), ("F", 1, "B", 0, 1), ("N", 0, "N", 0, 0), at=1),
    ]
    assert list(changes(records))[-1] == Change(
        "hidden_fill", 4, 0, "bid", BASE, 1, 2, 2 * SECOND, 2 * SECOND, 0, False
    )


def test_a_fill_of_an_order_that_came_in_the_same_event_is_unknown() -> None:
    new = event(("A", 1, "B", 0, 5), ("F", 1, "B", 0, 7), ("C", 1, "B", 0, 5))
    assert happened(new) == [
        ("add", 5, "bid", 0, 1),
        ("fill", 5, "bid", 0, -1),
        ("unknown_fill", 2, "bid", 0, 0),
    ]


def test_unknown_fills_are_what_the_last_fills_leave_each_at_its_own_price() -> None:
    new = event(
        ("F", 1, "B", 0, 2), ("F", 1, "A", 1, 2), ("F", 1, "A", 2, 3), ("A", 1, "B", 0, 3),
        ("C", 1, "B", 0, 3),
    )  # fmt: skip
    assert happened(new)[2:] == [("unknown_fill", 1, "ask", 1, 0), ("unknown_fill", 3, "ask", 2, 0)]


def test_unknown_fills_have_the_time_and_row_of_the_last_fill_and_no_age() -> None:
    records = event(("F", 0, "B", 0, 2), ("F", 0, "A", 1, 3))
    assert list(changes(records)) == [
        Change("unknown_fill", 2, 0, "bid", BASE, 0, 1, SECOND, None, 0, False),
        Change("unknown_fill", 3, 0, "ask", BASE + 1, 0, 1, SECOND, None, 0, False),
    ]


def test_a_fill_without_a_side_of_an_unknown_order_leaves_no_row() -> None:
    assert happened(event(("F", 8, "N", 0, 2))) == []


def test_a_clear_removes_every_order() -> None:
    both = event(("A", 1, "B", 0, 5), ("A", 2, "A", 1, 3))
    assert happened(both, event(("R", 0, "N", 0, 0))) == [
        ("clear", 5, "bid", 0, -1),
        ("clear", 3, "ask", 1, -1),
    ]


def test_after_a_clear_ids_are_unknown() -> None:
    assert happened(RESTING, event(("R", 0, "N", 0, 0)), event(("C", 1, "B", 0, 5))) == [
        ("unknown_cancel", 5, "bid", 0, 0)
    ]


def test_fills_outlive_a_clear_inside_their_event() -> None:
    inside = event(
        ("F", 1, "B", 0, 4), ("C", 1, "B", 0, 1), ("R", 0, "N", 0, 0), ("A", 1, "B", 2, 2),
        ("C", 1, "B", 2, 2),
    )  # fmt: skip
    assert happened(RESTING, inside) == [
        ("fill", 1, "bid", 0, 0),
        ("clear", 4, "bid", 0, -1),
        ("add", 2, "bid", 2, 1),
        ("fill", 2, "bid", 2, -1),
        ("hidden_fill", 1, "bid", 0, 0),
    ]


def test_age_counts_from_the_record_that_brought_the_order_through_moves_and_resizes() -> None:
    records = [
        *event(("A", 1, "B", 0, 5)),
        *event(("M", 1, "B", 0, 9), at=2),
        *event(("M", 1, "B", 1, 9), at=3),
        *event(("C", 1, "B", 1, 1), at=5),
        *event(("R", 0, "N", 0, 0), at=8),
    ]
    ages = [(c.kind, (c.age_ns or 0) // SECOND) for c in changes(records)]
    assert ages[1:] == [("size_up", 2), ("out_up", 3), ("in_up", 3), ("pull", 5), ("clear", 8)]


def test_age_is_never_negative() -> None:
    records = [*RESTING, replace(event(("C", 1, "B", 0, 5))[0], ts_event=-3, row_no=1)]
    assert [c.age_ns for c in changes(records)] == [0, 0]


def test_an_event_that_is_never_closed_still_counts() -> None:
    assert [c.kind for c in changes([replace(RESTING[0], flags=0)])] == ["add"]


def test_an_order_between_two_ticks_is_refused() -> None:
    with pytest.raises(ValueError, match="no multiple"):
        list(changes([replace(RESTING[0], price=4_800_100_000_000)]))


FLAGGED = ("T", 9, "A", 0, 2), ("F", 1, "B", 0, 2), ("C", 1, "B", 0, 2)


def flagged(*, at: int, sequences: tuple[int, ...]) -> list[Record]:
    """A fill whose records all end an event by their flag, and happen at one time."""
    records = event(*FLAGGED, at=at)
    return [
        replace(record, flags=F_LAST, ts_event=at * SECOND, sequence=sequence)
        for record, sequence in zip(records, sequences, strict=True)
    ]


def test_a_trade_that_is_flagged_ends_no_event_that_goes_on_under_its_number() -> None:
    same = flagged(at=1, sequences=(7, 7, 7))
    assert [(c.kind, c.qty) for c in changes([*RESTING, *same])][1:] == [("fill", 2)]


def test_a_trade_that_is_flagged_ends_an_event_before_another_number() -> None:
    other = flagged(at=1, sequences=(7, 7, 8))
    kinds = [(c.kind, c.qty) for c in changes([*RESTING, *other])][1:]
    assert kinds == [("hidden_fill", 2), ("pull", 2)]


def test_what_makes_no_sense_changes_nothing_and_is_counted() -> None:
    book = Book()
    for record in [*RESTING, *event(("X", 1, "B", 0, 1), ("M", 1, "N", 1, 9), ("C", 1, "N", 0, 0))]:
        book.feed(record)
    assert (book.n_ignored, book.resting[1].size, book.resting[1].tick) == (3, 5, BASE)


DAY_NS = 86_400 * SECOND


def test_a_snapshot_of_a_new_day_replaces_the_book_without_a_pull() -> None:
    anew = event(("A", 1, "B", 0, 5), ("A", 2, "A", 1, 3), flags=F_SNAPSHOT, at=1)
    anew = [replace(one, flags=F_SNAPSHOT | F_LAST, ts_recv=DAY_NS) for one in anew]
    assert [(c.kind, c.qty, c.row_no) for c in changes([*RESTING, *anew])][1:] == [
        ("clear", 5, 1),
        ("snapshot", 5, 1),
        ("snapshot", 3, 2),
    ]


def test_a_snapshot_of_the_same_day_adds_to_the_book() -> None:
    more = event(("A", 2, "A", 1, 3), flags=F_SNAPSHOT, at=1)
    assert [c.kind for c in changes([*RESTING, *more])] == ["add", "snapshot"]


def test_what_steps_back_in_time_counts_at_the_latest_time_before_it() -> None:
    late = event(("A", 2, "A", 1, 3), at=1)
    noted = event(("N", 0, "N", 0, 0), at=9)
    records = [*RESTING, *noted, replace(late[0], ts_recv=4, row_no=10)]
    assert [c.ts_recv for c in changes(records)] == [0, 9 * SECOND]
