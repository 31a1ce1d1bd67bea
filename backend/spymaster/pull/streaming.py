"""Records day by day straight from the vendor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from spymaster.errors import DataError
from spymaster.land.dbn import DbnReader
from spymaster.pull.receipts import Bought, Memory, sha256_of
from spymaster.pull.request import Request
from spymaster.warehouse.files import settle

if TYPE_CHECKING:
    from spymaster.pull.vendor import Say, Vendor


def missing(vendor: Vendor, memory: Memory, request: Request, say: Say) -> list[date]:
    """Return the dates that are not there as they came.

    A file that came before and is not remembered, since its command was killed, is from now on.
    """
    return [day for day in request.days() if not _is_there(vendor, memory, request, day, say)]


def fetch(
    vendor: Vendor, memory: Memory, request: Request, days: Iterable[date], say: Say
) -> list[Path]:
    """Buy the dates that are missing, each whole or not at all, and return the files of all.

    Raises
    ------
    VendorError, DataError
        With the date; those before it are there and are not bought again.
    """
    for day in days:
        (wanted,) = request.over([day])
        name = _name(request, day)
        if vendor.records(wanted):
            _fetch(vendor, memory, wanted, name)
            say(f"{name}: {memory.files[name].records:,} records")
        else:
            memory.keep(name, Bought("", 0, 0))
            say(f"{name}: no records that day")
    names = [_name(request, day) for day in request.days()]
    return [memory.folder / name for name in names if memory.files[name].bytes]


def _is_there(vendor: Vendor, memory: Memory, request: Request, day: date, say: Say) -> bool:
    name = _name(request, day)
    if memory.has(name):
        return True
    final = memory.folder / name
    left = [_part(final)] if name in memory.files else [_part(final), final]
    for path in filter(Path.exists, left):
        if records := _whole(vendor, request.over([day])[0], path):
            _keep(memory, name, path, records)
            say(f"{name}: {records:,} records that came before")
            return True
    return False


def _whole(vendor: Vendor, request: Request, path: Path) -> int:
    """Return how many records a file holds, 0 if they are not all that the vendor has."""
    try:
        found = _count(path, str(path))
    except DataError:
        return 0
    return found if found == vendor.records(request) else 0


def _fetch(vendor: Vendor, memory: Memory, request: Request, name: str) -> None:
    part = _part(memory.folder / name)
    part.parent.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    try:
        vendor.stream(request, part)
    except BaseException:  # however it was cut, it is worth nothing
        part.unlink(missing_ok=True)
        raise
    try:
        records = _count(part, name)
    except DataError as error:
        part.unlink()
        raise DataError(f"{error}; nothing of that day is kept") from error
    _keep(memory, name, part, records)


def _keep(memory: Memory, name: str, path: Path, records: int) -> None:
    """Remember a file and give it its name; killed in between, it is still known by its content."""
    memory.keep(name, Bought(sha256_of(path), path.stat().st_size, records))
    settle(path, memory.folder / name)


def _part(final: Path) -> Path:
    return final.with_name(f"{final.name}.part")


def _count(path: Path, name: str) -> int:
    """Read a file to its end, which a cut one does not survive."""
    with path.open("rb") as handle:
        return sum(len(batch) for batch in DbnReader(handle, name).batches())


def _name(request: Request, day: date) -> str:
    return f"{request.folder}/{request.file(day)}"
