"""Parts that the newest buckets are made with: order records, the queue, what was sent, locks."""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import sandboxes
from first_use import Used
from live.conftest import at_most
from live.plan import KEY as SECRET
from live.worlds import CLASSES, FIRST_NS, mbo
from spymaster import operations
from spymaster.book.relations import RECORDS
from spymaster.cli.app import app
from spymaster.errors import DataError, LockedError
from spymaster.land.dbn import new_records
from spymaster.live import raw, service
from spymaster.live.audit import Difference
from spymaster.live.day import FRONTS, Day
from spymaster.live.events import Events
from spymaster.live.fold import Queue
from spymaster.live.known import Known
from spymaster.live.order import KEY
from spymaster.live.outgoing import Counts
from spymaster.live.segments import capture_folder, segment_path
from spymaster.live.sent import Sender, read_sent, sent_folder, standing
from spymaster.live.service import Report, line
from spymaster.live.subscriptions import of_session
from spymaster.live.turns import is_taken, taken
from spymaster.live.wire import Kind
from spymaster.planning import snapshot as snapshots
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL

SESSION = date(2024, 1, 9)


def test_order_records_are_those_that_the_build_selects() -> None:
    """Field by field, with a time and a price that the vendor left out."""
    records = mbo()
    records["ts_event"][7], records["price"][9] = 2**64 - 1, 2**63 - 1
    kind = Kind("mbo", records.dtype)
    taken_records, numbers = raw.Numbered(0).take(kind, records.view(f"V{records.itemsize}"))
    found = raw.orders(taken_records, numbers)

    settings = Settings(instrument="ESH4")
    given = ["book.grid", "book.opening", "book.closing"]
    box = sandboxes.sandbox(settings, SESSION, ["book.records"], given=given)
    box.give("raw.mbo", raw.table("mbo", taken_records, numbers))
    box.give("book.grid", "select 17077::uinteger as instrument_id")
    box.give("book.opening", "select date '1970-01-01' as first_date")
    box.give("book.closing", f"select {2**63 - 1} as end_seq")
    box.build()
    expected = box.connection.execute(f"select {', '.join(RECORDS)} from book.records")
    for name, column in zip(RECORDS, expected.fetchnumpy().values(), strict=True):
        np.testing.assert_array_equal(getattr(found, name), column, err_msg=name)


