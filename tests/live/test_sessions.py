"""Sessions of other kinds, live as the ordinary build makes them: minutes each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from datetime import time as hour
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from first_use import Used
from live.building import SESSION, files, holds_what_the_build_makes, start_of
from live.bursts import squeezed
from live.conftest import Desk
from live.gateway import Gateway
from live.plan import Action
from live.tape import Part, Tape, joined, load, read
from live.worlds import CLASSES
from spymaster.land.dbn import dbn_file
from spymaster.live import builder as builders
from spymaster.live.outgoing import LATE
from spymaster.live.seal import split
from spymaster.live.sent import read_sent
from spymaster.live.subscriptions import of_session
from spymaster.settings import Settings
from spymaster.units import BUCKET_NS, UNDEF_TIME, overnight_open_ns
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger

FRONT, NEXT = "ESH4", "ESM4"
DAY_BEFORE = date(2024, 3, 4)
F_SNAPSHOT, F_LAST = 32, 128
DAY_NS = 86_400 * 10**9


@pytest.mark.slow
def test_a_session_without_options_is_that_of_the_ordinary_build(
    desk: Desk, simulated: Settings, used: Used, tmp_path: Path
) -> None:
    """Futures alone are asked for, though the gateway has options."""
    tape = load(files(simulated))
    desk.subscriptions = of_session(SESSION, "ES", [], now_ns=int(tape.due_ns[-1]))
    desk.capture(Gateway(tape))
    holds_what_the_build_makes(desk, simulated, used, tmp_path)


@pytest.mark.slow
def test_levels_of_the_option_chain_are_tracked_from_the_second_bucket_on(
    desk: Desk, simulated: Settings, used: Used, tmp_path: Path
) -> None:
    """The wall of puts lies where price is; what the first bucket's chain says is used at once."""
    tracked = replace(simulated, levels=("PUT_WALL", "EM_HIGH"), window_end=hour(9, 33))
    tape = load(files(simulated))
    desk.subscriptions = of_session(SESSION, "ES", CLASSES, now_ns=int(tape.due_ns[-1]))
    desk.capture(Gateway(tape))
    holds_what_the_build_makes(desk, tracked, used, tmp_path)
    (line, *_) = (one for one in read_sent(tmp_path / "sent") if one.key == (2, "book"))
    assert set(line.rows("pressure.states_5s")["level_id"].to_pylist()) == {"PUT_WALL", "EM_HIGH"}


@pytest.mark.slow
def test_on_a_roll_day_the_book_is_of_the_contract_that_traded_more_the_day_before(
    desk: Desk, simulated: Settings, used: Used, tmp_path: Path
) -> None:
    """The one before still trades first, and as much."""
    parts = [read(path) for path in files(simulated)]
    number = max(part.symbols.get(NEXT, 0) for part in parts)
    parts = [_with_the_next(part, number) for part in parts]
    (orders,) = (part for part in parts if part.schema == "mbo")
    yesterday = orders.records[orders.records["instrument_id"] == number]
    for name in ("ts_recv", "ts_event"):
        yesterday[name] -= np.uint64(DAY_NS)
    before = tmp_path / "before.mbo.dbn.zst"
    start_ns = int(yesterday["ts_recv"].min())
    with dbn_file(
        before,
        "mbo",
        dataset="GLBX.MDP3",
        symbols={NEXT: number},
        start_ns=start_ns,
        end_ns=start_ns + DAY_NS,
    ) as write:
        write(yesterday)
    tape = joined(parts)
    desk.subscriptions = of_session(SESSION, "ES", CLASSES, now_ns=int(tape.due_ns[-1]))
    desk.capture(Gateway(tape))
    holds_what_the_build_makes(desk, simulated, used, tmp_path, before=[before])
    (line, *_) = (one for one in read_sent(tmp_path / "sent") if one.key == (1, "book"))
    assert line.rows("market.bbo_5s")["instrument_id"].to_pylist() == [number]


@pytest.mark.slow
def test_of_two_sessions_in_a_row_both_land(
    desk: Desk, simulated: Settings, used: Used, tmp_path: Path
) -> None:
    """The second begins in the evening of the date on which the first one had its day."""
    today = [_from_the_evening(read(path)) for path in files(simulated)]
    yesterday = [_a_day_before(part) for part in today]
    tapes = joined(yesterday), joined(list(map(_all_there_is, yesterday, today)))
    asked = [
        of_session(session, "ES", CLASSES, now_ns=int(tape.due_ns[-1]))
        for session, tape in zip((DAY_BEFORE, SESSION), tapes, strict=True)
    ]
    first = Desk(tmp_path / "first", asked[0])
    first.capture(Gateway(tapes[0]))
    desk.subscriptions = asked[1]
    desk.capture(Gateway(tapes[1]))
    schemas = [one.schema for one in asked[0]]
    before = split(first.folder, schemas, DAY_BEFORE, Layout(tmp_path / "nothing"))
    holds_what_the_build_makes(desk, simulated, used, tmp_path, before=before)
    parts = Ledger(Layout(tmp_path / "built")).partitions()
    orders = [part for part in parts if part.schema == "mbo" and part.date == DAY_BEFORE]
    assert len(orders) == 2


