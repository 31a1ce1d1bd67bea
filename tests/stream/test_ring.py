"""The ring: a client is a place in it."""

import asyncio
import math
from threading import get_ident

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spymaster.stream.catching_up import CatchingUp
from spymaster.stream.cursor import Skip
from spymaster.stream.events import Event
from spymaster.stream.ring import Ring, RingCursor


def event(seq, kind="bucket"):
    return Event(kind, seq, b"{}")


def ring_of(*events, capacity=8):
    ring = Ring(capacity)
    for one in events:
        ring.append(one)
    return ring


def drained(cursor):
    async def scenario():
        items = []
        while taken := await cursor.take(0.0):
            items += taken
        return items

    return asyncio.run(scenario())


def test_a_client_gets_what_comes_after_its_place():
    ring = ring_of(*(event(seq) for seq in range(1, 6)))
    cursor = RingCursor(ring, after_seq=3)
    assert [item.seq for item in drained(cursor)] == [4, 5]
    assert cursor.wait_s(0.0) == math.inf
    ring.append(event(6))
    assert cursor.wait_s(0.0) == 0
    assert [item.seq for item in drained(cursor)] == [6]


def test_a_client_that_comes_back_gets_again_what_followed_its_last_bucket():
    ring = ring_of(event(1), event(2), event(1, "options"), event(2, "options"))
    kinds = [(item.kind, item.seq) for item in drained(RingCursor(ring, after_seq=2))]
    assert kinds == [("options", 1), ("options", 2)]


def test_a_client_that_was_overtaken_is_told_and_gets_the_newest():
    ring = ring_of(*(event(seq) for seq in range(1, 6)))
    cursor = RingCursor(ring, after_seq=5)
    for seq in range(6, 40):
        ring.append(event(seq))
    assert drained(cursor) == [Skip(6, 38), event(39)]
    ring.append(event(40))
    assert drained(cursor) == [event(40)]


def test_a_client_that_lacks_no_bucket_is_told_of_none():
    """Where more of earlier buckets came again than the ring holds."""
    ring = ring_of(*(event(seq) for seq in range(1, 6)))
    cursor = RingCursor(ring, after_seq=5)
    for seq in (*range(1, 6), *range(1, 6)):
        ring.append(event(seq, "revise"))
    ring.append(event(6))
    assert drained(cursor) == [event(6)]


def test_what_a_client_lacks_is_made_beside_the_loop():
    made_in = []

    def lacking():
        made_in.append(get_ident())
        return [event(1)]

    assert drained(CatchingUp([lacking], ring_of(event(1), event(2)), 1)) == [event(1), event(2)]
    assert made_in != [get_ident()]


@given(
    st.lists(st.sampled_from(["append", "take"]), max_size=80),
    st.integers(min_value=2, max_value=9),
)
def test_every_bucket_is_sent_once_or_said_to_be_missing(steps, capacity):
    ring = Ring(capacity)

    async def scenario():
        cursor, seq, got = RingCursor(ring, 0), 0, []
        for step in [*steps, *["take"] * 100]:
            if step == "append":
                seq += 1
                ring.append(event(seq))
            else:
                got += await cursor.take(0.0)
        return seq, got

    seq, got = asyncio.run(scenario())
    told = []
    for item in got:
        is_skip = isinstance(item, Skip)
        told += range(item.first, item.last + 1) if is_skip else [item.seq]
    assert told == list(range(1, seq + 1))


def test_a_cursor_ends_with_its_ring_and_not_before():
    ring = ring_of(event(1), event(2))
    cursor = RingCursor(ring, after_seq=1)
    ring.close()
    assert not cursor.is_over
    drained(cursor)
    assert cursor.is_over


@pytest.mark.parametrize("how", ["append", "close"])
def test_a_waiter_is_woken(how):
    async def scenario():
        ring = Ring()
        waiter = asyncio.create_task(ring.changed.wait())
        await asyncio.sleep(0)
        ring.append(event(1)) if how == "append" else ring.close()
        await asyncio.wait_for(waiter, 5)
        assert not ring.changed.is_set()

    asyncio.run(scenario())
