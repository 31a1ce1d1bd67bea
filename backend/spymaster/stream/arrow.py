"""The Arrow schema of what ``/api/history`` gives, from the headers of the models."""

from __future__ import annotations

import json

from spymaster.definitions.loading import load
from spymaster.settings import Settings
from spymaster.stream.history import ALLOWED
from spymaster.warehouse.columns import SQL

FILE = "history.arrow.json"
TYPES = {
    "BOOLEAN": "bool",
    "TINYINT": "int8",
    "SMALLINT": "int16",
    "INTEGER": "int32",
    "BIGINT": "int64",
    "UINTEGER": "uint32",
    "DOUBLE": "double",
    "VARCHAR": "string",
    "DATE": "date32[day]",
    "TIMESTAMP": "timestamp[us]",
}
"""Arrow's name of each type of DuckDB that these relations have."""


def schemas() -> dict[str, list[dict[str, str]]]:
    """Return the fields of each relation in order: name, Arrow type, unit and meaning."""
    models = load(Settings(), SQL, {}).models
    return {
        bare: [
            {"name": one.name, "type": _type(one.type), "unit": one.unit, "meaning": one.meaning}
            for one in models[relation].header.columns
        ]
        for bare, relation in ALLOWED.items()
    }


def text() -> str:
    """Return the schemas as the file that is committed."""
    return json.dumps(schemas(), indent=1, ensure_ascii=False) + "\n"


def _type(kind: str) -> str:
    if kind.endswith("[]"):
        return f"list<l: {TYPES[kind.removesuffix('[]')]}>"
    return TYPES[kind]
