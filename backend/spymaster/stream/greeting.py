"""What hello says of a session: its contract, window and levels, and what every field means."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256

from spymaster.stream import fields
from spymaster.stream.frames import BUCKET_S, Message, clock
from spymaster.stream.page import SCHEMA
from spymaster.stream.sources import SOURCES
from spymaster.stream.tables import Promises, Row
from spymaster.warehouse import duck
from spymaster.warehouse.relations import rows_of

OF_OTHERS = ("_d1", "_d2", "_d3", "_c30s")
"""Endings of columns that are changes of another."""


def greeting(connection: duck.Connection, timezone: str, about: Row, known: Promises) -> Message:
    """Return what hello says, but for build, speed and which buckets there are."""
    session = duck.literal(about["session"])
    tick_size, meanings = float(about["tick_size"]), _meanings(known)
    return {
        "type": "hello",
        "session": about["session"].isoformat(),
        "root": about["root"],
        "raw_symbol": about["raw_symbol"],
        "tick_size": tick_size,
        "timezone": timezone,
        "window_start": clock(about["window_start"]),
        "window_end": clock(about["window_end"]),
        "bucket_s": BUCKET_S,
        "step": _step(connection, session, tick_size),
        "mode": "replay",
        "speed": None,
        "build": "",
        "schema_digest": digest(SCHEMA.read_text(encoding="utf-8"))[:16],
        "features_digest": digest(json.dumps(meanings))[:16],
        "first_seq": None,
        "last_seq": None,
        "levels": _levels(connection, session),
        "absences": rows_of(
            connection, f"select kind, reason from levels.absences({session}) order by kind"
        ),
        "fields": meanings,
        "why": fields.WHY,
    }


def digest(text: str) -> str:
    """Return 64 hex digits that name a text."""
    return sha256(text.encode()).hexdigest()


def _step(connection: duck.Connection, session: str, tick_size: float) -> float | None:
    """Return how wide the steps of the ladder were built, null where there is no level."""
    query = (
        f"select max(price) - min(price) from {fields.LADDER}({session})"
        ' where "offset" in (0, 1) group by bucket_end, level_id limit 1'
    )
    found = connection.execute(query).fetchone()
    return round(found[0] / tick_size) * tick_size if found else None


def _levels(connection: duck.Connection, session: str) -> list[Message]:
    rows = rows_of(
        connection,
        f"select level_id, kind, price, known_at, valid_to from {fields.LEVELS}({session})"
        " where is_tracked order by known_at, level_id",
    )
    return [{**row, **{at: _clock(row[at]) for at in ("known_at", "valid_to")}} for row in rows]


def _clock(at: datetime | None) -> str | None:
    return None if at is None else clock(at)


def _meanings(known: Promises) -> Message:
    """Return unit and meaning of every column that is sent, by name; the first of a name speaks."""
    found: Message = {}
    for source in SOURCES.values():
        for name in source.columns:
            column = known.get(source.relation, {}).get(name)
            if column and not name.endswith(OF_OTHERS):
                found.setdefault(name, {"unit": column.unit, "meaning": column.meaning})
    return found
