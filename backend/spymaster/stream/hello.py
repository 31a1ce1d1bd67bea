"""What hello carries, the first message of every connection."""

from __future__ import annotations

from spymaster.stream import fields
from spymaster.stream.columns import required
from spymaster.stream.shapes import (
    BUCKET_END,
    BUILD,
    NULLABLE_SEQ,
    NUMBER,
    SESSION,
    TEXT,
    Schema,
    columns_of,
    listed,
    message,
    record,
    told,
)
from spymaster.units import BUCKET_S


def hello() -> Schema:
    """Return its definition: the session, how it is sent, its levels and what its fields mean."""
    return message(
        "hello",
        _window() | _pace() | _numbered() | _levels() | _meanings(),
        "First of every connection: which session, what its fields mean.",
    )


def _window() -> Schema:
    return {
        "session": SESSION,
        "root": told("product, such as ES"),
        "raw_symbol": told("contract, such as ESH4"),
        "tick_size": NUMBER | {"description": "points"},
        "timezone": told("zone in which clocks are shown"),
        "window_start": BUCKET_END | {"description": "start of the window, UTC"},
        "window_end": BUCKET_END | {"description": "end of the window, exclusive, UTC"},
        "bucket_s": {"const": BUCKET_S},
        "step": {
            "type": ["number", "null"],
            "description": "width of a step of the ladder, null without a level [points]",
        },
    }


def _pace() -> Schema:
    return {
        "mode": {"enum": ["live", "replay"], "description": "whether it goes on or is over"},
        "speed": {
            "type": ["number", "null"],
            "minimum": 0,
            "description": "times real time; 0 is paused, null as fast as it goes",
        },
    }


def _numbered() -> Schema:
    """What is sent by which rules, and how far it goes."""
    return {
        "build": BUILD,
        "schema_digest": told("names this contract"),
        "features_digest": told("names the meanings of the fields"),
        "first_seq": NULLABLE_SEQ | {"description": "first bucket that can be asked for"},
        "last_seq": NULLABLE_SEQ | {"description": "last bucket that is there"},
    }


def _levels() -> Schema:
    level = columns_of(fields.LEVELS, ("level_id", "kind", "price", "known_at", "valid_to"))
    for name in ("level_id", "kind", "price", "known_at"):
        level[name] = required(level[name])
    return {
        "levels": listed(
            record(level, title="LevelRow"), doc="tracked levels, by when they are known"
        ),
        "absences": listed(
            record({"kind": TEXT, "reason": TEXT}, title="Absence"),
            doc="levels that the session does not have",
        ),
    }


def _meanings() -> Schema:
    return {
        "fields": {
            "type": "object",
            "description": "unit and meaning of every column, by its name",
            "additionalProperties": record({"unit": TEXT, "meaning": TEXT}, title="FieldMeaning"),
        },
        "why": {
            "type": "object",
            "description": "what each reason of a null means",
            "additionalProperties": TEXT,
        },
    }
