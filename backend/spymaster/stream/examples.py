"""An example of a message, made from its schema: every field once, of a list one entry."""

from __future__ import annotations

from typing import Any

from spymaster.stream.shapes import Schema

BY_NAME = {
    "session": "2024-03-05",
    "seq": 701,
    "from": 690,
    "to": 700,
    "first_seq": 1,
    "last_seq": 2160,
    "window_start": "2024-03-05T14:30:00Z",
    "window_end": "2024-03-05T17:30:00Z",
    "known_at": "2024-03-05T14:30:00Z",
    "emitted_at": "2024-03-05T15:28:26Z",
    "build": "0a1b2c3d",
    "old_build": "0a1b2c3d",
    "new_build": "4e5f6071",
    "root": "ES",
    "raw_symbol": "ESH4",
    "timezone": "America/New_York",
    "level_id": "PM_HIGH",
    "level_ids": ["PM_HIGH"],
    "cluster_id": "PM_HIGH",
    "kind": "PM_HIGH",
    "approach": "from_below",
    "phase": "approach",
    "book": "ok",
    "schema_digest": "2c26b46b68ffc68f",
    "features_digest": "fcde2b2edba56bf4",
}
"""Where any text would do, or any number."""
TIME = "2024-03-05T15:28:25Z"
ENTRIES = {"fields": ("net", None), "why": ("net", "no_quote")}
"""A key of an object whose keys are open, and its value where the schema does not make one."""


def example(definitions: Schema, shape: Schema, name: str = "") -> Any:
    """Return a value that a schema allows."""
    if "$ref" in shape:
        return example(definitions, definitions[shape["$ref"].rpartition("/")[2]], name)
    if name in BY_NAME and "properties" not in shape:
        return BY_NAME[name]
    if "const" in shape:
        return shape["const"]
    if "enum" in shape:
        return shape["enum"][0]
    if "anyOf" in shape:
        first, last = shape["anyOf"][0], shape["anyOf"][-1]
        chosen = last if _is_message(definitions, first) else first
        return example(definitions, chosen, name)
    return _of_type(definitions, shape, name)


def _of_type(definitions: Schema, shape: Schema, name: str) -> Any:
    if shape["type"] == "null":
        return None
    kind = shape["type"][0] if isinstance(shape["type"], list) else shape["type"]
    if kind == "object":
        return _object(definitions, shape, name)
    if kind == "array":
        items = shape["items"]
        if _is_message(definitions, items):
            return []
        count = 1 if isinstance(items, list) else shape.get("minItems", 1)
        listed = items if isinstance(items, list) else [items] * count
        return [example(definitions, one, name) for one in listed]
    if kind == "string":
        return TIME if shape.get("format") == "date-time" else "text"
    value = shape.get("minimum", 0) + shape.get("maximum", 0) / 2
    return {"integer": max(1, int(value)), "number": 0.25, "boolean": True}[kind]


def _is_message(definitions: Schema, items: Any) -> bool:
    """Whether what a list or a choice holds is a message, which has an example of its own."""
    if not isinstance(items, dict) or "$ref" not in items:
        return False
    named = definitions[items["$ref"].rpartition("/")[2]]
    return "type" in named.get("properties", {})


def _object(definitions: Schema, shape: Schema, name: str) -> Any:
    if "properties" in shape:
        return {key: example(definitions, one, key) for key, one in shape["properties"].items()}
    key, value = ENTRIES[name]
    if name == "why":
        return {key: value}
    return {key: example(definitions, shape["additionalProperties"], key)}
