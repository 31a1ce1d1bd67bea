"""What a relation promises about a column: its type, its unit and its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from reprlib import repr as brief
from typing import Any, NamedTuple

from spymaster import texts
from spymaster.errors import ModelError

SQL = Path(__file__).parents[1] / "sql"
if not SQL.exists():  # an editable install: the folder lies at the root of the repository
    SQL = Path(__file__).parents[3] / "sql"


RAW = "raw.yml"
"""Every relation that can land."""


class Column(NamedTuple):
    """One column as written in a header: ``name: TYPE | unit | meaning``."""

    name: str
    type: str
    """DuckDB's name of the type."""
    unit: str
    meaning: str

    @property
    def comment(self) -> str:
        """What COMMENT ON COLUMN says."""
        return f"{self.meaning} [{self.unit}]"


@dataclass(frozen=True)
class RawRelation:
    """A landed relation: ``raw.<name>``, one row per vendor record."""

    schema: str
    """The vendor's name of the schema, such as mbp-1."""
    doc: str
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        """The relation's name under ``raw``, such as mbp_1."""
        return self.schema.replace("-", "_")


def read_columns(written: Mapping[str, str]) -> tuple[Column, ...]:
    """Return the columns of a header in order.

    Raises
    ------
    ValueError
        Where a line is not ``TYPE | unit | meaning``, naming the column.

    Examples
    --------
    >>> read_columns({"bid_qty": "INTEGER | lots | resting at the best bid"})[0].unit
    'lots'
    """
    return tuple(_read_column(name, str(line)) for name, line in written.items())


def _read_column(name: str, line: str) -> Column:
    if not isinstance(name, str):
        raise ValueError(f"column {name!r}: expected a name")
    parts = [part.strip() for part in line.split("|", 2)]
    if len(parts) != 3 or not all(parts):
        raise ValueError(f"column {name}: expected 'TYPE | unit | meaning', found {line!r}")
    return Column(name, *parts)


@cache
def raw_relations(sql: Path = SQL) -> dict[str, RawRelation]:
    """Return every relation that can land, by vendor schema.

    Raises
    ------
    ModelError
        Naming the entry of ``raw.yml`` that says no such thing.
    """
    path = sql / RAW
    name = f"{sql.name}/{RAW}"
    _, written = texts.parse(name, texts.read(path, name))
    if not isinstance(written, dict):
        raise ModelError(f"{name}: expected relations by name, found {type(written).__name__}")
    return {schema: _raw(f"{name}: {schema}", schema, entry) for schema, entry in written.items()}


def _raw(name: str, schema: Any, entry: Any) -> RawRelation:
    if not isinstance(entry, dict) or not isinstance(entry.get("columns"), dict):
        raise ModelError(f"{name}: expected doc and columns, found {brief(entry)}")
    if not isinstance(schema, str) or not isinstance(entry.get("doc"), str):
        raise ModelError(f"{name}: expected a doc, found {brief(entry.get('doc'))}")
    try:
        return RawRelation(schema, entry["doc"], read_columns(entry["columns"]))
    except ValueError as error:
        raise ModelError(f"{name}: {error}") from error
