"""What is read of landed files: some partitions, without what their files hold of other dates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from spymaster.warehouse import duck, statements
from spymaster.warehouse.columns import Column
from spymaster.warehouse.ledger import Partition


def rows(root: Path, parts: Sequence[Partition], columns: Iterable[Column]) -> str:
    """Return the select over landed partitions of one relation, below a warehouse's folder."""
    # a file that two dates read is there once
    query = statements.files(dict.fromkeys(root / part.file for part in parts), columns)
    shared = [part for part in parts if part.is_shared]
    return f"{query} where {_one_of(shared)}" if shared else query


def _one_of(parts: Iterable[Partition]) -> str:
    """Return the condition that picks partitions out of files of many dates."""
    keys = [(duck.literal(part.date), duck.literal(part.file_id)) for part in parts]
    days = ", ".join(dict.fromkeys(day for day, _ in keys))  # by itself it skips row groups
    return f"date in ({days}) and (date, file_id) in ({', '.join(f'({d}, {f})' for d, f in keys)})"
