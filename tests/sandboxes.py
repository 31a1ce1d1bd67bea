"""Sandboxes of the project's own models, kept for many tests, and their answers as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pyarrow as pa

import streams
from spymaster.building.sandbox import Sandbox
from spymaster.definitions.loading import load
from spymaster.definitions.project import Project
from spymaster.land.arrow import record_batch
from spymaster.land.dbn import Records
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL, raw_relations

Row = dict[str, Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NS_PER_DAY = 86_400_000_000_000


@cache
def project(settings: Settings) -> Project:
    """Return the project's own models, read once."""
    return load(settings, SQL, {})


def sandbox(
    settings: Settings,
    session: date,
    ends: Iterable[str],
    *,
    given: Iterable[str] = (),
    threads: int = 1,
    side_by_side: int = 1,
) -> Sandbox:
    """Return a sandbox of a session that lives as long as the tests."""
    found = project(settings)
    templates = found.renderer.session(session)
    how = {"given": given, "threads": threads, "side_by_side": side_by_side}
    return Sandbox(found, templates, ends, Path(mkdtemp()), **how)


def of_schemas(settings: Settings, *schemas: str) -> list[str]:
    """Return the models of some schemas."""
    return [name for name in project(settings).models if name.split(".")[0] in schemas]


def in_ns(rows: Iterable[Row]) -> list[Row]:
    """Return rows with timestamps as ns since 1970 UTC, as vendor records have them."""
    return [{name: _ns(value) for name, value in row.items()} for row in rows]


def landed(schema: str, array: Records) -> pa.Table:
    """Return records as landing writes them, one batch a UTC date."""
    days = (array["ts_recv"] // NS_PER_DAY).astype(int)
    batches = []
    for day in sorted(set(days.tolist())):
        here = days == day
        columns = streams.columns(array[here])
        columns["row_no"] = here.nonzero()[0].astype("uint32")
        batches.append(record_batch(raw_relations()[schema], columns, utc_date(day), "ab"))
    return pa.Table.from_batches(batches)


def utc_date(days: int) -> date:
    """Return the date so many days after 1970-01-01."""
    return (EPOCH + timedelta(days=days)).date()


def _ns(value: Any) -> Any:
    if isinstance(value, datetime):
        since = value.replace(tzinfo=UTC) - EPOCH
        return (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1_000
    return value
