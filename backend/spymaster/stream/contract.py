"""The contract of the stream as draft-07 JSON Schema, made from the registry and the headers.

``python -m spymaster.stream.contract FILE`` writes it where the client's types are made from it,
and beside it what ``/api/history`` gives.
"""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path

from spymaster.stream import arrow
from spymaster.stream.control import control_definitions
from spymaster.stream.messages import bucket_definitions
from spymaster.stream.shapes import Schema, ref

MESSAGES = (
    "Hello",
    "Snapshot",
    "Bucket",
    "Options",
    "Strikes",
    "Analogs",
    "Revise",
    "Gap",
    "Reset",
    "Heartbeat",
    "End",
)


def schema() -> Schema:
    """Return the schema of every message; its first level says which there are."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Message",
        "description": "One event of the stream; type is also the event's name.",
        "oneOf": [ref(name) for name in MESSAGES],
        "definitions": bucket_definitions() | control_definitions(),
    }


def text() -> str:
    """Return the schema as the file that is committed."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def digest() -> str:
    """Return 16 hex digits that name this contract."""
    return sha256(text().encode()).hexdigest()[:16]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="utf-8")
    Path(sys.argv[1]).with_name(arrow.FILE).write_text(arrow.text(), encoding="utf-8")
