"""Relations of one session in memory, as the stream writes their numbers, by bucket and level.

A session is read once: a question to the catalog for each bucket would take longer than the bucket.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spymaster.errors import DataError
from spymaster.units import BUCKET_S
from spymaster.warehouse import duck
from spymaster.warehouse.columns import Column

Key = tuple[Any, ...]
Row = Mapping[str, Any]
Promises = dict[str, dict[str, Column]]
DECIMALS = 4
"""Of ratios; half to even, as the reader's own rounding would not add to it."""
EXACT = ("points", "ticks")
"""Units that are written as they are: prices lie on grids finer than four decimals."""
NO_ROWS: range = range(0)


@dataclass(frozen=True)
class Source:
    """What is read of a relation."""

    relation: str
    columns: tuple[str, ...]
    keys: tuple[str, ...] = ()
    """Columns besides the bucket by which rows are looked up."""
    order: tuple[str, ...] = ()
    """Columns by which the rows of a key are in order."""
    where: str = "true"


@dataclass(frozen=True)
class Table:
    """Columns of a source, and the rows of each key: of a bucket, or of a level in it."""

    columns: dict[str, Sequence[Any]]
    rows: dict[Key, range]

    def has(self, *key: Any) -> bool:
        """Whether there is a row."""
        return key in self.rows

    def column(self, name: str, *key: Any) -> list[Any]:
        """Return a column of a key's rows, none for null; empty where it has no row."""
        rows = self.rows.get(key, NO_ROWS)
        found = self.columns[name][rows.start : rows.stop]
        if isinstance(found, np.ndarray):
            return [None if value != value else value for value in found.tolist()]
        return list(found)

    def row(self, *key: Any) -> dict[str, Any]:
        """Return a key's first row by name, all null where it has none."""
        return {name: next(iter(self.column(name, *key)), None) for name in self.columns}


class Growing:
    """The same of a session that goes on: tables of some buckets each, the last one stands."""

    def __init__(self, source: Source) -> None:
        self._tables: dict[int, Table] = {}
        self._nothing = Table(dict.fromkeys(source.columns, ()), {})

    def put(self, table: Table, seqs: Iterable[int]) -> None:
        """Let these buckets have the rows of a table."""
        self._tables |= dict.fromkeys(seqs, table)

    def has(self, *key: Any) -> bool:
        """Whether there is a row."""
        return self._of(key).has(*key)

    def column(self, name: str, *key: Any) -> list[Any]:
        """Return a column of a key's rows, none for null; empty where it has no row."""
        return self._of(key).column(name, *key)

    def row(self, *key: Any) -> dict[str, Any]:
        """Return a key's first row by name, all null where it has none."""
        return self._of(key).row(*key)

    def _of(self, key: Key) -> Table:
        return self._tables.get(key[0], self._nothing)


def promises(connection: duck.Connection) -> Promises:
    """Return every column of a catalog with its unit and meaning, by relation and name."""
    found: Promises = {}
    query = "select relation, name, type, unit, meaning from meta.columns order by all"
    for relation, *column in connection.execute(query).fetchall():
        found.setdefault(relation, {})[column[0]] = Column(*column)
    return found


def read(
    connection: duck.Connection, source: Source, span: Span, known: Promises, rows: str
) -> Table:
    """Read what a source says of a session.

    Parameters
    ----------
    rows
        Where the rows of its relation are, as SQL has it behind ``from``.

    Raises
    ------
    DataError
        If the catalog was made by models that do not know a column.
    """
    has = known.get(source.relation, {})
    if lacking := [name for name in source.columns if name not in has]:
        raise DataError(f"{source.relation}: has no {', '.join(lacking)}; run the models again")
    keys = [f"{span.seq} as seq", *source.keys]
    query = (
        f"select {', '.join(f'{key}' for key in keys)}, {', '.join(source.columns)}"
        f" from {rows}"
        f" where {source.where} order by {', '.join(('seq', *source.keys, *source.order))}"
    )
    names = ("seq", *source.keys)
    found = connection.execute(query).fetchnumpy()
    values = {name: _written(found[name], has[name]) for name in source.columns}
    return Table(values, _rows([_listed(found[name]) for name in names]))


def _written(values: Any, column: Column) -> Any:
    """Return a column as it is sent: floats in an array, null as nan, anything else in a list."""
    if column.type != "DOUBLE":
        return _listed(values)
    filled = np.ma.filled(values.astype(np.float64), np.nan)
    # no -0.0, which JSON would tell from 0.0
    return (filled if column.unit in EXACT else np.round(filled, DECIMALS)) + 0.0


def _listed(values: Any) -> list[Any]:
    if isinstance(values, np.ma.MaskedArray):
        return [None if is_null else value for value, is_null in _pairs(values)]
    found: list[Any] = values.tolist()
    return found


def _pairs(values: Any) -> Iterable[tuple[Any, bool]]:
    return zip(values.data.tolist(), np.ma.getmaskarray(values).tolist(), strict=True)


def _rows(keys: list[list[Any]]) -> dict[Key, range]:
    """Return which rows have each key; those of one stand together."""
    rows: dict[Key, range] = {}
    first, last = 0, None
    for at, key in enumerate(zip(*keys, strict=True)):
        if key != last:
            if last is not None:
                rows[last] = range(first, at)
            first, last = at, key
    if last is not None:
        rows[last] = range(first, len(keys[0]))
    return rows


@dataclass(frozen=True)
class Span:
    """A session's window."""

    session: Any
    """Trading date."""
    start: Any
    """Start of the window, UTC, naive."""

    @property
    def seq(self) -> str:
        """The number of the bucket of a row, as SQL."""
        seconds = f"date_diff('second', {duck.literal(self.start)}, bucket_end)"
        return f"{seconds}::integer // {BUCKET_S}"
