"""The same instrument and date from two files: behind, refused, or replaced without a loss."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from spymaster.errors import RefusedError
from spymaster.land.following import Following
from spymaster.land.holdings import Holdings
from spymaster.land.intake import SYMBOLOGY
from spymaster.land.outcome import some
from spymaster.warehouse.ledger import Partition

Pair = tuple[Partition, Partition]
"""A new partition and a landed one that hold an instrument both."""


def shared(added: Sequence[Partition], landed: Holdings) -> list[Pair]:
    """Return the partitions of a new file beside those of others with the same instruments.

    Symbol mappings share nothing; they go with the records of their file and date.
    """
    return [
        (new, old)
        for new in added
        for old in landed.of_day(new.schema, new.date)
        if new.file_id != old.file_id and not set(new.instruments).isdisjoint(old.instruments)
    ]


def replaced_by(
    overlaps: Sequence[Pair], landed: Holdings, file: Path, following: Following, *, replace: bool
) -> list[Partition]:
    """Return the landed partitions that those of a new file drop.

    Raises
    ------
    RefusedError
        If there are any and ``replace`` is not set, or one holds instruments that would be lost.
    """
    for new, old in overlaps:
        what = f"{old.schema} of {old.date} from {old.source}"
        if not replace:
            common = some(set(new.instruments) & set(old.instruments))
            is_late = following.comes_before(new, old)
            how = "comes before" if is_late else "overlaps"
            then = ", then land that again" if is_late else ""
            raise RefusedError(
                f"{file}: {how} {what} in instrument {common}; allowed: --replace{then}"
            )
        if lost := set(old.instruments) - set(new.instruments):
            raise RefusedError(f"{file}: cannot replace {what}: lacks its instrument {some(lost)}")
    dropped = [old for _, old in overlaps]
    return dropped + _attached(dropped, landed)


def _attached(dropped: Iterable[Partition], landed: Holdings) -> list[Partition]:
    """Find the symbol mappings of the dates that a file keeps no records of."""
    return [
        other
        for old in dropped
        for other in landed.of_file(old.file_id)
        if other.schema == SYMBOLOGY and other.date == old.date
    ]