@given(st.lists(st.integers(-3, 40), min_size=1, max_size=60), st.integers(1, 7))
def test_a_record_falls_where_the_latest_before_it_fell(steps: list[int], piece: int) -> None:
    """However records come in pieces, and with times that step back."""
    times = np.cumsum(steps) + 100
    records = new_records("mbo", len(times))
    records["ts_recv"] = times
    queue, found = Queue(), []
    for at in range(0, len(times), piece):
        some = slice(at, at + piece)
        queue.put(records[some], np.arange(at, at + len(records[some]), dtype=np.uint32))
    for end in range(100, int(times.max()) + 20, 10):
        _, numbers = queue.until(end)
        found += [(int(number), end) for number in numbers]
    clock = np.maximum.accumulate(times)
    ends = [max(100, int(at) // 10 * 10 + 10) for at in clock]
    assert found == list(enumerate(ends))


def test_what_was_sent_is_read_back_and_the_last_line_stands(tmp_path: Path) -> None:
    one, other = (pa.table({"x": [value], "name": ["a"]}) for value in (0.1, 0.2))
    for rows in (one, other):  # two builders, one after the other
        sender = Sender(tmp_path / "sent")
        line = sender.send(
            1, FIRST_NS, "book", {"a.b": rows, "a.none": rows.slice(0, 0)}, clock_ns=0
        )
        assert line.rows("a.b").equals(rows)
        sender.send(2, FIRST_NS, "book", {"a.b": one, "a.none": one}, clock_ns=0)
        sender.close()
    assert len(list(read_sent(tmp_path / "sent"))) == 4
    lines = standing(tmp_path / "sent")
    assert lines[1, "book"].rows("a.b").equals(other)
    assert lines[1, "book"].rows("a.none").num_rows == 0


def test_a_line_that_a_kill_cut_short_is_none(tmp_path: Path) -> None:
    sender = Sender(tmp_path)
    sender.send(1, FIRST_NS, "book", {"a.b": pa.table({"x": [1]})}, clock_ns=0)
    sender.close()
    log = tmp_path / "buckets.jsonl"
    log.write_bytes(log.read_bytes() + b'{"seq": 2, "bucket')
    assert [line.key for line in read_sent(tmp_path)] == [(1, "book")]
    sender = Sender(tmp_path)  # of the next builder, whose lines are to be read
    sender.send(2, FIRST_NS, "book", {"a.b": pa.table({"x": [1]})}, clock_ns=0)
    sender.close()
    assert [line.key for line in read_sent(tmp_path)] == [(1, "book"), (2, "book")]


@pytest.mark.parametrize("left", [0, 0.5, None])
def test_lines_whose_rows_a_power_cut_took_are_sent_anew(
    tmp_path: Path, left: float | None
) -> None:
    """The log was on the disk, and of a file of rows a part, or not even its name."""
    sender, rows = Sender(tmp_path), {"a.b": pa.table({"x": [1]})}
    sizes = []
    for n in (1, 2, 3):
        sender.send(n, FIRST_NS, "book", rows, clock_ns=0)
        sizes.append((tmp_path / "000" / "book.a.b.arrows").stat().st_size)
    sender.close()
    file = tmp_path / "000" / "book.a.b.arrows"
    if left is None:
        file.unlink()
    else:
        os.truncate(file, sizes[0] + int(left * (sizes[1] - sizes[0])))
    whole = [] if left is None else [(1, "book")]
    sender = Sender(tmp_path)
    assert [line.key for line in read_sent(tmp_path)] == whole
    assert [line.rows("a.b").num_rows for line in read_sent(tmp_path)] == [1] * len(whole)
    sender.send(2, FIRST_NS, "book", rows, clock_ns=0)
    sender.close()
    assert [line.key for line in read_sent(tmp_path)] == [*whole, (2, "book")]


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> set[Path]:
    """Files that are on the disk whatever comes."""
    found: set[Path] = set()

    def fsync(handle: int) -> None:
        found.add(Path(f"/proc/self/fd/{handle}").readlink())

    monkeypatch.setattr(os, "fsync", fsync)
    return found


def test_rows_of_a_builder_that_was_killed_are_on_the_disk_before_a_checkpoint_counts_on_them(
    tmp_path: Path, synced: set[Path]
) -> None:
    """The next one sends no bucket again that is the same."""
    killed = Sender(tmp_path)
    killed.send(1, FIRST_NS, "book", {"a.b": pa.table({"x": [1]})}, clock_ns=0)
    assert not synced
    Sender(tmp_path).sync()
    assert synced >= {tmp_path / "000" / "book.a.b.arrows", tmp_path / "buckets.jsonl"}


def test_what_a_connection_was_asked_for_is_on_the_disk_before_its_records(
    tmp_path: Path, synced: set[Path]
) -> None:
    """Else a builder would take the past that it sends first for the present."""
    Events(tmp_path).write("opened", segment=0, subscriptions=[])
    assert synced == {tmp_path / "events.jsonl"}


def test_what_is_known_of_a_session_is_on_the_disk_before_it_has_its_name(
    used: Used, tmp_path: Path, synced: set[Path]
) -> None:
    """Else a power cut leaves an empty file, from which nobody goes on."""
    known = Known(snapshots.load(Settings(used(tmp_path / "w")), SQL), SESSION, tmp_path)
    fronts = [{"root": "ES", "raw_symbol": "ESH4", "tick_size": 0.25}]
    box = SimpleNamespace(ask=lambda query: fronts if FRONTS in query else [])
    known.tell(cast(Day, SimpleNamespace(sandbox=box)))
    assert tmp_path / "session.writing" in synced
    assert json.loads((tmp_path / "session.json").read_text(encoding="utf-8"))["root"] == "ES"


def test_a_full_disk_is_said_as_rows_are_sent_and_as_files_are_closed(tmp_path: Path) -> None:
    sender, rows = Sender(tmp_path), {"a.b": pa.table({"x": [1]})}
    sender.send(1, FIRST_NS, "book", rows, clock_ns=0)
    full = f"{tmp_path}/000: cannot be written: .*File too large"
    with at_most((tmp_path / "000" / "book.a.b.arrows").stat().st_size):
        with pytest.raises(DataError, match=full):
            sender.send(2, FIRST_NS, "book", rows, clock_ns=0)
        with pytest.raises(DataError, match=full):
            sender.close()
    assert [line.key for line in read_sent(tmp_path)] == [(1, "book")]


def test_one_process_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "built.lock"
    assert not is_taken(path)
    with taken(path, "built"):
        assert is_taken(path)
        with pytest.raises(LockedError, match=r"built by process \d+"), taken(path, "built"):
            pass
    assert not is_taken(path)


def test_a_lock_that_a_full_disk_does_not_take_is_said(tmp_path: Path) -> None:
    path = tmp_path / "built.lock"
    full = f"{path}: cannot be written: File too large"
    with at_most(0), pytest.raises(DataError, match=full), taken(path, "built"):
        pass
    assert not is_taken(path)


def test_doctor_says_how_far_live_is(used: Used, tmp_path: Path) -> None:
    settings = Settings(used(tmp_path / "w"))
    found = {one.name: one.found for one in operations.doctor(settings)}
    assert found["live"] == "never"
    sender = Sender(sent_folder(settings.warehouse, SESSION))
    sender.send(7, FIRST_NS, "book", {"a.b": pa.table({"x": [1]})}, clock_ns=0)
    sender.close()
    (live,) = (one for one in operations.doctor(settings) if one.name == "live")
    assert live.problem is None
    assert live.found.startswith("2024-01-09, bucket 7 to 15:00:00, sent ")


def test_without_a_key_nothing_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY, raising=False)
    found = CliRunner().invoke(app, ["live", "--warehouse", str(tmp_path / "w")])
    assert found.exit_code == 2
    assert f"{KEY} is not set" in found.output
    assert not (tmp_path / "w").exists()


def test_a_second_builder_of_a_session_ends_with_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, SECRET)
    warehouse = tmp_path / "w"
    sent = sent_folder(warehouse, SESSION)
    sent.mkdir(parents=True)
    with taken(sent / "built.lock", "built"):
        asked = ["--session", str(SESSION), "--gateway", "127.0.0.1:1"]
        found = CliRunner().invoke(app, ["live", "--warehouse", str(warehouse), *asked])
    assert found.exit_code == 3
    assert re.search(r"built by process \d+", found.output)
    assert SECRET not in found.output


