"""What a relation promises about a column: its type, its unit and its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SQL = Path(__file__).parents[1] / "sql"
if not SQL.exists():  # an editable install: the folder lies at the root of the repository
    SQL = Path(__file__).parents[3] / "sql"


@dataclass(frozen=True)
class Column:
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
    parts = [part.strip() for part in line.split("|", 2)]
    if len(parts) != 3 or not all(parts):
        raise ValueError(f"column {name}: expected 'TYPE | unit | meaning', found {line!r}")
    return Column(name, *parts)


@cache
def raw_relations(sql: Path = SQL) -> dict[str, RawRelation]:
    """Return every relation that can land, by vendor schema."""
    import yaml

    text = (sql / "raw.yml").read_text(encoding="utf-8")
    written: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return {
        schema: RawRelation(schema, entry["doc"], read_columns(entry["columns"]))
        for schema, entry in written.items()
    }
