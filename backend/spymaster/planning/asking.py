"""Models asked of landed files before a session is planned: which contract it is, whose options.

They are built in memory as for a session of which all landed: where its window ends is what their
answer decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from spymaster.definitions.binding import prepare
from spymaster.definitions.graph import ancestors
from spymaster.definitions.project import Model, Project
from spymaster.errors import DataError
from spymaster.planning import files
from spymaster.planning.sessions import Landed
from spymaster.warehouse import duck, statements
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Partition

CONTRACT = "market.fronts"
"""The session's contract, one row."""
OPTIONS = "options.contracts"
"""Options of the root, a row each."""


def made_of(project: Project, relation: str) -> list[Model]:
    """Return the models that a relation is made of, itself the last."""
    reached = ancestors(project.upstream, [relation])
    return [model for name, model in project.models.items() if name in reached]


class Asked:
    """Some files of a session and of those that a model looks back at."""

    def __init__(
        self,
        project: Project,
        landed: Landed,
        layout: Layout,
        session: date,
        read: Iterable[Partition],
    ) -> None:
        self._project, self._landed, self._layout = project, landed, layout
        self._session, self._read = session, set(read)

    def instruments(self, relation: str) -> list[int]:
        """Return the instruments of a relation's rows, ascending.

        Raises
        ------
        DataError
            If a landed file cannot be read.
        """
        try:
            with duck.in_memory(self._layout.tmp) as connection:
                prepare(connection, self._project)
                connection.execute(statements.schemas((), "built"))
                self._make(connection, relation)
                rows = connection.execute(
                    f"select distinct instrument_id from {statements.name(relation)} order by all"
                ).fetchall()
        except duck.DuckError as error:
            raise DataError(duck.placed_message(error)[0]) from error
        return [instrument for (instrument,) in rows]

    def _make(self, connection: duck.Connection, relation: str) -> None:
        """Make a relation, which may look back; nothing that it is made of does."""
        *above, own = made_of(self._project, relation)
        shown = {name: [statements.built(name)] for name in own.header.lookback}
        for name, count in own.header.lookback.items():
            for at in self._landed.earlier(self._session, count):
                self._build(connection, made_of(self._project, name), at)
                before = statements.built(f"{name} of {at}")
                connection.execute(f"create table {before} as from {statements.name(name)}")
                shown[name].append(before)
        self._build(connection, above, self._session)
        for name, tables in shown.items():
            rows = " union all by name ".join(f"from {table}" for table in tables)
            connection.execute(statements.view(name, rows))
        self._build(connection, [own], self._session)

    def _build(self, connection: duck.Connection, models: list[Model], session: date) -> None:
        """Build models one after the other from the files of a session."""
        read = {name for model in models for name in model.upstream}
        for raw in sorted(read & self._project.raw.keys()):
            parts = [part for part in self._landed.files(raw, session) if part in self._read]
            query = files.rows(self._layout.root, parts, self._project.columns[raw])
            connection.execute(statements.view(raw, query))
        templates = self._project.renderer.session(session)
        for model in models:
            query, name = templates.render(model.source.template), model.relation
            if not model.header.is_view:
                table = statements.built(name)
                connection.execute(f"create or replace table {table} as {query}")
                query = f"from {table}"
            connection.execute(statements.view(name, query))
