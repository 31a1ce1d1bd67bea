"""A capture that grows, byte by byte."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from land.files import orders
from live.conftest import Desk
from live.gateway import Gateway
from live.tape import Tape
from spymaster.errors import DataError
from spymaster.live.events import Events
from spymaster.live.follower import Follower
from spymaster.live.segments import Segment, next_number, segment_path

SCHEMAS = ("mbo", "definition", "statistics", "status", "bbo-1s", "tbbo")


@pytest.fixture
def captured(desk: Desk, tape: Tape) -> bytes:
    """Return a file with a header, messages and about 200 records of all schemas."""
    desk.capture(Gateway(tape))
    data = segment_path(desk.folder, 0).read_bytes()
    start = data.index(tape.data[:4_000].tobytes())
    return data[: start + int(tape.offsets[200])]


def grown(folder: Path, pieces: Iterator[bytes] | list[bytes]) -> tuple[dict[str, bytes], int]:
    """Return what a follower gives of a file that grows, and how often it gave anything."""
    follower, found, times = Follower(folder, SCHEMAS), dict.fromkeys(SCHEMAS, b""), 0
    with segment_path(folder, 0).open("wb", buffering=0) as file:
        for piece in pieces:
            file.write(piece)
            came = follower.poll()
            times += came.bytes > 0
            for schema, rows in came.records.items():
                found[schema] += rows.tobytes()
    return found, times


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_it_is_the_same_however_it_grows(tmp_path: Path, captured: bytes, size: int) -> None:
    pieces = [captured[at : at + size] for at in range(0, len(captured), size)]
    whole, _ = grown(tmp_path, [captured])
    assert sum(map(len, whole.values())) > 200 * 56
    assert grown(tmp_path, pieces)[0] == whole


def test_a_cut_at_every_byte(tmp_path: Path, captured: bytes) -> None:
    """Two pieces, wherever they part: the torn record is there once, when the rest of it is."""
    whole, _ = grown(tmp_path, [captured])
    for cut in range(len(captured) - 400, len(captured)):
        assert grown(tmp_path, [captured[:cut], captured[cut:]])[0] == whole


def test_no_file_is_written_twice(tmp_path: Path) -> None:
    segment_path(tmp_path, 0).write_bytes(b"DBN")
    with pytest.raises(DataError, match=r"000\.dbn: cannot be made: File exists"):
        Segment(segment_path(tmp_path, 0))
    assert segment_path(tmp_path, 0).read_bytes() == b"DBN"


def test_a_torn_end_is_left_where_another_file_follows(tmp_path: Path, captured: bytes) -> None:
    segment_path(tmp_path, 0).write_bytes(captured[:-9])
    follower = Follower(tmp_path, SCHEMAS)
    follower.drain()
    assert follower.segment == 0
    segment_path(tmp_path, 1).write_bytes(b"DB")
    follower.drain()
    assert follower.segment == 1
    assert next_number(tmp_path) == 2


def test_a_file_is_read_once_more_when_the_next_one_is_there(
    tmp_path: Path, captured: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last bytes are written, and the next one made, just after it was read to its end."""
    file, half = segment_path(tmp_path, 0), len(captured) // 2
    file.write_bytes(captured)
    whole = Follower(tmp_path, SCHEMAS).drain().count
    file.write_bytes(captured[:half])
    follower = Follower(tmp_path, SCHEMAS)
    count = follower.drain().count
    read = follower._grown

    def then_more(path: Path) -> bytes:
        data = read(path)
        file.write_bytes(captured)
        segment_path(tmp_path, 1).touch()
        return data

    monkeypatch.setattr(follower, "_grown", then_more)
    count += follower.drain().count + follower.drain().count
    assert follower.segment == 1
    assert count == whole


def test_a_power_cut_may_leave_zeros(tmp_path: Path, captured: bytes) -> None:
    whole, _ = grown(tmp_path, [captured])
    segment_path(tmp_path, 0).write_bytes(captured + bytes(5_000))
    follower, found = Follower(tmp_path, SCHEMAS), dict.fromkeys(SCHEMAS, b"")
    while (came := follower.poll()).bytes:
        for schema, rows in came.records.items():
            found[schema] += rows.tobytes()
    assert found == whole