def test_a_session_that_is_over_is_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the days since then would land as its own."""
    monkeypatch.setenv(KEY, SECRET)
    run = ["live", "--warehouse", str(tmp_path / "w"), "--session", str(SESSION)]
    found = CliRunner().invoke(app, run)
    assert found.exit_code == 2
    assert "error: 2024-01-09: over, and nothing of it was captured" in found.output
    assert not (tmp_path / "w").exists()


def test_one_that_is_over_goes_on_where_it_was_captured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Here with what nobody can go on with, as builder or capture says, whoever reads it first."""
    monkeypatch.setenv(KEY, SECRET)
    segment = segment_path(capture_folder(tmp_path, SESSION), 0)
    segment.parent.mkdir(parents=True)
    segment.write_bytes(b"PAR1 and so on")
    run = ["live", "--warehouse", str(tmp_path), "--session", str(SESSION)]
    found = CliRunner().invoke(app, run)
    assert found.exit_code == 1
    assert f"{segment}: not a DBN file" in found.output + capfd.readouterr().err


@pytest.mark.parametrize(
    ("begun", "words", "said"),
    [
        (("ES.OPT", "EW.OPT"), ["--options", "none"], "ES.OPT,EW.OPT"),
        (("ES.OPT",), ["--options", "ES.OPT,EW.OPT"], "ES.OPT"),
        ((), [], "none"),
    ],
)
def test_with_other_options_none_that_was_begun_goes_on(
    begun: tuple[str, ...],
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of what is new the past would lack; what is left out had been sent, and would not land."""
    monkeypatch.setenv(KEY, SECRET)
    folder = capture_folder(tmp_path, SESSION)
    folder.mkdir(parents=True)
    asked = [asdict(one) for one in of_session(SESSION, "ES", begun, now_ns=FIRST_NS)]
    Events(folder).write("opened", segment=0, subscriptions=asked)
    run = ["live", "--warehouse", str(tmp_path), "--session", str(SESSION)]
    found = CliRunner().invoke(app, [*run, "--gateway", "127.0.0.1:1", *words])
    assert found.exit_code == 2
    assert f"{SESSION}: is captured with other options; say --options {said}" in found.output
    assert not sent_folder(tmp_path, SESSION).exists()


def test_a_line_says_delay_records_late_ones_and_gaps() -> None:
    counts = Counts(records=12_345, late=2, gaps=1, revised=3, buckets=2)
    counts.delays_ns = [900_000_000, 150_000_000]
    _, _, said = line(counts).partition(" UTC: ")
    assert said == (
        "delay 900 ms, at most 900 ms; 12,345 records, 2 late, 1 gaps; 2 buckets, 3 sent again"
    )
    assert "delay no bucket; 0 records" in line(Counts())


def test_what_differs_or_fails_ends_with_1() -> None:
    other = Difference("pressure.states_5s", "2024-03-05 14:31:10", ("net", "net_d1"))
    assert str(other) == "pressure.states_5s of 2024-03-05 14:31:10: net, net_d1"
    assert [Report(*given).exit_code for given in (((), ()), (("a",), ()), ((), (other,)))] == [
        0,
        1,
        1,
    ]


@pytest.mark.parametrize("place", ["here", "127.0.0.1", "127.0.0.1:0", ":13000", "a:70000"])
def test_a_gateway_is_a_host_and_a_port(place: str) -> None:
    found = CliRunner().invoke(app, ["live", "--gateway", place])
    assert found.exit_code == 2
    assert "expected HOST:PORT" in found.output


@pytest.mark.parametrize(
    ("words", "captured"),
    [
        ([], CLASSES),
        (["--options", "ES.OPT, EW.OPT,ES.OPT"], ("ES.OPT", "EW.OPT")),
        (["--options", "none"], ()),
    ],
)
def test_options_of_all_classes_are_captured_unless_told_otherwise(
    words: list[str], captured: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def run(*_: object, options: tuple[str, ...], **__: object) -> Report:
        asked.append(options)
        return Report((), ())

    monkeypatch.setattr(service, "live", run)
    assert CliRunner().invoke(app, ["live", *words]).exit_code == 0
    assert asked == [captured]


@pytest.mark.parametrize("parents", ["", ",", "ES.OPT,", "ES", "ES.FUT", "es.opt"])
def test_options_that_name_no_class_are_refused(parents: str) -> None:
    found = CliRunner().invoke(app, ["live", "--options", parents])
    assert found.exit_code == 2
    assert "expected parents such as ES.OPT,EW.OPT, or none" in found.output


def test_of_another_root_the_classes_have_to_be_named() -> None:
    found = CliRunner().invoke(app, ["live", "--root", "NQ"])
    assert found.exit_code == 2
    assert "which options there are on NQ is not known, only on ES" in found.output
