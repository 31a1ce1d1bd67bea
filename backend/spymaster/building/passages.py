"""The one pass over a session's orders: what it reads, who reads it, where it may go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from spymaster import units
from spymaster.book.passage import Passage
from spymaster.definitions.project import Model
from spymaster.definitions.replays import passage_of
from spymaster.planning.snapshot import Snapshot
from spymaster.warehouse import statements

ORDERS = "raw.mbo"
"""Of what lands the records of orders."""


def one_pass(
    snapshot: Snapshot,
    session: date,
    building: list[Model],
    render: Callable[[Model], str],
    folder: Path,
) -> Passage | None:
    """Return the pass that some models ask for, if any does.

    It leaves a checkpoint while more of the window may land.
    """
    passage = passage_of(building, render, statements.built)
    _, window_end = snapshot.landed.window(session)
    ends = [part.last_ns for part in snapshot.landed.files(ORDERS, session)]
    may_go_on = max(ends, default=window_end) < window_end - units.BUCKET_NS
    return passage and replace(
        passage,
        checkpoint=snapshot.layout.checkpoint(session),
        scratch=folder / "checkpoint" if may_go_on else None,
    )
