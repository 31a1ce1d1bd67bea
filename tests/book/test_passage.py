"""The pass over orders inside DuckDB: the same rows for any batch and any number of threads."""

from __future__ import annotations

from datetime import date, time
from functools import cache
from typing import Any

import pytest

import streams
from book.harness import Session
from spymaster.book import feed
from spymaster.settings import Settings

READ = ("book.flow_5s", "book.depth_5s", "book.pulls", "book.resting_spans", "book.fills")
Rows = dict[str, list[dict[str, Any]]]


@cache
def made(threads: int, batch: int) -> Rows:
    window = Settings(window_start=time(9, 30), window_end=time(11))
    session = Session(date.fromisoformat(streams.SESSION), window, READ, threads=threads)
    told = streams.by_chance(11, acts=6_000, ticks=3, crossed=True, steps_back=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feed, "BATCH", batch)
        session.build(told)
    order = {"book.flow_5s": "bucket_end, side, tick", "book.depth_5s": "bucket_end, side, tick"}
    return {name: session.rows(f"from {name} order by {order.get(name, 'seq')}") for name in READ}


@pytest.mark.parametrize(("threads", "batch"), [(1, 2_048), (2, 1 << 19), (2, 2_048), (4, 4_096)])
def test_batches_and_threads_change_no_row(threads: int, batch: int) -> None:
    assert made(threads, batch) == made(1, 1 << 19)
    assert all(len(rows) > 20 for rows in made(threads, batch).values())
