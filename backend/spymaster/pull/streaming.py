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


def missing(memory: Memory, request: Request) -> list[date]:
    """Return the dates that are not there as they came."""
    return [day for day in request.days() if not memory.has(_name(request, day))]


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


def _fetch(vendor: Vendor, memory: Memory, request: Request, name: str) -> None:
    final = memory.folder / name
    part = final.with_name(f"{final.name}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    try:
        vendor.stream(request, part)
        records = _count(part, name)
        bought = Bought(sha256_of(part), part.stat().st_size, records)
        settle(part, final)
    finally:
        part.unlink(missing_ok=True)
    memory.keep(name, bought)


def _count(path: Path, name: str) -> int:
    """Read a file to its end, which a cut one does not survive."""
    try:
        with path.open("rb") as handle:
            return sum(len(batch) for batch in DbnReader(handle, name).batches())
    except DataError as error:
        raise DataError(f"{error}; nothing of that day is kept") from error


def _name(request: Request, day: date) -> str:
    return f"{request.folder}/{request.file(day)}"
