"""The same instrument and date from two files: refused, or replaced where that loses nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from spymaster.errors import RefusedError
from spymaster.land.holdings import Holdings
from spymaster.land.intake import SYMBOLOGY
from spymaster.land.outcome import some
from spymaster.warehouse.ledger import Partition


def replaced_by(
    added: Sequence[Partition], landed: Holdings, file: Path, *, replace: bool
) -> list[Partition]:
    """Return the landed partitions that those of a new file drop.

    Symbol mappings overlap nothing; they go with the records of their file and date.

    Raises
    ------
    RefusedError
        If there are any and ``replace`` is not set, or one holds instruments that would be lost.
    """
    overlaps = [
        (new, old)
        for new in added
        for old in landed.of_day(new.schema, new.date)
        if _overlap(new, old)
    ]
    for new, old in overlaps:
        what = f"{old.schema} of {old.date} from {old.source}"
        if not replace:
            shared = some(set(new.instruments) & set(old.instruments))
            raise RefusedError(
                f"{file}: overlaps {what} in instrument {shared}; allowed: --replace"
            )
        if lost := set(old.instruments) - set(new.instruments):
            raise RefusedError(f"{file}: cannot replace {what}: lacks its instrument {some(lost)}")
    dropped = [old for _, old in overlaps]
    return dropped + _attached(dropped, landed)


def _overlap(new: Partition, old: Partition) -> bool:
    return new.file_id != old.file_id and not set(new.instruments).isdisjoint(old.instruments)


def _attached(dropped: Iterable[Partition], landed: Holdings) -> list[Partition]:
    """Find the symbol mappings of the dates that a file keeps no records of."""
    return [
        other
        for old in dropped
        for other in landed.of_file(old.file_id)
        if other.schema == SYMBOLOGY and other.date == old.date
    ]
