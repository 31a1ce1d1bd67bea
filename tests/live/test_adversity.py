"""Kills, a slow reader, a full disk: each in a process of its own, forked off a warm one."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import pytest

from live.conftest import Desk, by_schema, until
from live.gateway import Gateway, serving
from live.plan import KEY, Action
from live.tape import Tape, joined
from live.worlds import small
from spymaster.live import capture as captures
from spymaster.live.process import main
from spymaster.live.segments import EVENTS, segment_path

_warm = multiprocessing.get_context("forkserver")
_warm.set_forkserver_preload(["spymaster.live.process"])  # the client's imports take seconds


def _capture(written: str, said: str, limit: int | None) -> None:
    """Be the process of a capture; what it says goes to a file."""
    os.environ["DATABENTO_API_KEY"] = KEY
    os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), 2)
    captures.PAUSES_SECONDS = (0.02,)
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    os._exit(main(written))


@contextmanager
def capturing(desk: Desk, gateway: Gateway, limit: int | None = None) -> Iterator[BaseProcess]:
    """Capture in another process while the block lasts."""
    said = str(desk.folder.with_name("said.txt"))
    process = _warm.Process(target=_capture, args=(desk.order(gateway).written(), said, limit))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def test_what_came_is_in_the_file_before_anybody_closes_it(desk: Desk, tape: Tape) -> None:
    """Killed while the gateway pauses: everything sent before is there, and the rest comes."""
    with serving(Gateway(tape, plan=[Action(0, "stall", 1_234, seconds=60)])) as gateway:
        with capturing(desk, gateway) as process:
            until(lambda: _holds(desk.folder, tape, 1_234))
            process.kill()
            process.join()
        assert process.exitcode == -signal.SIGKILL
        assert _holds(desk.folder, tape, 1_234)
        with capturing(desk, gateway) as process:
            process.join()
    assert process.exitcode == 0
    assert desk.joined() == by_schema(tape)
    assert not desk.events("gap", "snapshot")


@pytest.mark.parametrize(
    "seed",
    [pytest.param(1, marks=pytest.mark.thorough), pytest.param(2, marks=pytest.mark.slow)],
)
def test_kills_at_any_time(desk: Desk, tape: Tape, seed: int) -> None:
    """Two minutes pass in four seconds, and the capture is killed again and again.

    From the first order on: a snapshot that nothing follows comes again, whole.
    """
    random = Random(seed)
    opens = int(tape.of_schema("mbo").argmax())
    with serving(Gateway(tape, speed=30 if seed == 1 else 5, late=opens)) as gateway:
        for n in range(5 if seed == 1 else 20):
            with capturing(desk, gateway):
                until(lambda first=not n: not first or _has_orders(desk))
                time.sleep(random.uniform(0.05, 0.6))
        with capturing(desk, gateway) as process:
            process.join()
    assert process.exitcode == 0
    assert desk.joined() == by_schema(tape)
    assert not desk.events("gap", "snapshot")


def test_a_slow_reader_is_told_so_and_loses_nothing(desk: Desk) -> None:
    tape = joined(small(120_000))
    stall = Action(0, "stall", 1_000, seconds=60)
    with (
        serving(Gateway(tape, plan=[stall], slow_after=0.05)) as gateway,
        capturing(desk, gateway) as process,
    ):
        until(lambda: _holds(desk.folder, tape, 1_000))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGSTOP)
        gateway.go.set()
        until(lambda: _waits(gateway, 0.06))
        os.kill(process.pid, signal.SIGCONT)
        process.join()
    assert process.exitcode == 0
    assert desk.joined() == by_schema(tape)
    messages = desk.events("message")
    assert {(one["kind"], one["code"], one["text"]) for one in messages} == {
        ("system", 2, "Slow reading")
    }


def test_a_full_disk_ends_it_with_a_line(desk: Desk, tape: Tape) -> None:
    """The capture stops at once, not when the session ends: here the gateway just waits."""
    with (
        serving(Gateway(tape, plan=[Action(0, "stall", 3_000, seconds=600)])) as gateway,
        capturing(desk, gateway, limit=100_000) as process,
    ):
        process.join()
    assert process.exitcode == 1
    said = desk.folder.with_name("said.txt").read_text()
    assert said == f"error: {segment_path(desk.folder, 0)}: cannot be written: File too large\n"
    assert desk.said("closed") == ["cannot be written: File too large"]


def test_a_log_that_a_full_disk_cut_short_goes_on(desk: Desk, tape: Tape) -> None:
    """It says why, and what comes after it can be read."""
    with serving(Gateway(tape)) as gateway:
        with capturing(desk, gateway, limit=400) as process:
            process.join()
        assert process.exitcode == 1
        why = f"{desk.folder / EVENTS}: cannot be written: File too large"
        assert desk.folder.with_name("said.txt").read_text() == f"error: {why}\n"
        with capturing(desk, gateway) as process:
            process.join()
    assert process.exitcode == 0
    assert desk.said("ended") == [why, "the session is over"]
    assert desk.joined() == by_schema(tape)


def test_a_signal_closes_the_files_first(desk: Desk, tape: Tape) -> None:
    with (
        serving(Gateway(tape, plan=[Action(0, "stall", 700, seconds=600)])) as gateway,
        capturing(desk, gateway) as process,
    ):
        until(lambda: _holds(desk.folder, tape, 700))
        process.terminate()
        process.join()
    assert process.exitcode == 0
    assert desk.said("closed", "ended") == ["told to stop", "told to stop"]
    assert _holds(desk.folder, tape, 700)


def _has_orders(desk: Desk) -> bool:
    """Whether an order came that is none of the snapshot."""
    follower = desk.follower()
    follower.drain()
    return len(follower.channels["mbo"].tail) > 0


def _holds(folder: Path, tape: Tape, count: int) -> bool:
    path = segment_path(folder, 0)
    return path.exists() and path.read_bytes().endswith(tape.bytes(count - 20, count))


def _waits(gateway: Gateway, seconds: float) -> bool:
    since = gateway.waiting_since
    return since is not None and time.monotonic() - since > seconds