def _from_the_evening(part: Part) -> Part:
    """Return orders of which the snapshot and the first thousand come the evening before."""
    if part.schema != "mbo":
        return part
    records = part.records.copy()
    early = slice(0, int((records["flags"] & F_SNAPSHOT > 0).sum()) + 1_000)
    times = overnight_open_ns(SESSION) + 10**9 * (1 + np.arange(early.stop))
    records["ts_recv"][early] = records["ts_event"][early] = times
    return replace(part, records=records)


def _a_day_before(part: Part) -> Part:
    records = part.records.copy()
    for name in set(records.dtype.names or ()) & {"ts_recv", "ts_event", "ts_ref"}:
        is_known = records[name] != UNDEF_TIME
        records[name][is_known] -= np.uint64(DAY_NS)
    return replace(part, records=records)


def _all_there_is(old: Part, new: Part) -> Part:
    """Return a session's records, of statistics and definitions those of the day before, too."""
    if new.schema not in ("statistics", "definition"):
        return new
    return replace(new, records=np.concatenate([old.records, new.records]))


def _with_the_next(part: Part, number: int) -> Part:
    """Return orders of the next contract, too: all that the front one has, a moment later."""
    if part.schema != "mbo":
        return part  # it is defined all along
    more = part.records[part.records["instrument_id"] == part.symbols[FRONT]].copy()
    more["instrument_id"] = number
    clocks = [np.maximum.accumulate(one["ts_recv"]) for one in (part.records, more)]
    order = np.argsort(np.concatenate(clocks), kind="stable")
    both = np.concatenate([part.records, more])[order]
    return replace(part, records=both, symbols={**part.symbols, NEXT: number})


@pytest.mark.slow
def test_executions_that_ends_of_buckets_cut_are_as_the_ordinary_build_has_them(
    desk: Desk, simulated: Settings, used: Used, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bucket is sent as if they ended with it, and again once the rest has come."""
    parts = [_cut_by_buckets(read(path), start_of(simulated)) for path in files(simulated)]
    tape = joined(parts)
    desk.subscriptions = of_session(SESSION, "ES", CLASSES, now_ns=int(tape.due_ns[-1]))
    desk.capture(Gateway(tape))
    monkeypatch.setattr(builders, "TOGETHER", 1)
    holds_what_the_build_makes(desk, replace(simulated, window_end=hour(9, 32)), used, tmp_path)
    again = {one.key[0] for one in read_sent(tmp_path / "sent") if one.said["why"] == LATE}
    assert len(again) >= 3


def _cut_by_buckets(part: Part, start_ns: int) -> Part:
    """Return orders of which what an execution took is told as the next bucket begins.

    Of each bucket the last execution, if it came in its last two seconds.
    """
    if part.schema != "mbo":
        return part
    records = part.records.copy()
    times = records["ts_recv"].astype(np.int64)
    fills = np.flatnonzero((records["action"] == b"F") & (records["flags"] < F_LAST))
    for end_ns in range(start_ns + BUCKET_NS, start_ns + 24 * BUCKET_NS, BUCKET_NS):
        (near,) = np.nonzero((times[fills] < end_ns) & (times[fills] > end_ns - 2 * 10**9))
        if len(near):
            rest = slice(fills[near[-1]] + 1, int(np.searchsorted(times, end_ns)))
            records["ts_event"][rest] += (end_ns - times[rest]).astype(np.uint64)
            records["ts_recv"][rest] = end_ns
    return replace(part, records=records)


@pytest.mark.slow
def test_a_burst_of_ten_times_is_that_of_the_ordinary_build(
    desk: Desk, simulated: Settings, used: Used, tmp_path: Path
) -> None:
    """Twenty seconds of the window hold what two hundred do."""
    parts = [read(path) for path in files(simulated)]
    tape = joined(squeezed(parts, start_of(simulated) + 60 * 10**9, 20.0, 10))
    desk.subscriptions = of_session(SESSION, "ES", CLASSES, now_ns=int(tape.due_ns[-1]))
    desk.capture(Gateway(tape))
    holds_what_the_build_makes(desk, replace(simulated, window_end=hour(9, 36)), used, tmp_path)


@pytest.mark.slow
def test_what_is_lost_and_restated_is_as_the_ordinary_build_has_it(
    desk: Desk, simulated: Settings, used: Used, tmp_path: Path
) -> None:
    """The vendor no longer has the last order record that it sent; the book comes again."""
    tape = load(files(simulated))
    desk.subscriptions = of_session(SESSION, "ES", CLASSES, now_ns=int(tape.due_ns[-1]))
    place = int(np.searchsorted(tape.due_ns, start_of(simulated) + 20 * 10**9))
    wanted = asked_of(tape, desk)[:place]
    last = int(np.flatnonzero(wanted & tape.of_schema("mbo")[:place])[-1])
    plan = [Action(0, "fin", int(wanted.sum())), Action(1, "stall", 1_800, seconds=60)]
    desk.capture(Gateway(tape, plan=plan, lost={1: [last]}))
    assert desk.events("gap")
    assert desk.events("snapshot")
    holds_what_the_build_makes(desk, simulated, used, tmp_path)


def asked_of(tape: Tape, desk: Desk) -> NDArray[np.bool_]:
    """Return which records of a tape a desk asks for."""
    asked = np.zeros(len(tape), np.bool_)
    for one in desk.subscriptions:
        known = tape.ids(one.symbols, one.stype).values()
        ids = [number for found in known for number in found.values()]
        asked |= tape.of_schema(one.schema) & np.isin(tape.instrument_id, ids)
    return asked
