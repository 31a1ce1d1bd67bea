"""A replay: what is due when."""

import asyncio
import math

import pytest

from spymaster.stream.cursor import Skip
from spymaster.stream.replay import PATIENCE, ReplayCursor
from stream.tapes import MadeUp


def seqs(items):
    return [item.seq for item in items if item.kind == "bucket"]


def take(cursor, now):
    return asyncio.run(cursor.take(now))


@pytest.mark.parametrize("speed", [1.0, 5.0, 60.0])
def test_buckets_come_five_seconds_apart_by_the_session_s_clock(speed):
    cursor = ReplayCursor(MadeUp(), 10, speed, now=100.0)
    pace = 5 / speed
    assert cursor.wait_s(100.0) == pytest.approx(pace)
    assert take(cursor, 100.0 + 0.99 * pace) == []
    assert seqs(take(cursor, 100.0 + pace)) == [11]
    assert take(cursor, 100.0 + pace) == []
    assert cursor.wait_s(100.0 + pace) == pytest.approx(pace)


def test_a_client_that_was_late_catches_up_bucket_by_bucket():
    cursor = ReplayCursor(MadeUp(), 10, 1.0, now=0.0)
    late = 5.0 * 3
    assert [seqs(take(cursor, late)) for _ in range(4)] == [[11], [12], [13], []]


def test_one_that_is_hopelessly_late_is_told_and_gets_the_newest():
    cursor = ReplayCursor(MadeUp(last_seq=2160), 10, 60.0, now=0.0)
    skip, bucket, _ = take(cursor, (PATIENCE + 5) * 5 / 60)
    assert (skip, bucket.seq) == (Skip(11, 10 + PATIENCE + 4), 10 + PATIENCE + 5)


def test_at_full_speed_nothing_is_left_out():
    cursor = ReplayCursor(MadeUp(last_seq=2160), 0, None, now=0.0)

    async def scenario():
        got = []
        while not cursor.is_over:
            got += seqs(await cursor.take(1e9))
        return got

    assert asyncio.run(scenario()) == list(range(1, 2161))


def test_a_paused_replay_stands_still():
    cursor = ReplayCursor(MadeUp(), 10, 0.0, now=0.0)
    assert take(cursor, 1e9) == []
    assert cursor.wait_s(1e9) == math.inf
    assert not cursor.is_over


def test_the_last_bucket_is_the_end():
    cursor = ReplayCursor(MadeUp(last_seq=11), 10, 1.0, now=0.0)
    assert seqs(take(cursor, 5.0)) == [11]
    assert cursor.is_over
    assert take(cursor, 1e9) == []


def test_a_place_beyond_the_end_is_over_at_once():
    assert ReplayCursor(MadeUp(last_seq=11), 99, 1.0, now=0.0).is_over
