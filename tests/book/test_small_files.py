"""Tiny vendor files, each with what is right, from landing to the published catalog."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest

import streams
from first_use import Used
from reference.records import Record
from spymaster import operations
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.warehouse import duck

Ask = Callable[[str], list[tuple[Any, ...]]]
MIDNIGHT_NS = 1_709_683_200_000_000_000
"""00:00 UTC of the day after ``streams.SESSION``."""
OVER_MIDNIGHT = {"window_start": time(18, 59, 45), "window_end": time(19, 0, 15)}
KEPT = "book.changes"


@pytest.fixture
def built(tmp_path_factory: pytest.TempPathFactory, used: Used) -> Callable[..., Ask]:
    """Land files in a warehouse, build its book, and return a way to ask for rows."""

    def build(*files: Path, **given: Any) -> Ask:
        folder = used(tmp_path_factory.mktemp("small"))
        settings = Settings(warehouse=folder, keep=(KEPT,), **given)
        assert {landing.outcome for landing in land(files, settings)} == {"landed"}
        assert operations.run(settings, "book").failures == []

        def ask(query: str) -> list[tuple[Any, ...]]:
            with duck.read_only(folder / "spymaster.duckdb") as catalog:
                return catalog.execute(query).fetchall()

        return ask

    return build


BOOK = """
    select bucket_end, side, tick, columns('_qty|depth_|orders_end|n_') from book.flow_5s
    order by bucket_end, side, tick
"""
ALL = """
    select bucket_end, ts_recv, order_id, kind, side, tick, qty, delta, orders_delta, age_ns
    from book.changes order by all
"""


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(0, marks=pytest.mark.thorough),
        *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2)),
    ],
)
def test_two_files_of_a_session_give_the_rows_of_the_joined_file(
    built: Callable[..., Ask], tmp_path: Path, seed: int
) -> None:
    told = [over_midnight(one) for one in streams.by_chance(seed, acts=400, crossed=True)]
    first = [one for one in told if one.ts_recv < MIDNIGHT_NS]
    second = [replace(one, row_no=at) for at, one in enumerate(told[len(first) :])]
    whole = built(streams.write(tmp_path / "whole.mbo.dbn", told), **OVER_MIDNIGHT)
    parts = [
        # one was asked for until the other begins: between them nothing is missing
        streams.write(tmp_path / "1.mbo.dbn", first, end_ns=MIDNIGHT_NS),
        streams.write(tmp_path / "2.mbo.dbn", second, start_ns=MIDNIGHT_NS),
    ]
    cut = built(*parts, **OVER_MIDNIGHT)
    assert first
    assert second
    assert cut(ALL) == whole(ALL)
    assert cut(BOOK) == whole(BOOK)


@pytest.mark.thorough
def test_a_longer_file_of_the_day_goes_on_from_the_checkpoint_of_the_shorter(
    used: Used, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    told = streams.by_chance(7, acts=900, crossed=True)
    window = {"window_start": time(9, 30), "window_end": time(9, 35)}
    half = [one for one in told if one.ts_recv < streams.WINDOW_START_NS + 120_000_000_000]
    short = streams.write(tmp_path / "short.mbo.dbn", half)
    long = streams.write(tmp_path / "long.mbo.dbn", told)
    assert told[-1].ts_recv > streams.WINDOW_START_NS + 300_000_000_000
    found = []
    for files in ([short, long], [long]):
        folder = used(tmp_path_factory.mktemp("grown"))
        settings = Settings(warehouse=folder, keep=(KEPT,), **window)
        place = folder / "checkpoints" / f"session={streams.SESSION}"
        for file in files:
            assert land([file], settings, replace=True)[0].outcome == "landed"
            assert operations.run(settings, "book").failures == []
            assert place.exists() == (file == short)
        with duck.read_only(folder / "spymaster.duckdb") as catalog:
            found.append([catalog.execute(query).fetchall() for query in (ALL, BOOK)])
    assert found[0] == found[1]


def over_midnight(record: Record) -> Record:
    """Return a record of a stream as if its window were that around midnight."""
    later = MIDNIGHT_NS - 15_000_000_000 - streams.WINDOW_START_NS
    return replace(record, ts_recv=record.ts_recv + later, ts_event=record.ts_event + later)
