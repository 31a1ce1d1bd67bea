"""Rows of an answer, in whichever form the next step wants them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any

from spymaster.api.opened import Opened
from spymaster.errors import UsageError
from spymaster.read.asking import Question, explained
from spymaster.read.exact_types import as_read, as_text
from spymaster.read.formats import Sink, table
from spymaster.warehouse import duck

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

SHOWN = 20
"""Rows that a notebook shows of an answer."""
MORE = f"first {SHOWN} rows; .df() has all"
"""What it says below them where there are more."""


class Rows:
    """The answer to a question: rows of the catalog that was the newest when it was asked.

    Examples
    --------
    >>> rows = db.sql("select level_id, count(*) as n from states_5s group by all order by all")
    >>> rows.columns
    ['level_id', 'n']
    >>> rows.df().dtypes["n"].name
    'int64'
    """

    def __init__(self, relation: duck.Relation, opened: Opened, question: Question) -> None:
        self._relation, self._opened, self._question = relation, opened, question

    @property
    def columns(self) -> list[str]:
        """Names, in order."""
        return list(self._relation.columns)

    def df(self) -> pd.DataFrame:
        """Return a pandas DataFrame; times are UTC without a zone, as in the catalog."""
        with self._asked():
            found: pd.DataFrame = self._relation.df()
        return found

    def arrow(self) -> pa.Table:
        """Return a pyarrow Table."""
        with self._asked():
            return self._relation.to_arrow_table()

    def pl(self) -> pl.DataFrame:
        """Return a polars DataFrame.

        Raises
        ------
        UsageError
            Where polars is not installed.
        """
        try:
            import polars  # noqa: F401  DuckDB says less where it is missing
        except ImportError as error:
            raise UsageError(
                "polars: not installed; uv sync --extra polars, or take .df()"
            ) from error
        with self._asked():
            found: pl.DataFrame = self._relation.pl()
        return found

    def rows(self) -> list[tuple[Any, ...]]:
        """Return plain tuples.

        Examples
        --------
        >>> db.sql("select $a::integer + 1", a=1).rows()
        [(2,)]
        """
        with self._asked():
            return list(self._relation.fetchall())

    def one(self) -> Any:
        """Return the only value of the only row.

        Examples
        --------
        >>> db.sql("select ny(timestamp '2024-03-05 14:30:00')").one()
        datetime.datetime(2024, 3, 5, 9, 30)

        Raises
        ------
        UsageError
            If there is more, or nothing.
        """
        rows = self.rows()
        if len(rows) != 1 or len(rows[0]) != 1:
            raise UsageError(f"expected one value, found {len(rows)} rows of {self.columns}")
        return rows[0][0]

    def __repr__(self) -> str:
        out = BytesIO()
        with self._asked():
            is_cut = table(self._relation, Sink(out, most=SHOWN))
        shown = out.getvalue().decode().rstrip("\n")
        return f"{shown}\n{MORE}" if is_cut else shown

    def _repr_html_(self) -> str:
        with self._asked():
            found = as_text(as_read(self._relation.limit(SHOWN + 1))).fetchall()
        cells = [[f"<td>{escape(value or '')}</td>" for value in row] for row in found[:SHOWN]]
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(f"<tr>{''.join(row)}</tr>" for row in cells)
        more = f"<p>{MORE}</p>" if len(found) > SHOWN else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"

    @contextmanager
    def _asked(self) -> Iterator[None]:
        try:
            yield
        except duck.DuckError as error:
            raise explained(self._opened.connection, self._question, error) from error
