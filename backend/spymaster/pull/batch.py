"""Records as a batch job: submitted once, waited for, downloaded and compared with its hashes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spymaster.errors import DataError, VendorError
from spymaster.land.source import CONDITION, MANIFEST
from spymaster.pull.answers import file_names
from spymaster.pull.receipts import Bought, Memory, sha256_of
from spymaster.pull.request import Request
from spymaster.warehouse.files import settle

if TYPE_CHECKING:
    from spymaster.pull.answers import JobFile
    from spymaster.pull.vendor import Advance, Say, Vendor

POLL_SECONDS = 10.0
DOWNLOADS = 2
"""Whole downloads of a file before its hash is called wrong."""


def known_job(vendor: Vendor, memory: Memory, request: Request, say: Say) -> str | None:
    """Return the job that was remembered for a request.

    None if the vendor has dropped it before all of its files came.
    """
    known = memory.jobs.get(request.key)
    if known is None:
        return None
    states = {str(job.get("id")): job.get("state") for job in vendor.jobs()}
    if states.get(known, "expired") != "expired" or _held(memory, known):
        return known
    say(f"{known}: expired at the vendor")
    memory.forget(request.key)
    return None


def same_job(vendor: Vendor, request: Request) -> str | None:
    """Return a job of the account that is just what a request asks for."""
    found = [job for job in vendor.jobs() if job.get("state") != "expired"]
    return next((str(job.get("id")) for job in found if _is_for(job, request)), None)


def fetch(
    vendor: Vendor,
    memory: Memory,
    job: str,
    patience: float,
    say: Say,
    advance: Advance,
) -> list[Path]:
    """Wait for a job, download its files and return those that can land.

    Parameters
    ----------
    patience : float, seconds
        How long to wait for the vendor to finish the job.

    Raises
    ------
    VendorError
        If it is not done by then, or does not answer; the same command goes on later.
    DataError
        If a file is not what the job's manifest says.
    """
    names = _held(memory, job)
    if not names:
        _await(vendor, job, patience)
        files = vendor.files(job)
        for file in files:
            _fetch(vendor, memory, job, file, say, advance)
        names = [file.name for file in files]
    landing = [name for name in names if ".dbn" in name or name == CONDITION]
    return [memory.folder / job / name for name in landing]


def _held(memory: Memory, job: str) -> list[str]:
    """Return the files that a job's manifest names if all are there as they came."""
    manifest = f"{job}/{MANIFEST}"
    if not memory.has(manifest):
        return []
    names = file_names((memory.folder / manifest).read_bytes(), manifest)
    return names if all(memory.has(f"{job}/{name}") for name in names) else []


def _await(vendor: Vendor, job: str, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        states = {str(one.get("id")): str(one.get("state")) for one in vendor.jobs()}
        if states.get(job) == "done":
            return
        if states.get(job) == "expired":
            raise VendorError(f"{job}: expired at the vendor")
        if time.monotonic() > deadline:
            state = states.get(job, "not listed")
            said = f"still {state} after {patience:.0f} s; the same command picks it up again"
            raise VendorError(f"{job}: {said}")
        time.sleep(POLL_SECONDS)


def _fetch(
    vendor: Vendor, memory: Memory, job: str, file: JobFile, say: Say, advance: Advance
) -> None:
    name = f"{job}/{file.name}"
    final = memory.folder / name
    if memory.has(name):
        return
    part = final.with_name(f"{final.name}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(DOWNLOADS):
        vendor.download(file, part, advance)
        found = sha256_of(part)
        if found == file.sha256:
            settle(part, final)
            memory.keep(name, Bought(found, file.bytes, 0))
            say(f"{name}: {file.bytes:,} bytes, as its hash says")
            return
        part.unlink()
    raise DataError(f"{name}: sha256 is {found}, the job's manifest says {file.sha256}")


def _is_for(job: Mapping[str, Any], request: Request) -> bool:
    symbols = job.get("symbols", "")
    listed = symbols.split(",") if isinstance(symbols, str) else list(symbols)
    return (
        job.get("dataset") == request.dataset
        and job.get("schema") == request.schema
        and job.get("stype_in") == request.stype
        and job.get("split_duration") == "day"
        and job.get("encoding") == "dbn"
        and not job.get("limit")  # the first records of it alone
        and sorted(map(str, listed)) == sorted(request.symbols)
        and str(job.get("start", ""))[:19] in (str(request.first), f"{request.first}T00:00:00")
        and str(job.get("end", ""))[:19] in (str(request.end), f"{request.end}T00:00:00")
    )
