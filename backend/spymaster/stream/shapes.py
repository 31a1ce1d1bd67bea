"""Pieces of JSON Schema that several messages share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from spymaster.stream.columns import schema_of

Schema = dict[str, Any]

SEQ: Schema = {
    "type": "integer",
    "minimum": 1,
    "description": "number of the bucket in the window, 1 the first",
}
NULLABLE_SEQ: Schema = {"type": ["integer", "null"], "minimum": 1}
SESSION: Schema = {"type": "string", "format": "date", "description": "New York trading date"}
BUCKET_END: Schema = {
    "type": "string",
    "format": "date-time",
    "description": "exclusive end of the 5 s bucket, UTC",
}
BUILD: Schema = {
    "type": "string",
    "pattern": "^[0-9a-f]{8}$",
    "description": "which build of the session; bytes of two builds never mix",
}
REASON: Schema = {"$ref": "#/definitions/Reason"}
WHY: Schema = {"$ref": "#/definitions/Why"}
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}


def told(meaning: str) -> Schema:
    """Return a text that means something."""
    return TEXT | {"description": meaning}


def record(properties: Schema, *, title: str | None = None, doc: str | None = None) -> Schema:
    """Return an object that has all of its properties and no other."""
    named = {"title": title} if title else {}
    said = {"description": doc} if doc else {}
    return (
        named
        | said
        | {
            "type": "object",
            "additionalProperties": False,
            "required": list(properties),
            "properties": properties,
        }
    )


def message(kind: str, properties: Schema, doc: str) -> Schema:
    """Return what one event carries; ``type`` repeats the event's name."""
    return record({"type": {"const": kind}, **properties}, title=kind.capitalize(), doc=doc)


def listed(items: Schema, length: int | None = None, doc: str | None = None) -> Schema:
    """Return an array, of a fixed length if one is given."""
    fixed = {"minItems": length, "maxItems": length} if length is not None else {}
    return ({"description": doc} if doc else {}) | {"type": "array", "items": items} | fixed


def tuple_of(relation: str, names: Iterable[str]) -> Schema:
    """Return an array with a column at each place."""
    items = [schema_of(relation, name) for name in names]
    return {
        "type": "array",
        "items": items,
        "minItems": len(items),
        "maxItems": len(items),
        "additionalItems": False,
    }


def columns_of(relation: str, names: Iterable[str]) -> Schema:
    """Return a property for each column of a relation."""
    return {name: schema_of(relation, name) for name in names}


def arrays_of(relation: str, names: Iterable[str], length: int | None) -> Schema:
    """Return an array for each column, one value per step, price or strike."""
    return {name: listed(schema_of(relation, name), length) for name in names}


def ref(name: str) -> Schema:
    """Return a reference to a definition."""
    return {"$ref": f"#/definitions/{name}"}
