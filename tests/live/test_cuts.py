"""Connections that end, and what is captured all the same."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from live.conftest import Desk, by_schema, until
from live.gateway import Gateway, serving
from live.plan import Action
from live.tape import Tape, resting
from live.worlds import OPENS_NS
from spymaster.errors import UsageError
from spymaster.land.dbn import RECORDS
from spymaster.live import capture as captures
from spymaster.live.capture import capture

PLACES = (0, 1, 60, 700, 3_463)
"""Records sent before a cut: before the first, among the definitions, soon after the snapshot of
the book, later, before the last."""


@pytest.mark.parametrize("after", PLACES)
@pytest.mark.parametrize("kind", ["fin", "rst", "torn", "torn_fin", "error_fin"])
def test_a_cut_loses_nothing(desk: Desk, tape: Tape, kind: str, after: int) -> None:
    gateway = Gateway(tape, plan=[Action(0, kind, after)])
    assert desk.capture(gateway) == "the session is over"
    assert desk.joined() == by_schema(tape)
    assert len(gateway.sent) == 2
    assert not desk.events("gap")
    first, last = desk.said("closed")
    assert first in REASONS[kind]
    assert last == "the session is over"


REASONS = {
    "fin": ("closed by the gateway",),
    "torn_fin": ("closed by the gateway",),
    "error_fin": ("internal error",),
    "rst": ("[Errno 104] Connection reset by peer", "closed by the gateway"),
    "torn": ("[Errno 104] Connection reset by peer", "closed by the gateway"),
}
"""A reset that comes before anything was read may look like a close."""


def test_a_snapshot_that_was_cut_begins_again(desk: Desk, tape: Tape) -> None:
    """Nothing of it is an event, so nothing of it says where the book stands."""
    desk.capture(Gateway(tape, plan=[Action(0, "fin", 30)]))
    whole, captured = by_schema(tape)["mbo"], desk.joined()["mbo"]
    assert captured.endswith(whole)
    assert whole.startswith(captured.removesuffix(whole))
    assert 0 < len(captured) - len(whole) < 40 * 56


def test_four_cuts_in_a_row(desk: Desk, tape: Tape) -> None:
    """One of them while the past is sent again."""
    kinds = ("torn", "fin", "torn_fin", "rst")
    plan = [Action(n, kind, (900, 60, 3, 800)[n]) for n, kind in enumerate(kinds)]
    gateway = Gateway(tape, plan=plan)
    desk.capture(gateway)
    assert desk.joined() == by_schema(tape)
    assert len(gateway.sent) == 5


@pytest.mark.parametrize("kind", ["stall", "half"])
def test_a_pause_is_no_cut(desk: Desk, tape: Tape, kind: str) -> None:
    gateway = Gateway(tape, plan=[Action(0, kind, 700, seconds=0.1)])
    desk.capture(gateway)
    assert desk.joined() == by_schema(tape)
    assert len(gateway.sent) == 1


def test_every_schema_starts_a_little_before_its_own_last(desk: Desk, tape: Tape) -> None:
    desk.capture(Gateway(tape, plan=[Action(0, "fin", 2_000)]))
    first, again = (one["subscriptions"] for one in desk.events("opened"))
    assert [one["start"] for one in first] == [OPENS_NS, 0, 0, OPENS_NS, OPENS_NS, OPENS_NS]
    known = tape.select(tape.place < 2_000)
    for asked in again:
        own = known.select(known.of_schema(asked["schema"]))
        by_receipt = asked["schema"] == "bbo-1s"
        last = int((own.ts_recv if by_receipt else own.ts_event)[-1])
        assert asked["start"] == last - 10**9


def test_what_joins_is_said(desk: Desk, tape: Tape) -> None:
    desk.capture(Gateway(tape, plan=[Action(0, "fin", 2_000)]))
    joins = {one["schema"]: one for one in desk.events("joined")}
    assert joins.keys() == set(tape.schemas)
    known = tape.select(tape.place < 2_000)
    mbo = known.select(known.of_schema("mbo"))
    assert joins["mbo"]["from_ns"] == joins["mbo"]["to_ns"] == int(mbo.ts_recv[-1])
    assert joins["mbo"]["dropped"] == int((mbo.ts_event >= mbo.ts_event[-1] - 10**9).sum())
    assert joins["statistics"]["dropped"] == 8


def test_nothing_listens_for_a_while(desk: Desk, tape: Tape) -> None:
    gateway = Gateway(tape, plan=[Action(0, "rst_down", 700, seconds=0.4)])
    desk.capture(gateway)
    assert desk.joined() == by_schema(tape)
    waits = desk.said("waiting")
    assert len(waits) > 2
    assert all("Connection to 127.0.0.1" in reason for reason in waits[1:])
    assert len(desk.events("opened")) == 2, "a connection that was never there has no file"


def test_what_brings_nothing_new_is_tried_less_and_less(
    desk: Desk, tape: Tape, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each such connection is a file and a login that counts; then one brings something."""
    monkeypatch.setattr(captures, "PAUSES_SECONDS", (0.01, 0.02, 0.03))
    full = [Action(n, "error_fin", code=3, text="too many connections") for n in range(1, 6)]
    plan = [Action(0, "fin", 700), *full, Action(6, "fin", 900)]
    desk.capture(Gateway(tape, plan=plan))
    waits = [one["seconds"] for one in desk.events("waiting")]
    assert waits == [0.01, 0.02, 0.03, 0.03, 0.03, 0.03, 0.01]
    assert desk.joined() == by_schema(tape)


