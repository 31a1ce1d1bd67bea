"""A builder over what a test captured, and the ordinary build beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from first_use import Used
from live.conftest import Desk
from live.shown import holds_the_frames_of_the_replay
from spymaster import operations
from spymaster.land import land
from spymaster.live.audit import differing
from spymaster.live.builder import Builder
from spymaster.live.known import sent_relations
from spymaster.live.seal import seal
from spymaster.live.service import with_past
from spymaster.planning import snapshot as snapshots
from spymaster.settings import Settings
from spymaster.units import BUCKET_NS, window_ns
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.layout import Layout

SESSION = date(2024, 3, 5)
LIVE = "live_warehouse"


@contextmanager
def building(desk: Desk, settings: Settings, used: Used, tmp_path: Path) -> Iterator[Builder]:
    """Build from a capture into a warehouse in which nothing has landed."""
    place = tmp_path / LIVE
    own = replace(settings, warehouse=place if place.exists() else used(place))
    builder = Builder(
        snapshots.load(own, SQL),
        SESSION,
        desk.follower(),
        window_ns(SESSION, own.window_start, own.window_end, own.zone),
        tmp_path / "sent",
        tmp_path / "spill",
    )
    try:
        yield builder
    finally:
        builder.close()


def files(settings: Settings) -> list[Path]:
    """Return the files of the simulated session."""
    return sorted((settings.warehouse.parent / "files").rglob("*.dbn.zst"))


def newest(builder: Builder, settings: Settings) -> int:
    """Return the number of the newest bucket that was sent."""
    return (builder.newest_ns - start_of(settings)) // BUCKET_NS


def up_to(n: int, builder: Builder, settings: Settings) -> None:
    """Build until a bucket is sent."""
    while newest(builder, settings) < n:
        assert builder.step()


def differences(settings: Settings, sent: Path, n: int) -> list[str]:
    """Return what of the first buckets the ordinary build has made otherwise."""
    snapshot = snapshots.load(settings, SQL)
    grains = {name: model.header.grain for name, model in snapshot.project.models.items()}
    wanted = {"relations": sent_relations(snapshot), "n_buckets": n}
    found = differing(Layout(settings.warehouse), sent, SESSION, grains, **wanted)
    return [str(one) for one in found]


def start_of(settings: Settings) -> int:
    """Return when the window starts, ns since 1970 UTC."""
    return window_ns(SESSION, settings.window_start, settings.window_end, settings.zone)[0]


def holds_what_the_build_makes(
    desk: Desk, simulated: Settings, used: Used, tmp_path: Path, *, before: Sequence[Path] = ()
) -> None:
    """Seal the capture, build it, and compare every bucket of the window.

    Parameters
    ----------
    before : sequence of Path
        Files of sessions that landed in both places; none is built yet.
    """
    built = replace(simulated, warehouse=used(tmp_path / "built"))
    live = replace(simulated, warehouse=used(tmp_path / LIVE))
    for settings in (built, live):
        assert [one.outcome for one in land(before, settings)] == ["landed"] * len(before)
    with_past(snapshots.load(live, SQL), SESSION, SQL, print)
    seal(desk.folder, [one.schema for one in desk.subscriptions], SESSION, built)
    assert operations.run(built).failures == []
    with building(desk, built, used, tmp_path) as builder:
        while not builder.is_done:
            assert builder.step()
    assert differences(built, tmp_path / "sent", newest(builder, built)) == []
    holds_the_frames_of_the_replay(tmp_path / "sent", built)
