"""What headers and the registry promise of a column, as JSON Schema."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from spymaster.definitions.loading import load
from spymaster.errors import ModelError
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL, Column

RANGE = re.compile(r"(-?[\d.]+)\.\.(-?[\d.]+)")
INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UINTEGER", "UBIGINT")
FORMATS = {"TIMESTAMP": "date-time", "DATE": "date"}


@cache
def promises(sql: Path = SQL) -> dict[str, dict[str, Column]]:
    """Return every column that a model promises, by relation and name."""
    models = load(Settings(), sql, {}).models
    return {
        name: {column.name: column for column in model.header.columns}
        for name, model in models.items()
    }


def column(relation: str, name: str) -> Column:
    """Return what is promised of a column.

    Raises
    ------
    ModelError
        If no model promises it.
    """
    try:
        return promises()[relation][name]
    except KeyError:
        raise ModelError(f"{relation}.{name}: the stream carries it, no header has it") from None


def schema_of(relation: str, name: str) -> dict[str, Any]:
    """Return a column's JSON Schema: its type or null, its range, its meaning and unit."""
    promised = column(relation, name)
    if promised.type.endswith("[]"):
        kind = _type(promised.type.removesuffix("[]"))
        return {"type": "array", "items": {"type": kind}, "description": promised.comment}
    schema: dict[str, Any] = {"type": [_type(promised.type), "null"]}
    if promised.type in FORMATS:
        schema["format"] = FORMATS[promised.type]
    if bounds := RANGE.fullmatch(promised.unit):
        schema["minimum"], schema["maximum"] = map(float, bounds.groups())
    return schema | {"description": promised.comment}


def required(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a column that is never null."""
    return schema if schema["type"] == "array" else schema | {"type": schema["type"][0]}


def _type(kind: str) -> str:
    if kind in INTEGERS:
        return "integer"
    return {"DOUBLE": "number", "BOOLEAN": "boolean"}.get(kind, "string")
