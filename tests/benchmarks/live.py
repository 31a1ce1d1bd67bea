"""How soon a bucket is there after its last record, and what it costs.

A simulated session comes through the stand-in at a speed into a capture of its own process; a
builder in this one follows, and what a server makes of it. Prints, apart for the book with its
pressure, the options and what is wide, the time from when a bucket could be closed to when it was
sent, CPU of both, CPU by piece and by relation, the machine's load beside.

    uv run python tests/benchmarks/live.py --rate 0.1 --minutes 10 --speed 1
    uv run python tests/benchmarks/live.py --burst 10 --burst-at 60 --burst-seconds 20
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from live.bursts import squeezed
from live.gateway import Gateway, place_at, serving
from live.plan import KEY
from live.tape import Tape, joined, read
from live.worlds import CLASSES
from spymaster.building.sandbox import Sandbox
from spymaster.live import order as orders
from spymaster.live.builder import Builder
from spymaster.live.checkpoint import Checkpoints
from spymaster.live.day import Day
from spymaster.live.decisions import Decisions
from spymaster.live.fold import Fold
from spymaster.live.follower import Follower
from spymaster.live.incoming import Incoming
from spymaster.live.order import Gateway as Place
from spymaster.live.outgoing import Outgoing
from spymaster.live.sent import KNOWN
from spymaster.live.subscriptions import of_session
from spymaster.live.tail import Tail
from spymaster.planning import snapshot as snapshots
from spymaster.settings import Settings
from spymaster.simulate import simulate
from spymaster.stream.running import Running
from spymaster.units import window_ns
from spymaster.warehouse.columns import SQL

SESSION = date(2024, 3, 5)
SHOWN = 25
"""Relations."""
WARM = 3
"""Buckets left out: the first ones import and compile."""


def main() -> None:
    """Run one session and print its table."""
    given = _given()
    with TemporaryDirectory() as made:
        folder = Path(made)
        start = datetime(2024, 3, 5, 9, 30)
        end = start + timedelta(minutes=given.minutes)
        files = simulate(
            folder / "files",
            session=SESSION,
            world="W0",
            rate=given.rate,
            start=(start - timedelta(minutes=5)).time(),
            end=(end + timedelta(seconds=given.burst_seconds * (given.burst - 1))).time(),
        ).files
        settings = Settings(folder / "warehouse", window_end=end.time())
        parts = [read(path) for path in sorted(files) if path.name.endswith(".dbn.zst")]
        before_ns = window_ns(SESSION, settings.window_start, end.time(), settings.zone)[0]
        burst_ns = before_ns + int(given.burst_at * 1e9)
        tape = joined(squeezed(parts, burst_ns, given.burst_seconds, given.burst))
        late = place_at(tape, before_ns + int(given.late * 1e9) - 10**10)
        gateway = Gateway(tape, given.speed, late=late)
        with serving(gateway):
            _follow(settings, gateway, tape, folder)


def _follow(settings: Settings, gateway: Gateway, tape: Tape, folder: Path) -> None:
    window = window_ns(SESSION, settings.window_start, settings.window_end, settings.zone)
    asked = of_session(SESSION, "ES", CLASSES, now_ns=window[0])
    order = orders.Order(folder / "capture", asked, window[1], Place("127.0.0.1", gateway.port))
    order.folder.mkdir()
    follower = Follower(order.folder, [one.schema for one in asked])
    snapshot = snapshots.load(replace(settings), SQL)
    os.environ[orders.KEY] = KEY
    child = orders.start(order)
    builder = Builder(snapshot, SESSION, follower, window, folder / "sent", folder / "spill")
    spent_by, pieces, shown = _timed(), _pieces(), list[Running]()
    before, wall = time.process_time(), time.monotonic()
    while not builder.is_done:
        if not builder.step():
            time.sleep(0.005)
        if not shown and (folder / "sent" / KNOWN).exists():
            shown.append(Running(folder / "sent"))
        for one in shown:
            one.tell(one.look())
    spent, took = time.process_time() - before, time.monotonic() - wall
    child.terminate()
    child.wait()
    counts = builder.counts
    for group, taken in counts.taken_ns.items():
        _print(group, sorted(one / 1e6 for one in taken[WARM:]))
    _print("behind the clock", sorted(one / 1e6 for one in counts.delays_ns[WARM:]))
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{counts.records:,} records of {len(tape):,}, {counts.buckets} buckets in {took:.0f} s")
    print(f"CPU s: builder {spent:.1f}, capture {children.ru_utime + children.ru_stime:.1f}")
    print(f"per bucket {spent / counts.buckets:.2f} CPU s; at most {memory:.2f} GB")
    for piece, seconds in sorted(pieces.items(), key=lambda one: -one[1]):
        print(f"{piece:35} {seconds / counts.buckets * 1e3:7.1f} ms of CPU per bucket")
    for relation, seconds in sorted(spent_by.items(), key=lambda one: -one[1])[:SHOWN]:
        print(f"{relation:35} {seconds / counts.buckets * 1e3:7.1f} ms of CPU per bucket")
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _timed() -> Counter[str]:
    """Count CPU seconds by relation from now on."""
    spent: Counter[str] = Counter()
    build = Sandbox._build

    def timed(self: Sandbox, connection: Any, job: Any) -> None:
        began = time.thread_time()  # of a query's one thread; another model is built beside it
        build(self, connection, job)
        spent[job.relation] += time.thread_time() - began

    Sandbox._build = timed  # type: ignore[method-assign]
    return spent


PIECES: dict[str, tuple[tuple[type, str], ...]] = {
    "reading": ((Follower, "poll"), (Incoming, "take")),
    "book": ((Fold, "close"), (Tail, "keep")),
    "levels": ((Day, "level"),),
    "quality": ((Day, "judge"),),
    "setting up the models": ((Tail, "set"),),
    "models": ((Tail, "build"),),
    "decisions": ((Decisions, "take"), (Decisions, "made")),
    "sending": ((Outgoing, "send"),),
    "checkpoints": ((Checkpoints, "write"), (Tail, "forget")),
    "frames": ((Running, "look"),),
}


def _pieces() -> Counter[str]:
    """Count CPU seconds by piece from now on; that of models by group."""
    spent: Counter[str] = Counter()
    for piece, methods in PIECES.items():
        for owner, name in methods:
            _count(owner, name, piece, spent)
    return spent


def _count(owner: Any, name: str, piece: str, spent: Counter[str]) -> None:
    method = getattr(owner, name)

    def timed(self: Any, *given: Any, **named: Any) -> Any:
        began = time.process_time()
        try:
            return method(self, *given, **named)
        finally:
            of = f" of {given[0]}" if piece == "models" else ""
            spent[f"{piece}{of}"] += time.process_time() - began

    setattr(owner, name, timed)


def _print(what: str, ms: list[float]) -> None:
    if ms:
        p50, p99 = (ms[min(int(share * len(ms)), len(ms) - 1)] for share in (0.5, 0.99))
        print(f"{what:18} p50 {p50:7.0f} ms   p99 {p99:7.0f}   max {ms[-1]:7.0f}")


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rate", type=float, default=0.02, help="of a real day's")
    parser.add_argument("--minutes", type=float, default=5.0, help="of the window")
    parser.add_argument("--speed", type=float, default=1.0, help="of the clock; 0 is at once")
    parser.add_argument(
        "--late", type=float, default=0.0, help="s of the window that are past as it begins"
    )
    parser.add_argument("--burst", type=int, default=1, help="times as much comes in it")
    parser.add_argument("--burst-at", type=float, default=60.0, help="s of the window")
    parser.add_argument("--burst-seconds", type=float, default=20.0, help="it lasts")
    return parser.parse_args()


if __name__ == "__main__":
    main()
