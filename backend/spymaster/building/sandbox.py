"""Rows in place of relations, what lies between built, then asked: models without a warehouse.

Cases of a model, tests, and buckets that are computed before their session has landed all need the
SQL of a session build on rows of their own. It is one thing, so that what they show is what a build
gives: same order, same macros, same form of each relation, same way of looking back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from spymaster.book.passage import Passage, ReaderError
from spymaster.definitions import graph
from spymaster.definitions.binding import prepare
from spymaster.definitions.project import Model, Project
from spymaster.definitions.replays import passage_of
from spymaster.errors import DataError, ModelError
from spymaster.warehouse import duck, statements
from spymaster.warehouse.relations import create, rows_of

if TYPE_CHECKING:
    import pyarrow as pa

    from spymaster.definitions.template import Templates

Rows: TypeAlias = "str | pa.Table"
"""A select, or a table; columns that it leaves out are null."""


class Sandbox:
    """A private database of one session, built anew from each set of rows.

    Parameters
    ----------
    templates : Templates
        The project's, of the session.
    ends : iterable of str
        Relations to build, with all they are made of down to what is given and raw.
    spill : Path
        Folder for what memory does not hold.
    given : iterable of str
        Models whose rows are given instead of built; no rows until then, as in raw relations.
    """

    def __init__(
        self,
        project: Project,
        templates: Templates,
        ends: Iterable[str],
        spill: Path,
        *,
        given: Iterable[str] = (),
        threads: int = 1,
    ) -> None:
        self._project = project
        cut = {*given, *project.raw}
        upstream = {name: () if name in cut else above for name, above in project.upstream.items()}
        reached = graph.ancestors(upstream, ends)
        self._models = [project.models[name] for name in project.models if name in reached - cut]
        self.at(templates)
        self._earlier: set[str] = set()
        self._seen: dict[str, dict[str, str]] = {}
        self._shows: dict[str, str] = {}
        """By relation, the query that its view has."""
        self.connection = duck.in_memory(spill, threads=threads)
        prepare(self.connection, project)
        self.connection.execute(statements.schemas((), "built"))
        for name in sorted(reached & cut):
            self.empty(name)

    @property
    def relations(self) -> list[str]:
        """What is built, each after all that it is made of."""
        return [model.relation for model in self._models]

    def give(self, relation: str, rows: Rows) -> None:
        """Let a relation have these rows and no others.

        Raises
        ------
        ModelError
            If the rows do not fit the relation's columns.
        """
        table = statements.built(relation)
        self._fill(relation, table, rows)
        self._show(relation)

    def add(self, relation: str, rows: Rows) -> None:
        """Let a relation have these rows too, behind those that it was given."""
        self._insert(statements.built(relation), rows, relation)

    def empty(self, relation: str) -> None:
        """Let a relation have no rows, as if nothing had landed."""
        self.give(relation, statements.empty(self._project.columns[relation]))

    def give_earlier(self, relation: str, rows: Rows) -> None:
        """Let a relation have these rows of earlier sessions, for whoever looks back at it."""
        self._fill(relation, _earlier(relation), rows)
        self._earlier.add(relation)

    def at(self, templates: Templates, others: Mapping[str, Templates] | None = None) -> None:
        """Let models be as templates say, some of them as others say, from the next build on."""
        given = dict.fromkeys((model.relation for model in self._models), templates)
        self._templates = given | dict(others or {})
        self._queries = {
            model.relation: self._templates[model.relation].render(model.source.template)
            for model in self._models
        }
        self._passage = passage_of(
            self._models, lambda model: self._queries[model.relation], statements.built
        )

    def see(self, reader: str, relation: str, query: str) -> None:
        """Let a relation show a query's rows whenever one of its readers is built."""
        self._seen.setdefault(reader, {})[relation] = query

    def checkpoint(self, place: Path | None, scratch: Path | None) -> None:
        """Let the replay go on from a checkpoint, and leave one where scratch is given."""
        if self._passage:
            self._passage = replace(self._passage, checkpoint=place, scratch=scratch)

    def build(self, *, up_to: str | None = None, only: Collection[str] | None = None) -> Sandbox:
        """Build everything from the rows that are given, what comes up to one relation, or some.

        Raises
        ------
        ModelError
            Naming the place in the model that fails.
        """
        for model in self._models:
            if only is None or model.relation in only:
                self._build(model)
            if model.relation == up_to:
                break
        return self

    def creations(self) -> Iterator[tuple[str, str]]:
        """Yield each relation with the statements that build it, for who wants to time them."""
        for model in self._models:
            created = f"create {self._form(model)} as {self._queries[model.relation]}"
            shown = "" if model.header.is_view else self._shown(model.relation)
            yield model.relation, f"{created};\n{shown}"

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Return the rows of a query by column name."""
        return rows_of(self.connection, query)

    def close(self) -> None:
        """Let the database go."""
        self.connection.close()

    def _build(self, model: Model) -> None:
        if self._passage and model.header.replay:
            if model.relation == self._passage.gives[-1][0]:
                self._replay(self._passage)
            return
        if self._passage and model.relation in self._project.batched:
            self._show(model.relation)
            return
        for statement in statements.constants(model.header.constants):
            self.connection.execute(statement)
        wide = [leaf for leaf in graph.widened(self._project, model) if leaf in self._earlier]
        for leaf in wide:
            self._show(leaf, f"union all by name select * from {_earlier(leaf)}")
        seen = self._seen.get(model.relation, {})
        for leaf, query in seen.items():
            self._let_show(leaf, query)
        wrong = create(self.connection, self._form(model), self._queries[model.relation])
        if wrong:
            raise self._wrong(model, *wrong)
        for leaf in (*wide, *seen):
            self._show(leaf)
        if not model.header.is_view:
            self._show(model.relation)

    def _replay(self, passage: Passage) -> None:
        """Make the tables of all that reads what the replay of orders gives."""
        from spymaster.book.feed import run  # loads numba

        try:
            wrong = run(self.connection, passage)
        except (DataError, ReaderError) as error:
            raise ModelError(str(error)) from error
        if wrong:
            model = self._project.models[wrong.relation]
            raise self._wrong(model, wrong.message, wrong.position)

    def _wrong(self, model: Model, message: str, position: int | None) -> ModelError:
        templates = self._templates[model.relation]
        return ModelError(templates.explain(model.source, message, position))

    def _form(self, model: Model) -> str:
        if model.header.is_view:
            return f"or replace view {statements.name(model.relation)}"
        return f"or replace table {statements.built(model.relation)}"

    def _fill(self, relation: str, table: str, rows: Rows) -> None:
        empty = statements.empty(self._project.columns[relation])
        self.connection.execute(f"create or replace table {table} as {empty}")
        self._insert(table, rows, relation)

    def _insert(self, table: str, rows: Rows, relation: str) -> None:
        query = rows if isinstance(rows, str) else "from given"
        try:
            if not isinstance(rows, str):
                self.connection.register("given", rows)
            self.connection.execute(f"insert into {table} by name {query}")
        except duck.DuckError as error:
            raise ModelError(f"{relation}: {duck.placed_message(error)[0]}") from error
        finally:
            if not isinstance(rows, str):
                self.connection.unregister("given")

    def _show(self, relation: str, more: str = "") -> None:
        self._let_show(relation, f"select * from {statements.built(relation)} {more}")

    def _let_show(self, relation: str, query: str) -> None:
        """Let a relation show a query's rows; a view that does so already stays."""
        if self._shows.get(relation) != query:
            self.connection.execute(statements.view(relation, query))
            self._shows[relation] = query

    def _shown(self, relation: str) -> str:
        """Return the statement that lets a relation show its table."""
        return statements.view(relation, f"select * from {statements.built(relation)}")


def _earlier(relation: str) -> str:
    return statements.built(f"{relation} earlier")
