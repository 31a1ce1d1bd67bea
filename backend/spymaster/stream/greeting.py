"""What hello says of a session: its contract, window and levels, and what every field means."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256

from spymaster.stream import fields
from spymaster.stream.frames import Message, clock
from spymaster.stream.page import SCHEMA
from spymaster.stream.sources import SOURCES
from spymaster.stream.tables import Promises, Row
from spymaster.units import BUCKET_S

OF_OTHERS = ("_d1", "_d2", "_d3", "_c30s")
"""Endings of columns that are changes of another."""


def greeting(about: Row, known: Promises) -> Message:
    """Return what hello says, but for mode, speed, build and which buckets there are.

    Parameters
    ----------
    about
        The session: its names, window, step, levels and what is absent.
    """
    meanings = _meanings(known)
    said = {name: about[name] for name in ("root", "raw_symbol", "tick_size", "timezone")}
    return {
        "type": "hello",
        "session": about["session"].isoformat(),
        **said,
        "window_start": clock(about["window_start"]),
        "window_end": clock(about["window_end"]),
        "bucket_s": BUCKET_S,
        "step": about["step"],
        "mode": "replay",
        "speed": None,
        "build": "",
        "schema_digest": digest(SCHEMA.read_text(encoding="utf-8"))[:16],
        "features_digest": digest(json.dumps(meanings))[:16],
        "first_seq": None,
        "last_seq": None,
        "levels": [_level(row) for row in about["levels"]],
        "absences": about["absences"],
        "fields": meanings,
        "why": fields.WHY,
    }


def digest(text: str) -> str:
    """Return 64 hex digits that name a text."""
    return sha256(text.encode()).hexdigest()


def _level(row: Row) -> Message:
    return {**row, **{at: _clock(row[at]) for at in ("known_at", "valid_to")}}


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
