"""A session live, from the first record to the audit: what ``spymaster live`` does."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from spymaster import operations
from spymaster.errors import DataError, UsageError
from spymaster.live.audit import Difference, differing
from spymaster.live.builder import Builder
from spymaster.live.captor import Captor, Say
from spymaster.live.events import read_events
from spymaster.live.follower import Follower
from spymaster.live.known import sent_relations
from spymaster.live.order import KEY, Gateway, Order
from spymaster.live.outgoing import Counts
from spymaster.live.seal import WAIT_SECONDS, seal
from spymaster.live.segments import capture_folder, next_number
from spymaster.live.sent import sent_folder
from spymaster.live.session import is_over
from spymaster.live.subscriptions import of_session
from spymaster.live.turns import taken
from spymaster.planning import snapshot as snapshots
from spymaster.planning.snapshot import Snapshot
from spymaster.settings import Settings
from spymaster.units import BUCKET_NS
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.files import spill
from spymaster.warehouse.layout import Layout

LOOK_SECONDS, LINE_SECONDS = 0.005, 60.0
BUILT = "built.lock"


@dataclass(frozen=True)
class Report:
    """How a session ended."""

    failures: tuple[str, ...]
    """Of the ordinary build."""
    differences: tuple[Difference, ...]
    """Between what was sent and what that build made."""

    @property
    def exit_code(self) -> int:
        """0 where what was sent is what the build made."""
        return 1 if self.failures or self.differences else 0


def live(
    settings: Settings,
    session: date,
    *,
    gateway: Gateway | None = None,
    options: tuple[str, ...] = (),
    sql: Path = SQL,
    say: Say = lambda line: None,
) -> Report:
    """Capture a session, build each bucket as it closes, and at the end land and audit it.

    Started late or again it goes on where it stood.

    Parameters
    ----------
    gateway : Gateway
        If not the vendor's own.
    options : tuple of str
        Parents of the options to capture, such as ES.OPT.
    say : callable
        Told a line each minute, and of what happens.

    Raises
    ------
    UsageError
        If there is no key, the vendor refuses it, the session's trading day is over and nothing
        was captured, or what was captured is of other options.
    LockedError
        If another process builds the session.
    DataError
        If the disk is full, or the capture ends before the session does.
    """
    layout, window = snapshots.layout(settings), settings.window_ns(session)
    order = _order(layout, settings, session, window[1], gateway, options)
    if gateway is None:  # that of a test has a clock of its own
        _refuse_what_is_over(settings, session, order.folder)
    _refuse_another(order, session)
    sent = sent_folder(layout.root, session)
    for folder in (order.folder, sent):
        folder.mkdir(parents=True, exist_ok=True)
    with taken(sent / BUILT, "built"):
        snapshot = snapshots.load(settings, sql)
        captor = Captor(order, say)
        try:
            captor.look()
            snapshot = with_past(snapshot, session, sql, say)
            _build(snapshot, session, order, window, sent, captor, say)
        except BaseException:
            captor.stop()
            raise
    say("the window is over: the capture lands, and the session is built")
    return _sealed(settings, session, order, sent, sql)


def with_past(snapshot: Snapshot, session: date, sql: Path, say: Say) -> Snapshot:
    """Build what landed of earlier sessions and is not built, and return what is there then.

    The ordinary build of this session will look back at it: for the contract, levels, analogs.
    """
    settings = snapshot.project.settings
    if not (before := [day for day in snapshot.landed.sessions if day < session]):
        return snapshot
    found = operations.backfill(settings, before[0], before[-1], sql=sql, wait=WAIT_SECONDS)
    for day in sorted({one.session for one in found.built}):
        say(f"{day}: built first")
    for failure in found.failures:
        say(f"not built, as it will not be at the end: {failure}")
    return snapshots.load(settings, sql)


def _build(
    snapshot: Snapshot,
    session: date,
    order: Order,
    window: tuple[int, int],
    sent: Path,
    captor: Captor,
    say: Say,
) -> None:
    follower = Follower(order.folder, _schemas(order))
    with spill() as folder:
        builder = Builder(snapshot, session, follower, window, sent, folder)
        said = time.monotonic()
        try:
            is_over = False
            while not (is_over and builder.is_done):
                is_over = captor.look()
                if not builder.step():
                    if is_over and not builder.is_done:
                        raise DataError(f"{order.folder}: the capture ended before the window did")
                    time.sleep(LOOK_SECONDS)
                if time.monotonic() - said >= LINE_SECONDS:
                    said = time.monotonic()
                    say(line(builder.tell()))
            builder.finish()
        finally:
            builder.close()


def line(counts: Counts) -> str:
    """Return what happened in a minute as a line."""
    delays = sorted(counts.delays_ns)
    worst = f"{delays[-1] / 1e6:.0f} ms" if delays else "no bucket"
    middle = f"{delays[len(delays) // 2] / 1e6:.0f} ms, at most " if delays else ""
    return (
        f"{datetime.now(UTC):%H:%M:%S} UTC: delay {middle}{worst}; {counts.records:,} records,"
        f" {counts.late} late, {counts.gaps} gaps; {counts.buckets} buckets,"
        f" {counts.revised} sent again"
    )


def _sealed(settings: Settings, session: date, order: Order, sent: Path, sql: Path) -> Report:
    seal(order.folder, _schemas(order), session, settings)
    report = operations.run(settings, session=session, sql=sql, wait=WAIT_SECONDS)
    snapshot = snapshots.load(settings, sql)
    grains = {name: model.header.grain for name, model in snapshot.project.models.items()}
    start_ns, end_ns = settings.window_ns(session)
    found = differing(
        snapshot.layout,
        sent,
        session,
        grains,
        relations=sent_relations(snapshot),
        n_buckets=(end_ns - start_ns) // BUCKET_NS,
    )
    return Report(tuple(report.failures), () if report.failures else tuple(found))


def _order(
    layout: Layout,
    settings: Settings,
    session: date,
    until_ns: int,
    gateway: Gateway | None,
    options: tuple[str, ...],
) -> Order:
    if not os.environ.get(KEY, "").strip():
        raise UsageError(f"{KEY} is not set; it holds the key of your account")
    asked = of_session(session, settings.root, options, now_ns=time.time_ns())
    return Order(capture_folder(layout.root, session), asked, until_ns, gateway)


def _refuse_what_is_over(settings: Settings, session: date, folder: Path) -> None:
    """Refuse a session of which the vendor would send what came after it as if it were its own."""
    if is_over(settings, session, datetime.now(UTC)) and not next_number(folder):
        raise UsageError(
            f"{session}: over, and nothing of it was captured; `spymaster pull` buys its records"
        )


def _refuse_another(order: Order, session: date) -> None:
    """Refuse to go on with other options: builder and seal would have others than the capture."""
    opened = [one for one in read_events(order.folder) if one["event"] == "opened"]
    if opened:
        before = {one["schema"]: tuple(one["symbols"]) for one in opened[-1]["subscriptions"]}
        if before != {one.schema: one.symbols for one in order.subscriptions}:
            begun = ",".join(before["definition"][1:]) or "none"
            raise UsageError(f"{session}: is captured with other options; say --options {begun}")


def _schemas(order: Order) -> list[str]:
    return [one.schema for one in order.subscriptions]