def test_a_power_cut_may_leave_zeros_for_all_of_a_file(tmp_path: Path, captured: bytes) -> None:
    """Its size was on the disk, and no byte of it; the next connection has a file of its own."""
    whole, _ = grown(tmp_path, [captured])
    segment_path(tmp_path, 0).write_bytes(bytes(5_000))
    follower, found = Follower(tmp_path, SCHEMAS), dict.fromkeys(SCHEMAS, b"")
    assert follower.drain().count == 0
    segment_path(tmp_path, 1).write_bytes(captured)
    while (came := follower.poll()).bytes:
        for schema, rows in came.records.items():
            found[schema] += rows.tobytes()
    assert found == whole


def test_a_copy_goes_on_where_it_stands(tmp_path: Path, captured: bytes) -> None:
    whole, _ = grown(tmp_path, [captured])
    half = len(captured) * 2 // 3
    segment_path(tmp_path, 0).write_bytes(captured[:half])
    follower = Follower(tmp_path, SCHEMAS)
    first = follower.poll().records
    segment_path(tmp_path, 0).write_bytes(captured)
    copy = pickle.loads(pickle.dumps(follower))
    second = copy.poll().records
    for schema, data in whole.items():
        both = [part[schema].tobytes() for part in (first, second) if schema in part]
        assert b"".join(both) == data
    assert copy.mappings[17_077].symbol == "ESH4"
    assert copy.mappings[20_001].parent == "ES.OPT"


@pytest.mark.parametrize(
    "data", [b"PAR1....", b"DBN\x02\x00\x00\x00\x00", b"DBN\x03\xff\xff\xff\xff"]
)
def test_what_is_no_capture_is_refused(tmp_path: Path, data: bytes) -> None:
    segment_path(tmp_path, 0).write_bytes(data)
    with pytest.raises(DataError, match=r"000\.dbn: "):
        Follower(tmp_path, SCHEMAS).poll()


def test_a_record_of_a_wrong_length_is_refused(tmp_path: Path, captured: bytes) -> None:
    wrong = bytearray(orders(1).tobytes())
    wrong[0] = 5
    segment_path(tmp_path, 0).write_bytes(captured + bytes(wrong[:20]))
    with pytest.raises(DataError, match="a mbo record of 20 bytes; every one has 56"):
        Follower(tmp_path, SCHEMAS).drain()


def test_schemas_that_were_not_asked_for_are_passed_over(tmp_path: Path, captured: bytes) -> None:
    segment_path(tmp_path, 0).write_bytes(captured)
    arrived = Follower(tmp_path, ["status"]).poll()
    assert arrived.records.keys() == {"status"}


def test_nothing_closes_before_the_past_was_sent(tmp_path: Path, captured: bytes) -> None:
    """A bucket of the past would be built without what still comes of it."""
    events = Events(tmp_path)
    asked = [{"schema": schema, "start": 0} for schema in (*SCHEMAS, "trades")]
    events.write("opened", segment=0, subscriptions=asked)
    segment_path(tmp_path, 0).write_bytes(captured)  # says of six that they have caught up
    follower = Follower(tmp_path, SCHEMAS)
    follower.drain()
    assert not follower.watermark.is_current
    assert not follower.watermark.is_past(0)
    follower.watermark.heard(0, is_replayed=True)
    assert follower.watermark.is_current
    assert follower.watermark.is_past(0)


def test_what_was_asked_last_under_a_number_counts(tmp_path: Path, captured: bytes) -> None:
    """The first was killed before it made its file, and asked for none of the past."""
    events = Events(tmp_path)
    for start in (None, 0):
        asked = [{"schema": schema, "start": start} for schema in (*SCHEMAS, "trades")]
        events.write("opened", segment=0, subscriptions=asked)
    segment_path(tmp_path, 0).write_bytes(captured)
    follower = Follower(tmp_path, SCHEMAS)
    follower.drain()
    assert not follower.watermark.is_current


def test_times_of_a_snapshot_move_nothing(desk: Desk, tape: Tape) -> None:
    desk.capture(Gateway(tape))
    follower = desk.follower()
    follower.drain()
    live = tape.of_schema("mbo") & ~tape.is_snapshot
    assert follower.watermark.reached["mbo"] == int(tape.ts_recv[live].max())
    assert (
        follower.channels["mbo"].tail.tobytes()
        == tape.select(live & (tape.place >= np.flatnonzero(live)[-256])).data.tobytes()
    )
