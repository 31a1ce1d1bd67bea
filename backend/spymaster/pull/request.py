"""What is asked of the vendor, and where its files go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from spymaster.errors import UsageError
from spymaster.land.dbn import RECORDS

DAY = timedelta(days=1)
LONGEST_NAME = 80


@dataclass(frozen=True)
class Request:
    """Records of one schema over whole UTC dates."""

    dataset: str
    schema: str
    symbols: tuple[str, ...]
    stype: str
    first: date
    last: date
    """Included."""

    @property
    def end(self) -> date:
        """The date after the last one."""
        return self.last + DAY

    @property
    def key(self) -> str:
        """Everything that makes it this request, in whatever order its symbols are given."""
        symbols = ",".join(sorted(self.symbols))
        return f"{self.dataset} {self.schema} {self.stype} {symbols} {self.first} {self.last}"

    @property
    def folder(self) -> str:
        """Name of the folder of what is streamed for it, the same for all dates."""
        name = f"{self.dataset}-{self.schema}-{'+'.join(sorted(self.symbols))}"
        if len(name) <= LONGEST_NAME:
            return name
        return f"{name[:LONGEST_NAME]}-{sha256(name.encode()).hexdigest()[:8]}"

    def file(self, day: date) -> str:
        """Return the vendor's name of a day's file."""
        dataset = self.dataset.lower().replace(".", "-")
        return f"{dataset}-{day:%Y%m%d}.{self.schema}.dbn.zst"

    def days(self) -> Iterator[date]:
        """Yield the dates asked for."""
        day = self.first
        while day <= self.last:
            yield day
            day += DAY

    def over(self, days: Iterable[date]) -> list[Request]:
        """Return the same request for each run of consecutive dates."""
        found: list[Request] = []
        for day in sorted(days):
            if found and found[-1].end == day:
                found[-1] = replace(found[-1], last=day)
            else:
                found.append(replace(self, first=day, last=day))
        return found


def requests_of(
    dataset: str,
    schemas: Iterable[str],
    symbols: Iterable[str],
    stype: str,
    first: date,
    last: date,
) -> list[Request]:
    """Return one request for each schema.

    Raises
    ------
    UsageError
        If a schema would not land, no symbol is given, or the range is empty or not over: of a
        day under way a part would be bought, and remembered as all of it.
    """
    named, listed = tuple(dict.fromkeys(symbols)), list(dict.fromkeys(schemas))
    unknown = [schema for schema in listed if schema not in RECORDS]
    if unknown or not listed:
        raise UsageError(f"schema {', '.join(unknown)!r}; allowed: {', '.join(RECORDS)}")
    if not named:
        raise UsageError("no symbol given; a parent is written as ES.FUT or ES.OPT")
    if last < first:
        raise UsageError(f"from {first} to {last}: the last day is before the first")
    if last > (over := datetime.now(UTC).date() - DAY):
        raise UsageError(f"to {last}: that day is not over; allowed: up to {over}, UTC")
    return [Request(dataset, schema, named, stype, first, last) for schema in listed]
