"""What a column is turned into before it leaves DuckDB, so that no format loses anything of it.

A client in Python would cut nanoseconds, and has no time zone without another package; DuckDB's own
text has both.
"""

from __future__ import annotations

from typing import Any

from spymaster.warehouse import duck

INTEGERS = frozenset(
    f"{sign}{size}int" for sign in ("", "u") for size in ("tiny", "small", "big", "huge")
) | {"integer", "uinteger"}
NUMBERS = INTEGERS | {"decimal", "double", "float"}
"""Set flush right."""
FRACTIONS = NUMBERS - INTEGERS
DIGITS, LEAST_DECIMALS = 6, 2
"""What people read of a number: so many digits, and a price to the cent."""
_BARE = NUMBERS | {"boolean", "date", "timestamp", "timestamp_ns", "time", "uuid"}
"""Whose text never needs quotes."""
_NOT_IN_ARROW = frozenset(("bit", "interval", "time with time zone", "union"))


def as_text(relation: duck.Relation) -> duck.Relation:
    """Return the columns as text; null stays null."""
    return relation.project(", ".join(f"#{at}::varchar" for at in _places(relation)))


def as_read(relation: duck.Relation) -> duck.Relation:
    """Return numbers rounded as people read them, to six digits and at least two decimals."""
    columns = []
    for at, name, kind in zip(_places(relation), relation.columns, relation.types, strict=True):
        value = _rounded(f"#{at}") if kind.id in ("double", "float") else f"#{at}"
        columns.append(f"{value} as {quoted(name)}")
    return relation.project(", ".join(columns))


def as_csv(relation: duck.Relation) -> duck.Relation:
    """Return one column: a line of RFC 4180. Null is an empty field, empty text is quoted."""
    fields = (_field(f"#{at}", kind) for at, kind in enumerate(relation.types, 1))
    return relation.project(f"concat_ws(',', {', '.join(fields)})")


def as_arrow(relation: duck.Relation) -> duck.Relation:
    """Return columns that Arrow and Parquet have types for; other types become their text."""
    values = []
    for at, name, kind in zip(_places(relation), relation.columns, relation.types, strict=True):
        wanted = _in_arrow(kind)
        cast = "" if wanted == str(kind) else f"::{wanted}"
        values.append(f"#{at}{cast} as {quoted(name)}")
    return relation.project(", ".join(values))


def parts(kind: duck.Type) -> dict[str, Any]:
    """Return what a type is made of: inner types, and numbers such as a precision."""
    return dict(kind.children)


def quoted(name: str) -> str:
    """Return a name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def _rounded(value: str) -> str:
    decimals = f"greatest({LEAST_DECIMALS}, {DIGITS - 1} - floor(log10(abs({value})))::integer)"
    is_plain = f"{value} <> 0 and isfinite({value})"
    return f"case when {is_plain} then round({value}, {decimals}) else {value} end"


def _field(value: str, kind: duck.Type) -> str:
    text = f"{value}::varchar"
    if kind.id in _BARE:
        return f"coalesce({text}, '')"
    quoted = f"'\"' || replace({text}, '\"', '\"\"') || '\"'"
    awkward = f"regexp_matches({text}, '[\",\\r\\n]|^$')"
    return f"case when {value} is null then '' when {awkward} then {quoted} else {text} end"


def _in_arrow(kind: duck.Type) -> str:
    """Return a type as SQL, text in place of what Arrow does not have."""
    if kind.id in ("list", "array"):
        return f"{_in_arrow(parts(kind)['child'])}[]"
    if kind.id == "map":
        key, value = map(_in_arrow, parts(kind).values())
        return f"MAP({key}, {value})"
    if kind.id == "struct" and "" not in parts(kind):  # else a row without names
        inner = (f"{quoted(name)} {_in_arrow(part)}" for name, part in parts(kind).items())
        return f"STRUCT({', '.join(inner)})"
    return "VARCHAR" if kind.id in _NOT_IN_ARROW else str(kind)


def _places(relation: duck.Relation) -> range:
    """Columns are told apart by place: two may share a name."""
    return range(1, len(relation.columns) + 1)
