"""The ring: a client is a place in it."""

import asyncio
import math
from threading import get_ident

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spymaster.stream.catching_up import CatchingUp, Lacking
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


def test_a_client_gets_what_comes_once_it_is_there():
    ring = ring_of(*(event(seq) for seq in range(1, 6)))
    cursor = RingCursor(ring, 5)
    assert cursor.wait_s(0.0) == math.inf
    ring.append(event(6))
    assert cursor.wait_s(0.0) == 0
    assert [item.seq for item in drained(cursor)] == [6]


def test_what_is_told_of_earlier_buckets_is_no_progress():
    ring = ring_of(event(1), event(2))
    cursor = RingCursor(ring, 2)
    for one in (event(1, "revise"), event(3), event(2, "options")):
        ring.append(one)
    drained(cursor)
    assert cursor.seq == 3


def test_a_cursor_whose_events_are_gone_says_so_and_gives_no_others():
    ring = ring_of()
    cursor = RingCursor(ring, 0)
    for seq in range(1, 9):
        ring.append(event(seq))
    assert not cursor.is_overtaken
    ring.append(event(9))
    assert cursor.is_overtaken
    with pytest.raises(LookupError, match="place 0: the ring begins with 1"):
        drained(cursor)


def test_what_a_client_lacks_is_made_beside_the_loop():
    made_in = []

    def lacking():
        made_in.append(get_ident())
        return [event(1)]

    cursor = CatchingUp(lambda *_: Lacking([lacking], 1), ring := ring_of(event(1)), 0)
    ring.append(event(2))
    assert drained(cursor) == [event(1), event(2)]
    assert made_in != [get_ident()]


@given(
    st.lists(st.sampled_from(["bucket", "revise", "take"]), max_size=80),
    st.integers(min_value=2, max_value=9),
)
def test_whoever_is_overtaken_lacks_nothing_in_the_end(steps, capacity):
    """What a bucket is may change; what stands of each in the end is what the client has."""
    ring, stands, changed = Ring(capacity), {}, []

    def lacks(seq, patience):
        again = {one for behind, one in changed if behind >= seq >= one}
        wanted = [*sorted(again), *range(seq + 1, len(stands) + 1)]
        return Lacking([lambda n=n: [stands[n]] for n in wanted], len(stands))

    def tell(kind, seq, number):
        stands[seq] = Event(kind, seq, str(number).encode())
        ring.append(stands[seq])

    async def scenario():
        cursor, has = CatchingUp(lacks, ring, 0), {}
        for number, step in enumerate([*steps, *["take"] * 200]):
            if step == "bucket":
                tell(step, len(stands) + 1, number)
            elif step == "revise" and stands:
                changed.append((len(stands), seq := 1 + number % len(stands)))
                tell(step, seq, number)
            elif step == "take":
                has |= {one.seq: one for one in await cursor.take(0.0)}
        return has

    assert asyncio.run(scenario()) == stands


def test_a_cursor_ends_with_its_ring_and_not_before():
    ring = ring_of()
    cursor = RingCursor(ring, 0)
    ring.append(event(1))
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
