"""Questions to the newest catalog that a warehouse published, and what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from spymaster.api.opened import Opened
from spymaster.api.rows import Rows
from spymaster.read.asking import Question, answer, explained
from spymaster.settings import Settings
from spymaster.warehouse import duck


class Catalog:
    """What was published of a warehouse, read-only.

    It never keeps a build from publishing; what was published since is seen by the next question.
    One thread at a time.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        """What the warehouse was built with."""
        self._opened = Opened(settings)

    def sql(self, text: str, **parameters: Any) -> Rows:
        """Return the answer to one SELECT.

        Parameters
        ----------
        text : str
            SQL; times of the catalog are UTC, ``ny(bucket_end)`` is the same on New York's clocks.
        parameters
            Values of ``$name``.

        Raises
        ------
        UsageError
            For a statement that is not one SELECT.
        DataError
            What DuckDB says about it, in one line.

        Examples
        --------
        >>> db.sql("select distinct level_id from states_5s where level_id = $it", it="PM_HIGH")
        level_id
        PM_HIGH
        """
        return self._ask(Question(text, parameters=parameters))

    def tables(self, like: str | None = None) -> Rows:
        """Return the relations, or those whose name holds a text.

        Examples
        --------
        >>> "pressure.states_5s" in db.tables("states").df()["relation"].to_list()
        True
        """
        from spymaster import read

        found = read.tables(self.settings, like)
        return self._listed(
            {"relation": one.name, "rows": one.rows, "doc": one.summary} for one in found
        )

    def describe(self, name: str) -> Rows:
        """Return each column of a relation, or one, with type, unit and meaning.

        Examples
        --------
        >>> db.describe("states_5s.net").df()["unit"].item()
        '-1..1'
        """
        from spymaster import read

        _, columns = read.describe(self.settings, name)
        return self._listed(
            {"column": c.name, "type": c.type, "unit": c.unit, "meaning": c.meaning}
            for c in columns
        )

    def features(self, relation: str | None = None) -> Rows:
        """Return every registered feature with its range, the states that it shows and its formula.

        Examples
        --------
        >>> len(db.features("ratios_5s").df()) > 10
        True
        """
        from spymaster.features import HEADER, catalog

        return self._listed(dict(zip(HEADER, row, strict=True)) for row in catalog(relation))

    def sessions(self) -> Rows:
        """Return the sessions that were built, with contract, window and what is missing.

        Examples
        --------
        >>> db.sessions().df()["session"].dt.strftime("%d %B").to_list()
        ['05 March']
        """
        return self.sql("from market.sessions order by session")

    def close(self) -> None:
        """Close the catalog; the next question opens it again."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"spymaster.connect({str(self.settings.warehouse)!r})"

    def _newest(self) -> Opened:
        if not (self._opened.is_newest and self._opened.close.alive):
            self._opened = Opened(self.settings)
        return self._opened

    def _ask(self, question: Question) -> Rows:
        """Return the answer to a question."""
        opened = self._newest()
        try:
            return Rows(answer(opened.connection, question), opened, question)
        except duck.DuckError as error:
            raise explained(opened.connection, question, error) from error

    def _listed(
        self, rows: Iterable[Mapping[str, Any]], columns: Sequence[str] = ("nothing",)
    ) -> Rows:
        """Return rows that were made in Python as if they were an answer."""
        import pyarrow as pa

        found = list(rows)
        table = (
            pa.Table.from_pylist(found) if found else pa.table({c: pa.nulls(0) for c in columns})
        )
        opened = self._newest()
        listed = opened.connection.from_arrow(table)
        return Rows(listed, opened, Question("", "list"))
