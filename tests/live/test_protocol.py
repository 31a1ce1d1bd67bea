"""What is said to the gateway, and that all it sends is in the files, byte for byte."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from live.conftest import Desk, by_schema, until
from live.gateway import Gateway, serving
from live.plan import KEY, Action
from live.tape import Tape, joined
from live.worlds import CLASSES, FUTURE, OPENS_NS, OPTION, small
from spymaster.errors import LockedError, UsageError, VendorError
from spymaster.live.capture import capture
from spymaster.live.order import Order
from spymaster.live.subscriptions import Subscription


def test_all_that_is_sent_is_captured(desk: Desk, tape: Tape) -> None:
    """Six schemas in one session, as fast as they can come."""
    assert desk.capture(Gateway(tape)) == "the session is over"
    assert desk.joined() == by_schema(tape)
    assert desk.events("gap", "snapshot", "message", "waiting") == []


def test_the_order_over_schemas_is_kept(desk: Desk, tape: Tape) -> None:
    desk.capture(Gateway(tape))
    assert tape.data.tobytes() in (desk.folder / "000.dbn").read_bytes()


def test_the_login_asks_for_heartbeats_and_every_record(desk: Desk, tape: Tape) -> None:
    gateway = Gateway(tape)
    desk.capture(gateway)
    login = dict(pair.split("=", 1) for pair in gateway.lines[0][1].split("|"))
    told = {name: login[name] for name in ("encoding", "ts_out", "heartbeat_interval_s")}
    assert told == {"encoding": "dbn", "ts_out": "0", "heartbeat_interval_s": "5"}
    assert login["slow_reader_behavior"] == "warn"


def test_each_schema_is_asked_for_once(desk: Desk, tape: Tape) -> None:
    gateway = Gateway(tape)
    desk.capture(gateway)
    asked = [line for _, line in gateway.lines[1:-1]]
    assert len(asked) == len(desk.subscriptions)
    assert "schema=definition|stype_in=parent|symbols=ES.FUT,ES.OPT|start=0|snapshot=0" in asked[1]
    assert gateway.lines[-1] == (0, "start_session=0")


def test_501_symbols_are_two_lines(desk: Desk, tape: Tape) -> None:
    names = ("ESH4", *(f"ESH4 C{strike}" for strike in range(4000, 4500)))
    desk.subscriptions = (Subscription("mbo", names, OPENS_NS, "raw_symbol"),)
    gateway = Gateway(tape)
    desk.capture(gateway)
    first, second = (line for _, line in gateway.lines if line.startswith("schema"))
    assert (first.count(","), second.count(",")) == (499, 0)
    assert (first[-1], second[-1]) == ("0", "1")  # is_last
    assert desk.joined()["mbo"] == by_schema(tape)["mbo"]


def test_an_unknown_symbol_is_said_and_the_others_come(desk: Desk, tape: Tape) -> None:
    desk.subscriptions = (Subscription("mbo", ("NO.FUT", FUTURE), OPENS_NS),)
    desk.capture(Gateway(tape))
    (message,) = desk.events("message")
    assert (message["code"], message["text"]) == (4, "Failed to resolve symbol 'NO.FUT'")
    assert desk.joined()["mbo"] == by_schema(tape)["mbo"]


def test_options_of_every_class_are_captured(desk: Desk) -> None:
    """A daily has a parent of its own; parents that list nothing are said, and the others come."""
    parts = small()
    parts[0].records["asset"][-1] = b"E1B"
    tape = joined(parts)
    desk.subscriptions = tuple(
        replace(one, symbols=tuple(dict.fromkeys([*one.symbols, *CLASSES])))
        if OPTION in one.symbols
        else one
        for one in desk.subscriptions
    )
    desk.capture(Gateway(tape))
    assert desk.joined() == by_schema(tape)
    said = {message["text"] for message in desk.events("message")}
    silent = set(CLASSES) - {OPTION, "E1B.OPT"}
    assert said == {f"Failed to resolve symbol '{parent}'" for parent in silent}


def test_a_wrong_key_ends_it_at_once_and_is_nowhere(
    desk: Desk, tape: Tape, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("DATABENTO_API_KEY", wrong := KEY[::-1])
    gateway = Gateway(tape)
    with (
        caplog.at_level(logging.DEBUG),
        pytest.raises(UsageError, match="refuses the login") as told,
    ):
        desk.capture(gateway)
    assert len(gateway.sent) == 1
    said = f"{told.value} {caplog.text} {desk.events('ended')}"
    assert wrong not in said
    assert wrong[-5:] not in said
    assert not any(wrong.encode() in file.read_bytes() for file in desk.folder.iterdir())


def test_the_process_says_it_in_a_line(desk: Desk, tape: Tape) -> None:
    wrong = KEY[::-1]
    with serving(Gateway(tape)) as gateway:
        ended = subprocess.run(
            [sys.executable, "-m", "spymaster.live.process", desk.order(gateway).written()],
            env={**os.environ, "DATABENTO_API_KEY": wrong},
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: the vendor refuses the login: User has been deactivated")
    assert ended.stderr.count("\n") == 1
    assert wrong not in ended.stderr
    assert ended.stdout == ""


def test_without_a_key_nobody_is_asked(
    desk: Desk, tape: Tape, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABENTO_API_KEY")
    with pytest.raises(UsageError, match="DATABENTO_API_KEY is not set"):
        desk.capture(Gateway(tape))


@pytest.mark.parametrize(
    ("code", "error", "said"),
    [
        (1, UsageError, "does not accept the key"),
        (2, UsageError, "does not accept the key"),
        (5, VendorError, "refuses the subscriptions: no such schema"),
    ],
)
def test_what_would_end_the_same_is_not_tried_again(
    desk: Desk, tape: Tape, code: int, error: type[Exception], said: str
) -> None:
    gateway = Gateway(tape, plan=[Action(0, "error_fin", 10, code=code, text="no such schema")])
    with pytest.raises(error, match=said):
        desk.capture(gateway)
    assert len(gateway.sent) == 1
    assert said in desk.said("ended")[0]


def test_one_capture_at_a_time(desk: Desk, tape: Tape) -> None:
    gateway = Gateway(tape, plan=[Action(0, "stall", 100, seconds=60)])
    with serving(gateway):
        stop = threading.Event()
        first = threading.Thread(target=capture, args=(desk.order(gateway), stop))
        first.start()
        until(lambda: gateway.sent and gateway.sent[0] == 100)
        with pytest.raises(LockedError, match="captured by process"):
            capture(desk.order(gateway), threading.Event())
        stop.set()
        first.join()
    assert desk.said("ended") == ["told to stop"]


def test_an_order_is_the_same_after_a_journey(desk: Desk, tape: Tape) -> None:
    order = desk.order(Gateway(tape, port=13_000))
    assert Order.read(order.written()) == order
    assert Order.read(replace(order, gateway=None).written()).gateway is None
    assert KEY not in json.dumps(order.written())


def test_two_schemas_of_one_rtype_are_refused(desk: Desk, tape: Tape) -> None:
    desk.subscriptions = (Subscription("tbbo", (FUTURE,), 0), Subscription("mbp-1", (FUTURE,), 0))
    with pytest.raises(ValueError, match="mbp-1 and tbbo are both of rtype 1"):
        desk.capture(Gateway(tape))


def test_a_longer_tape_of_one_schema(desk: Desk) -> None:
    """Chunks of the follower's reading end inside records."""
    tape = joined(small(30_000))
    desk.capture(Gateway(tape))
    assert desk.joined() == by_schema(tape)