def test_a_login_refused_later_ends_it(desk: Desk, tape: Tape) -> None:
    gateway = Gateway(tape, plan=[Action(0, "fin", 700)], refuse=frozenset({1}))
    with pytest.raises(UsageError, match="refuses the login"):
        desk.capture(gateway)
    assert len(gateway.sent) == 2


@pytest.mark.parametrize("how", ["drop", "mute"])
def test_a_gateway_that_says_nothing_is_left(desk: Desk, tape: Tape, how: str) -> None:
    """Closed before the login, or open and dumb."""
    gateway = Gateway(tape, plan=[Action(1, "fin", 700)], **{how: frozenset({0, 2})})
    desk.capture(gateway)
    assert desk.joined() == by_schema(tape)
    assert len(gateway.sent) == 4
    waits = [reason for reason in desk.said("waiting") if "Authentication" in reason]
    assert len(waits) == 2


@pytest.mark.parametrize("after", [0, 1, 700])
def test_silence_is_cut(desk: Desk, tape: Tape, after: int) -> None:
    """The client notices none that was there from the start."""
    gateway = Gateway(tape, plan=[Action(0, "hang", after)])
    desk.capture(gateway)
    assert desk.joined() == by_schema(tape)
    assert desk.said("closed")[0] == "nothing came for 0.5 seconds"


def test_told_to_stop_and_started_again(desk: Desk, tape: Tape) -> None:
    stop = threading.Event()
    with serving(Gateway(tape, plan=[Action(0, "stall", 700, seconds=60)])) as gateway:
        first = threading.Thread(target=capture, args=(desk.order(gateway), stop))
        first.start()
        until(lambda: gateway.sent and gateway.sent[0] == 700)
        stop.set()
        first.join()
        assert capture(desk.order(gateway), threading.Event()) == "the session is over"
    assert desk.joined() == by_schema(tape)
    assert desk.said("ended") == ["told to stop", "the session is over"]


def test_a_session_that_is_over_is_not_opened_again(desk: Desk, tape: Tape) -> None:
    desk.capture(Gateway(tape))
    gateway = Gateway(tape)
    assert desk.capture(gateway) == "the session is over"
    assert gateway.sent == []


def test_a_missing_anchor_is_a_gap_and_a_snapshot_follows(desk: Desk, tape: Tape) -> None:
    """The vendor no longer has the last record of the book that it sent."""
    last = int(tape.place[:2_000][tape.of_schema("mbo")[:2_000]][-1])
    plan = [Action(0, "fin", 2_000), Action(1, "stall", 200, seconds=60)]
    gateway = Gateway(tape, plan=plan, lost={1: [last]})
    desk.capture(gateway)
    (gap,), (new,) = desk.events("gap"), desk.events("snapshot")
    assert (gap["schema"], new["schema"]) == ("mbo", "mbo")
    assert gap["from_ns"] == int(tape.ts_recv[last])
    assert gap["to_ns"] > gap["from_ns"]
    _, second, third = (one["subscriptions"][0] for one in desk.events("opened"))
    assert (second["snapshot"], third["snapshot"], third["start"]) == (False, True, None)
    assert desk.said("closed")[1] == "the book has a gap and needs a snapshot"
    assert _book(desk.joined()["mbo"]) == _book(by_schema(tape)["mbo"])
    assert {**desk.joined(), "mbo": b""} == {**by_schema(tape), "mbo": b""}


