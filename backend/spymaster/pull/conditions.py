"""What the vendor says of a stream's days, beside its files as a batch job has it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spymaster.land.conditions import METADATA, load, summary
from spymaster.land.source import CONDITION
from spymaster.pull.request import Request
from spymaster.warehouse.files import settle

if TYPE_CHECKING:
    from spymaster.pull.vendor import Say, Vendor


def fetch(vendor: Vendor, folder: Path, request: Request, say: Say) -> list[Path]:
    """Ask again, since it costs nothing and may have changed, and return the file.

    What was said of other days before stays; nothing is written where nothing was ever said.

    Raises
    ------
    VendorError
        If the vendor does not answer; the records are there.
    DataError
        If the file of an earlier pull is not what it wrote.
    """
    path = folder / request.folder / CONDITION
    before = load(path.read_bytes(), str(path)) if path.exists() else []
    found = vendor.conditions(request)
    days = {said.day: said for said in (*before, *found)}
    if not days:
        return []
    listed = [days[day].written() for day in sorted(days)]
    _write(path.with_name(METADATA), {"query": _query(request)})
    _write(path, listed)
    say(f"{request.folder}/{CONDITION}: {summary(found)}")
    return [path]


def _query(request: Request) -> dict[str, Any]:
    names = ("dataset", "schema", "symbols")
    return {name: getattr(request, name) for name in names}


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(content, indent=4), encoding="utf-8")
    settle(part, path)
