"""What the vendor says of its own data, day by day: ``condition.json`` of a batch folder.

The file does not say which dataset it is about; ``metadata.json`` beside it does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import sha256
from pathlib import Path
from reprlib import repr as brief
from typing import Any

from spymaster.errors import DataError
from spymaster.land.arrow import condition_batch
from spymaster.land.dbn import Header
from spymaster.land.intake import Facts, Written
from spymaster.land.partitions import parquet_writer
from spymaster.land.source import CONDITION
from spymaster.units import to_ns
from spymaster.warehouse.columns import raw_relations
from spymaster.warehouse.layout import raw_file

METADATA = "metadata.json"
SCHEMA = "condition"
ALLOWED = ("available", "intraday", "degraded", "pending", "missing")
FIRST, LAST = date(1970, 1, 1), date(2261, 12, 31)
"""Dates whose times fit ns in 64 bits."""
NAMED = 3
"""How many days of a condition a line names."""


@dataclass(frozen=True)
class Condition:
    """What the vendor said of a day."""

    day: date
    """UTC."""
    condition: str
    modified: date | None
    """When the day's data was last made; the vendor has none for a day that is missing."""

    def identity(self, dataset: str) -> str:
        """Return 16 hex digits: who says the same again says nothing new, in whichever file."""
        said = f"{dataset} {self.day} {self.condition} {self.modified}"
        return sha256(said.encode()).hexdigest()[:16]

    def written(self) -> dict[str, str | None]:
        """Return it as the vendor writes it."""
        modified = None if self.modified is None else str(self.modified)
        return {
            "date": str(self.day),
            "condition": self.condition,
            "last_modified_date": modified,
        }


def read_conditions(written: Any) -> list[Condition]:
    """Return the days of a list as JSON has it.

    Raises
    ------
    ValueError
        In one line: which entry, what was found, and what is allowed.
    """
    if not isinstance(written, list):
        raise ValueError(f"{brief(written)}; allowed: a list of days")
    found: dict[date, Condition] = {}
    for at, entry in enumerate(written):
        said = _read(entry, f"entry {at}")
        if said.day in found:
            raise ValueError(f"entry {at}: {said.day} for the second time; allowed: once")
        found[said.day] = said
    return list(found.values())


def load(content: bytes, name: str) -> list[Condition]:
    """Return the days of a file's content; ``name`` is what messages call the file.

    Raises
    ------
    DataError
        If it is not what the vendor writes.
    """
    try:
        return read_conditions(json.loads(content))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name}: not the conditions of a batch: {error}") from error


def dataset_of(file: Path) -> str:
    """Return which dataset the conditions in a folder are about.

    Raises
    ------
    DataError
        If ``metadata.json`` beside the file does not say so.
    """
    path = file.parent / METADATA
    try:
        dataset = json.loads(path.read_bytes())["query"]["dataset"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise DataError(f"{path}: does not say the dataset of {CONDITION}: {error!r}") from error
    if not isinstance(dataset, str) or not re.fullmatch(r"[A-Z0-9.]+", dataset):
        raise DataError(f"{path}: does not say the dataset of {CONDITION}: {brief(dataset)}")
    return dataset


def write_conditions(dataset: str, said: Mapping[str, Condition], folder: Path) -> list[Written]:
    """Write a Parquet file of days into the scratch folder, named by all that it says.

    Parameters
    ----------
    said : mapping of identity to Condition
    """
    path = folder / f"{SCHEMA}.parquet"
    rows = [(one.day, one.condition, one.modified, identity) for identity, one in said.items()]
    batch = condition_batch(raw_relations()[SCHEMA], dataset, rows)
    with parquet_writer(path, batch.schema) as writer:
        writer.write_batch(batch)
    content = sha256(" ".join(said).encode()).hexdigest()[:16]
    return [_written(one, identity, content, path) for identity, one in said.items()]


def header(dataset: str, said: Iterable[Condition]) -> Header:
    """Return what the header of a file of records would say."""
    start = min(to_ns(datetime.combine(one.day, time(), UTC)) for one in said)
    return Header(3, dataset, SCHEMA, start, None, None, "", ())


def summary(said: Sequence[Condition]) -> str:
    """Return in words how many days there are, and which are not simply available."""
    days = sorted(said, key=lambda one: one.day)
    found = [f"{len(days)} {'condition' if len(days) == 1 else 'conditions'}"]
    for condition in ALLOWED[1:]:
        dates = [str(one.day) for one in days if one.condition == condition]
        more = f" and {len(dates) - NAMED} more" if len(dates) > NAMED else ""
        found += [f"{condition}: {', '.join(dates[:NAMED])}{more}"] if dates else []
    return "; ".join(found)


def _written(said: Condition, identity: str, content: str, path: Path) -> Written:
    midnight = to_ns(datetime.combine(said.day, time(), UTC))
    facts = Facts(1, live=(midnight, midnight))
    place = raw_file(SCHEMA, said.day, content)
    return Written(SCHEMA, said.day, identity, place, path, facts)


def _read(entry: Any, place: str) -> Condition:
    if not isinstance(entry, dict):
        raise ValueError(f"{place}: {brief(entry)}; allowed: an object with date and condition")
    condition, modified = entry.get("condition"), entry.get("last_modified_date")
    if condition not in ALLOWED:
        raise ValueError(f"{place}: condition {brief(condition)}; allowed: {', '.join(ALLOWED)}")
    return Condition(
        _day(entry.get("date"), f"{place}: date"),
        condition,
        None if modified is None else _day(modified, f"{place}: last_modified_date"),
    )


def _day(written: Any, place: str) -> date:
    try:
        day = date.fromisoformat(written)
    except (TypeError, ValueError):
        day = date.min
    if not FIRST <= day <= LAST or str(day) != written:
        said = f"{place} {brief(written)}; allowed: YYYY-MM-DD from {FIRST} to {LAST}"
        raise ValueError(said)
    return day