def test_a_gap_asks_for_a_snapshot_until_one_comes(desk: Desk, tape: Tape) -> None:
    """The capture is told to stop once there is a gap; the next connection says nothing."""
    last = int(tape.place[:2_000][tape.of_schema("mbo")[:2_000]][-1])
    plan = [Action(0, "fin", 2_000), Action(1, "stall", 200, seconds=60), Action(2, "hang")]
    stop = threading.Event()
    with serving(Gateway(tape, plan=plan, lost={1: [last]})) as gateway:
        first = threading.Thread(target=capture, args=(desk.order(gateway), stop))
        first.start()
        until(lambda: desk.events("gap"))
        stop.set()
        first.join()
        assert capture(desk.order(gateway), threading.Event()) == "the session is over"
    asked = [one["subscriptions"][0] for one in desk.events("opened")]
    assert [one["snapshot"] for one in asked] == [False, False, True, True]
    assert len(desk.events("snapshot")) == 1
    assert _book(desk.joined()["mbo"]) == _book(by_schema(tape)["mbo"])


def test_what_the_vendor_no_longer_has_is_asked_for_as_a_snapshot(desk: Desk, tape: Tape) -> None:
    aged = Action(1, "error_fin", 0, code=8, text="replay data aged out")
    gateway = Gateway(tape, plan=[Action(0, "fin", 2_000), aged, Action(2, "fin", 900)])
    desk.capture(gateway)
    third, fourth = (
        {one["schema"]: one for one in opened["subscriptions"]}
        for opened in desk.events("opened")[2:]
    )
    assert (third["mbo"]["snapshot"], third["mbo"]["start"]) == (True, None)
    assert third["definition"]["start"] == third["bbo-1s"]["start"] == 0
    assert not fourth["mbo"]["snapshot"], "it has all from then on"
    assert min(fourth[name]["start"] for name in ("mbo", "bbo-1s")) > OPENS_NS
    assert [one["schema"] for one in desk.events("snapshot")] == ["mbo"]
    assert _book(desk.joined()["mbo"]) == _book(by_schema(tape)["mbo"])
    assert {**desk.joined(), "mbo": b""} == {**by_schema(tape), "mbo": b""}


def test_an_early_start_begins_with_the_book_as_it_is(desk: Desk, tape: Tape) -> None:
    """Cut before and after its first event; there is no start that could be asked for."""
    book, *others = desk.subscriptions
    desk.subscriptions = (replace(book, start=None, snapshot=True), *others)
    plan = [Action(0, "fin", 0), Action(1, "torn_fin", 20), Action(2, "fin", 300)]
    gateway = Gateway(tape, plan=plan, late=1_000)
    desk.capture(gateway)
    asked = [one["subscriptions"][0] for one in desk.events("opened")]
    assert [one["snapshot"] for one in asked] == [True, True, True, False]
    assert _book(desk.joined()["mbo"]) == _book(by_schema(tape)["mbo"])


def test_other_errors_are_noted_and_nothing_is_cut(desk: Desk, tape: Tape) -> None:
    skipped = Action(0, "message", 700, code=7, text="skipped 12 records")
    gateway = Gateway(tape, plan=[skipped])
    desk.capture(gateway)
    (message,) = desk.events("message")
    assert (message["code"], message["text"]) == (7, "skipped 12 records")
    assert message["at_ns"] == int(tape.due_ns[700])
    assert len(gateway.sent) == 1


def test_a_snapshot_in_between_is_passed_on(desk: Desk, tape: Tape) -> None:
    desk.capture(Gateway(tape, plan=[Action(0, "snapshot", 2_000)]))
    captured = desk.joined()["mbo"]
    assert len(captured) > len(by_schema(tape)["mbo"])
    assert _book(captured) == _book(by_schema(tape)["mbo"])


def test_a_late_start_gets_the_day_so_far(desk: Desk, tape: Tape) -> None:
    gateway = Gateway(tape, late=3_000, plan=[Action(0, "torn", 1_500)])
    desk.capture(gateway)
    assert desk.joined() == by_schema(tape)
    assert desk.follower().watermark.is_current is False


def _book(data: bytes) -> list[tuple[int, int, int]]:
    records = resting(np.frombuffer(data, RECORDS["mbo"]))
    return sorted(
        zip(*(records[name].tolist() for name in ("order_id", "price", "size")), strict=True)
    )
