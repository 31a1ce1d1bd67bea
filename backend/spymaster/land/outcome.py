"""What became of a file, in one line and in numbers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from spymaster.land.intake import SYMBOLOGY
from spymaster.warehouse.ledger import Partition

NAMED = 3
"""How many instruments a message names."""


@dataclass(frozen=True)
class Landing:
    """What became of one file."""

    file: Path
    outcome: Literal["landed", "already landed", "refused"]
    message: str
    """One line that names the file."""
    schema: str | None = None
    """Vendor schema, or condition; none where the file was refused."""
    records: int = 0
    """Of the schema, symbol mappings not counted."""
    partitions: tuple[Partition, ...] = ()
    """What the file gave, by schema and date; its symbol mappings are one of them."""
    exit_code: int = 0
    """What a command ends with: 0, or that of the error."""

    @property
    def line(self) -> str:
        """The message as a log has it."""
        before = {"landed": "landed ", "refused": "error: "}
        return before.get(self.outcome, "") + self.message


def landing(
    file: Path,
    outcome: Literal["landed", "already landed"],
    partitions: tuple[Partition, ...],
    found: str,
) -> Landing:
    """Return what a file with partitions gave; ``found`` is what its line says."""
    records = [part for part in partitions if part.schema != SYMBOLOGY]
    return Landing(
        file=file,
        outcome=outcome,
        message=f"{file}: {found}",
        schema=next(iter(records), partitions[0]).schema,
        records=sum(part.records for part in records),
        partitions=partitions,
    )


def summary(
    added: Sequence[Partition], replaced: Sequence[Partition], unnamed: Sequence[int] = ()
) -> str:
    """Return in words what a file of records added, whose it replaced, and what nothing names."""
    parts = [part for part in added if part.schema != SYMBOLOGY]
    if not parts:
        return "no records; landed its symbol mappings"
    dates = sorted({str(part.date) for part in parts})
    records, gaps = sum(part.records for part in parts), sum(part.gaps for part in parts)
    said = f"{records:,} {parts[0].schema} records of {' to '.join(dates[:: len(dates) - 1 or 1])}"
    if gaps:
        said += f"; the clock steps back {gaps:,} times"
    if sources := sorted({old.source for old in replaced}):
        said += f"; replaces {', '.join(sources)}"
    if unnamed:
        said += f"; land the definition of {some(unnamed)}: nothing names it"
    return said


def some(instruments: Collection[int]) -> str:
    """Return the first few of many instruments.

    >>> some([5, 6, 7, 8])
    '5, 6, 7 and 1 more'
    """
    named = ", ".join(str(one) for one in sorted(instruments)[:NAMED])
    more = len(instruments) - NAMED
    return f"{named} and {more} more" if more > 0 else named
