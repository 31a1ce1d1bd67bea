"""Rows as JSON objects, spelled by DuckDB itself: a day of rows takes seconds, not minutes."""

from __future__ import annotations

from spymaster.read.exact_types import INTEGERS, parts
from spymaster.warehouse import duck

EXACT = 2**53 - 1
"""Larger integers travel as text: a JSON reader may hold numbers as doubles."""
EXACT_DIGITS = 15
"""Decimal digits that a double gives back."""
_SMALL = INTEGERS - {"bigint", "ubigint", "hugeint", "uhugeint"}


def as_objects(relation: duck.Relation) -> duck.Relation:
    """Return one column: each row as a JSON object, whose keys are in the columns' order."""
    fields = (
        f"{duck.literal(name)}, {_value(f'#{at}', kind)}"
        for at, (name, kind) in enumerate(zip(relation.columns, relation.types, strict=True), 1)
    )
    return relation.project(f"json_object({', '.join(fields)})::varchar")


def _value(value: str, kind: duck.Type, depth: int = 0) -> str:
    """Return the expression of a value that JSON can hold: exact, or as text, or null."""
    if kind.id in _SMALL or kind.id in ("boolean", "varchar"):
        return value
    if kind.id in INTEGERS:
        exact = f"{value} between -{EXACT} and {EXACT}"
        return f"case when {exact} then to_json({value}) else to_json({value}::varchar) end"
    if kind.id in ("double", "float"):
        shown = value if kind.id == "double" else f"{value}::varchar::double"
        return f"case when isfinite({value}) then {shown} end"
    if kind.id == "decimal" and parts(kind)["precision"] <= EXACT_DIGITS:
        return f"{value}::double"
    return _nested(value, kind, depth) or f"{value}::varchar"


def _nested(value: str, kind: duck.Type, depth: int) -> str | None:
    item = f"item{depth}"
    if kind.id in ("list", "array"):
        child = parts(kind)["child"]
        inner = _value(item, child, depth + 1)
        return f"list_transform({value}::{child}[], lambda {item}: {inner})"
    if kind.id == "map":
        inner = _value(f"{item}.value", parts(kind)["value"], depth + 1)
        pair = f"{{'key': {item}.key::varchar, 'value': {inner}}}"
        return f"map_from_entries(list_transform(map_entries({value}), lambda {item}: {pair}))"
    if kind.id == "struct" and "" not in parts(kind):  # else a row without names
        fields = []
        for name, part in parts(kind).items():
            key = duck.literal(name)
            fields.append(f"{key}, {_value(f'struct_extract({value}, {key})', part, depth)}")
        return f"case when {value} is not null then json_object({', '.join(fields)}) end"
    return None
