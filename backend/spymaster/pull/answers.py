"""What the vendor answers, read: amounts, lists and the files of a batch job."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spymaster.errors import DataError

UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading an answer raises that is not what the vendor documents."""


@dataclass(frozen=True)
class JobFile:
    """A file of a batch job, as its manifest lists it."""

    name: str
    bytes: int
    sha256: str
    url: str


def dollars(answer: Any) -> float:
    """Return a cost in US dollars."""
    cost = float(answer)
    if not 0 <= cost < math.inf:  # what is not a number is below every limit, too
        raise ValueError(f"a cost of {answer}")
    return cost


def dicts(answer: Any) -> list[dict[str, Any]]:
    """Return a list of objects as plain ones."""
    return [dict(entry) for entry in answer]


def job_files(answer: Any) -> list[JobFile]:
    """Return the files of a manifest, each with a name that stays in its folder."""
    return [_job_file(entry) for entry in answer]


def file_names(content: bytes, name: str) -> list[str]:
    """Return the names of the files that a job's manifest lists.

    Raises
    ------
    DataError
        If it is no manifest; ``name`` is what the message calls it.
    """
    try:
        return [str(entry["filename"]) for entry in json.loads(content)["files"]]
    except UNREADABLE as error:
        raise DataError(f"{name}: not a manifest: {error!r}") from error


def _job_file(entry: dict[str, Any]) -> JobFile:
    kind, _, value = str(entry["hash"]).partition(":")
    name = str(entry["filename"])
    if kind != "sha256" or Path(name).name != name or name.startswith("."):
        raise ValueError(f"{name!r} with a hash of kind {kind!r}")
    return JobFile(name, int(entry["size"]), value, str(entry["urls"]["https"]))
