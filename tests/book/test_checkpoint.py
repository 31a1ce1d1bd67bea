"""A session built again once more of it landed: the same rows, and only what is new replayed."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

import streams
from book.harness import Session
from reference.records import Record
from spymaster.book import feed
from spymaster.settings import Settings

READ = ("book.flow_5s", "book.depth_5s", "book.pulls", "book.resting_spans", "book.fills")
WINDOW = Settings(window_start=time(9, 30), window_end=time(11))
TOLD = streams.by_chance(4, acts=2_500, ticks=3, crossed=True)
Rows = list[list[dict[str, Any]]]
ALONE = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
"""For a process that has made no arrays of its own before it loads some."""


def built(
    told: Sequence[Record],
    place: Path | None,
    *,
    is_open: bool = True,
    settings: Settings = WINDOW,
) -> Rows:
    """Build a session of its own from records, with a checkpoint in a place."""
    session = Session(date.fromisoformat(streams.SESSION), settings, READ)
    session.sandbox.checkpoint(place, place.with_name("scratch") if place and is_open else None)
    session.build(told)
    return [session.rows(f"from {name} order by all") for name in READ]


@pytest.fixture(scope="module")
def whole() -> Rows:
    return built(TOLD, None)


@pytest.fixture
def replayed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many records each call of the replay was given."""
    counts: list[int] = []
    replay = feed.replay

    def counted(state: Any, records: Any, **given: Any) -> Any:
        counts.append(len(records.seq))
        return replay(state, records, **given)

    monkeypatch.setattr(feed, "replay", counted)
    return counts


@pytest.mark.parametrize("share", [0.001, 0.3, 0.9, 1])
def test_a_build_goes_on_from_where_the_one_before_stopped(
    tmp_path: Path, whole: Rows, replayed: list[int], share: float
) -> None:
    place, cut = tmp_path / "checkpoint", max(int(len(TOLD) * share), 1)
    built(TOLD[:cut], place)
    assert sum(replayed) == cut
    replayed.clear()
    assert built(TOLD, place) == whole
    assert sum(replayed) == len(TOLD) - cut


def test_another_process_goes_on(tmp_path: Path, whole: Rows) -> None:
    place, found = tmp_path / "checkpoint", tmp_path / "found"
    built(TOLD[:700], place)
    subprocess.run([sys.executable, __file__, place, found], env=ALONE, check=True)
    assert pickle.loads(found.read_bytes()) == whole


def test_it_goes_on_as_more_of_the_window_lands(
    tmp_path: Path, whole: Rows, replayed: list[int]
) -> None:
    place, early = tmp_path / "checkpoint", replace(WINDOW, window_end=time(10))
    built(TOLD, place, settings=early)
    before = sum(replayed)
    assert 0 < before < len(TOLD)
    replayed.clear()
    assert built(TOLD, place) == whole
    assert sum(replayed) == len(TOLD) - before


@pytest.mark.thorough
def test_it_is_gone_on_from_again_and_again(tmp_path: Path, whole: Rows) -> None:
    place = tmp_path / "checkpoint"
    for cut in range(500, len(TOLD), 500):
        built(TOLD[:cut], place)
    assert built(TOLD, place, is_open=False) == whole
    assert not place.exists()


def test_other_records_begin_anew(tmp_path: Path, whole: Rows, replayed: list[int]) -> None:
    place = tmp_path / "checkpoint"
    built(TOLD[3:700], place)
    replayed.clear()
    assert built(TOLD, place) == whole
    assert sum(replayed) == len(TOLD)


def test_fewer_records_begin_anew(tmp_path: Path, replayed: list[int]) -> None:
    place = tmp_path / "checkpoint"
    built(TOLD[:700], place)
    replayed.clear()
    assert built(TOLD[:400], place) == built(TOLD[:400], None)
    assert replayed[0] == 400


def test_a_reader_that_was_not_there_begins_anew(
    tmp_path: Path, whole: Rows, replayed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "checkpoint"
    with monkeypatch.context() as patch:
        patch.setattr("book.test_checkpoint.READ", READ[:2])
        built(TOLD[:700], place)
    replayed.clear()
    assert built(TOLD, place) == whole
    assert sum(replayed) == len(TOLD)


def test_what_is_left_of_a_checkpoint_that_was_cut_off_is_no_checkpoint(
    tmp_path: Path, whole: Rows
) -> None:
    place = tmp_path / "checkpoint"
    built(TOLD[:700], place)
    (place / "taken.json").unlink()
    assert built(TOLD, place) == whole


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(pickle.dumps(built(TOLD, Path(sys.argv[1]))))
