"""Joining, against a plain telling of it: every record once, or a gap that is said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import examples
from spymaster.land.dbn import RTYPES, Records, new_records
from spymaster.live.joining import Channel, Join
from spymaster.live.wire import Rows, kinds

SECOND_NS = 10**9
KIND = kinds(["mbo"])[RTYPES["mbo"]]


def stream(steps: list[int], orders: list[int]) -> Records:
    """Return records so far apart; equal order ids at the same time are equal to the byte."""
    records = new_records("mbo", len(steps))
    records["ts_recv"] = 100 * SECOND_NS + np.cumsum(steps)
    records["ts_event"] = records["ts_recv"]
    records["order_id"] = orders
    return records


def opaque(records: Records) -> Rows:
    return records.view(f"V{records.itemsize}")


def passed(channel: Channel, records: Records, cuts: list[int]) -> tuple[bytes, list[Join]]:
    """Return what a channel lets through of records that come in pieces."""
    out, joins = b"", []
    for piece in np.split(opaque(records), sorted(cut % (len(records) + 1) for cut in cuts)):
        rows, join = channel.take(piece)
        out += rows.tobytes()
        joins += [join] if join else []
    return out, joins


STREAMS = st.lists(
    st.tuples(st.sampled_from([0, 0, 1, 3 * 10**8, 2 * SECOND_NS]), st.integers(0, 2)),
    min_size=1,
    max_size=40,
)
CUTS = st.lists(st.integers(0, 40), max_size=6)


@examples(200)
@given(STREAMS, st.integers(0, 40), st.integers(0, 10), CUTS, CUTS)
def test_every_record_comes_once(
    steps: list[tuple[int, int]], cut: int, before: int, first_cuts: list[int], cuts: list[int]
) -> None:
    """However the connection was cut, from however far back it starts, in whatever pieces."""
    whole = stream(*map(list, zip(*steps, strict=True)))
    cut = 1 + cut % len(whole)
    start = int(whole["ts_event"][cut - 1]) - before * SECOND_NS
    channel = Channel(KIND)
    first, none = passed(channel, whole[:cut], first_cuts)
    channel.reopen()
    again, joins = passed(channel, whole[whole["ts_event"] >= start], cuts)
    assert first + again == whole.tobytes()
    assert none == []
    (join,) = joins
    known = int((whole["ts_event"][:cut] >= start).sum())
    assert (join.outcome, join.dropped) == ("joined", known)
    assert join.from_ns == join.to_ns == int(whole["ts_recv"][cut - 1])


@examples(100)
@given(STREAMS, CUTS)
def test_without_the_anchor_only_what_is_later_is_new(
    steps: list[tuple[int, int]], cuts: list[int]
) -> None:
    after = stream(*map(list, zip(*steps, strict=True)))
    last = stream([0], [7])
    channel = Channel(KIND)
    channel.take(opaque(last))
    channel.reopen()
    out, joins = passed(channel, after, cuts)
    is_later = after["ts_recv"] > last["ts_recv"][0]
    is_lost = bool((after["ts_recv"] > last["ts_recv"][0] + SECOND_NS).any())
    assert out == (after[is_later].tobytes() if is_lost else b"")
    assert [join.outcome for join in joins] == ["gap"] * is_lost
    if is_lost:
        assert joins[0].to_ns == int(after["ts_recv"][is_later][0])
        assert joins[0].dropped == int((~is_later).sum())


def test_what_waits_for_its_anchor_is_dropped_when_the_connection_ends() -> None:
    """The next connection starts at the same anchor, and sends it again."""
    whole = stream([0, 10**6, 10**6, 10**6], [1, 2, 3, 4])
    channel = Channel(KIND)
    channel.take(opaque(whole[:3]))
    channel.reopen()
    held, join = channel.take(opaque(whole[:1]))
    assert (len(held), join) == (0, None)
    channel.reopen()
    assert passed(channel, whole, [])[0] == whole[3:].tobytes()


def test_a_record_out_of_order_is_no_gap() -> None:
    """The vendor promises no order of ``ts_recv``: one nearly a second later comes first."""
    whole = stream([0, 10**6, SECOND_NS - 10**7, 0], [1, 2, 3, 4])
    channel = Channel(KIND)
    channel.take(opaque(whole[:2]))
    channel.reopen()
    again = whole[[2, 0, 1, 3]]
    out, (join,) = passed(channel, again, [])
    assert (out, join.outcome) == (whole[3:].tobytes(), "joined")


@pytest.mark.parametrize("n_before", [0, 3])
def test_a_new_snapshot_takes_the_place_of_an_anchor(n_before: int) -> None:
    before = stream([0] * 3, [1, 2, 3])[:n_before]
    after = stream([5 * SECOND_NS] * 4, [9, 8, 7, 6])
    after["flags"][:3], after["ts_event"][:3] = 40, 1
    channel = Channel(KIND)
    channel.take(opaque(before))
    channel.reopen()
    out, joins = passed(channel, after, [1])
    assert out == after.tobytes()
    assert [join.outcome for join in joins] == ["snapshot"] * (n_before > 0)
    assert channel.tail.tobytes() == after[3:].tobytes()


def test_a_snapshot_amid_a_connection_leaves_the_anchor() -> None:
    """The next connection goes on from the last event; from the start all would come twice."""
    before = stream([0] * 3, [1, 2, 3])
    restated = stream([SECOND_NS] * 2, [9, 8])
    restated["flags"] = 40
    channel = Channel(KIND)
    channel.take(opaque(before))
    assert passed(channel, restated, [])[0] == restated.tobytes()
    assert channel.tail.tobytes() == before.tobytes()
    channel.reopen()
    assert passed(channel, before, [1])[0] == b""
