"""When a bucket closes."""

from __future__ import annotations

import numpy as np
import pytest

from spymaster.land.dbn import RTYPES, new_records
from spymaster.live import watermark as watermarks
from spymaster.live.watermark import Watermark
from spymaster.live.wire import kinds

SECOND_NS = 10**9
END_NS = 1_000 * SECOND_NS
KINDS = kinds(["mbo", "bbo-1s"])


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 50.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(watermarks, "time", clock)
    return clock


@pytest.fixture
def mark(clock: Clock) -> Watermark:
    mark = Watermark(["mbo", "bbo-1s"])
    mark.opened(0)
    return mark


def reach(mark: Watermark, schema: str, *at_ns: int, flags: int = 0) -> None:
    records = new_records(schema, len(at_ns))
    records["ts_recv"], records["flags"] = at_ns, flags
    mark.reach(KINDS[RTYPES[schema]], records.view(f"V{records.itemsize}"))


def test_when_every_schema_has_passed_it(mark: Watermark) -> None:
    reach(mark, "mbo", END_NS)
    assert not mark.is_past(END_NS)
    reach(mark, "bbo-1s", END_NS)
    assert mark.is_past(END_NS)
    assert not mark.is_past(END_NS + 1)


def test_a_schema_that_is_silent_is_waited_for_a_tenth_of_a_second(mark: Watermark) -> None:
    reach(mark, "mbo", END_NS + SECOND_NS // 10 - 1)
    assert not mark.is_past(END_NS)
    reach(mark, "mbo", END_NS + SECOND_NS // 10)
    assert mark.is_past(END_NS)


def test_the_gateways_clock_runs_on_by_itself(mark: Watermark, clock: Clock) -> None:
    mark.heard(END_NS - SECOND_NS, is_replayed=False)
    clock.seconds += 1.05
    assert not mark.is_past(END_NS)
    clock.seconds += 0.06
    assert mark.is_past(END_NS)


def test_but_not_longer_than_heartbeats_are_apart(mark: Watermark, clock: Clock) -> None:
    mark.heard(END_NS - 6 * SECOND_NS, is_replayed=False)
    clock.seconds += 3_600
    assert mark.now_ns() == END_NS - SECOND_NS
    assert not mark.is_past(END_NS)


def test_and_not_without_a_connection(mark: Watermark, clock: Clock) -> None:
    reach(mark, "mbo", END_NS - SECOND_NS)
    mark.closed()
    clock.seconds += 3
    assert mark.now_ns() == END_NS - SECOND_NS
    assert not mark.is_past(END_NS)
    assert not mark.is_past(0)


def test_a_clock_that_steps_back_changes_nothing(mark: Watermark) -> None:
    reach(mark, "mbo", END_NS + SECOND_NS)
    reach(mark, "mbo", END_NS - SECOND_NS)
    assert mark.reached["mbo"] == mark.clock_ns == END_NS + SECOND_NS


def test_a_snapshot_is_no_news(mark: Watermark) -> None:
    reach(mark, "mbo", END_NS + SECOND_NS, flags=40)
    assert mark.clock_ns == 0
    assert mark.reached["mbo"] == 0
    records = np.array([END_NS + SECOND_NS, END_NS])
    reach(mark, "mbo", *records.tolist())
    assert mark.clock_ns == END_NS + SECOND_NS
